//! A table of any length: only the rows that can be seen are painted.
//!
//! The caller paints the cells; the table knows columns, sorting, the chosen row, the keys and the scrolling.
//! Numbers stand on the right. Arrow keys, Page up and down, Home and End move the chosen row.

use eframe::egui::{
    Align2, CornerRadius, Key, Rect, Role, ScrollArea, Sense, Ui, UiBuilder, Vec2, WidgetInfo, pos2, vec2,
};

use crate::ui::{
    theme::{CONTROL_RADIUS, size, space},
    widgets::{
        Cx,
        button::{card, focus_ring, press_area, rule},
        icon::{self, Icon},
        id, take_right, take_top,
        text::Text,
    },
};

/// Height of the head of a table.
pub const HEAD: f32 = 48.0;

/// How wide a column is.
#[derive(Debug, Clone, Copy)]
pub enum Width {
    /// In points.
    Fixed(f32),
    /// A share of what the others leave.
    Share(f32),
}

/// A column.
#[derive(Debug, Clone, Copy)]
pub struct Column<'a> {
    /// Its title.
    pub title: &'a str,
    /// How wide it is.
    pub width: Width,
    /// Whether it holds numbers, which stand on the right.
    pub right: bool,
}

impl<'a> Column<'a> {
    /// A column of text.
    #[must_use]
    pub const fn text(title: &'a str, width: Width) -> Self {
        Self {
            title,
            width,
            right: false,
        }
    }

    /// A column of numbers.
    #[must_use]
    pub const fn number(title: &'a str, points: f32) -> Self {
        Self {
            title,
            width: Width::Fixed(points),
            right: true,
        }
    }

    /// Where its texts stand in a cell.
    #[must_use]
    pub const fn align(&self) -> Align2 {
        if self.right {
            Align2::RIGHT_CENTER
        } else {
            Align2::LEFT_CENTER
        }
    }
}

/// A table.
#[derive(Debug, Clone, Copy)]
pub struct Table<'a> {
    /// Tells it from other tables.
    pub salt: &'a str,
    /// Its columns.
    pub columns: &'a [Column<'a>],
    /// How many rows there are.
    pub rows: usize,
    /// Height of a row, in points.
    pub row_height: f32,
    /// The row that is chosen.
    pub chosen: Option<usize>,
    /// By which column it is sorted, and whether the largest comes first; only then can it be sorted.
    pub sorted: Option<(usize, bool)>,
    /// Whether the keys move in it.
    pub keys: bool,
}

/// What happened in a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TableEvent {
    /// The head of this column was pressed.
    Sort(usize),
    /// This row was chosen.
    Choose(usize),
    /// This row was pressed a second time, or Enter was pressed on it.
    Open(usize),
}

/// The cells of a row that is painted now.
#[derive(Debug, Clone, Copy)]
pub struct RowPlace<'a> {
    /// Which row.
    pub index: usize,
    /// Where.
    pub rect: Rect,
    /// Its cells, one for each column.
    pub cells: &'a [Rect],
}

impl RowPlace<'_> {
    /// Paints a text into each cell, where its column's texts stand.
    pub fn texts<'t>(&self, ui: &Ui, columns: &[Column<'_>], texts: impl IntoIterator<Item = Text<'t>>) {
        for ((cell, column), text) in self.cells.iter().zip(columns).zip(texts) {
            text.align(column.align()).paint(ui, *cell);
        }
    }
}

/// Paints a table; `label` names a row, `row` paints it.
pub fn table_ui(
    ui: &mut Ui,
    cx: &mut Cx<'_>,
    mut area: Rect,
    table: &Table<'_>,
    label: impl Fn(usize) -> String,
    mut row: impl FnMut(&mut Ui, &mut Cx<'_>, RowPlace<'_>),
) -> Option<TableEvent> {
    card(ui, cx.theme, area);
    let head = take_top(&mut area, HEAD, 0.0);
    let mut event = head_ui(ui, cx, head, table);
    rule(ui, cx.theme, head, head.max.y);
    let moved = keys_ui(ui, table, area);
    if let Some(moved) = moved {
        event = Some(moved);
    }
    let scroll_to = match moved {
        Some(TableEvent::Choose(index)) => Some(index),
        Some(TableEvent::Open(_) | TableEvent::Sort(_)) | None => None,
    };
    let inner = area.shrink2(Vec2::splat(1.0));
    let mut child = ui.new_child(UiBuilder::new().id_salt((table.salt, "table")).max_rect(inner));
    child.set_clip_rect(inner.intersect(ui.clip_rect()));
    ScrollArea::vertical()
        .id_salt((table.salt, "rows"))
        .auto_shrink([false, false])
        .show(&mut child, |ui| {
            let whole = vec2(inner.width(), table.row_height * table.rows as f32);
            let (all, _) = ui.allocate_exact_size(whole, Sense::hover());
            let place_of = |index: usize| {
                let top = all.min.y + table.row_height * index as f32;
                Rect::from_min_max(pos2(all.min.x, top), pos2(all.max.x, top + table.row_height))
            };
            if let Some(index) = scroll_to {
                ui.scroll_to_rect(place_of(index), None);
            }
            let seen = ui.clip_rect();
            let first = crate::geom::cast::floor_index((seen.min.y - all.min.y) / table.row_height);
            let last = crate::geom::cast::floor_index((seen.max.y - all.min.y) / table.row_height) + 1;
            for index in first..last.min(table.rows) {
                if let Some(happened) = row_ui(ui, cx, (place_of(index), index), table, &label(index)) {
                    event = Some(happened);
                }
                let cells = cells(place_of(index), table.columns);
                row(
                    ui,
                    cx,
                    RowPlace {
                        index,
                        rect: place_of(index),
                        cells: &cells,
                    },
                );
            }
        });
    event
}

fn row_ui(
    ui: &Ui,
    cx: &Cx<'_>,
    (place, index): (Rect, usize),
    table: &Table<'_>,
    label: &str,
) -> Option<TableEvent> {
    let here = table.chosen == Some(index);
    let response = ui.interact(place, id(("row", table.salt, index)), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::Row, true, here, label));
    let ground = if here {
        Some(cx.theme.accent_soft)
    } else if response.hovered() {
        Some(cx.theme.control)
    } else {
        None
    };
    if let Some(ground) = ground {
        ui.painter().rect_filled(place, CornerRadius::ZERO, ground);
    }
    if here {
        let mark = Rect::from_min_size(place.min, vec2(4.0, place.height()));
        ui.painter()
            .rect_filled(mark, CornerRadius::ZERO, cx.theme.accent);
    }
    rule(ui, cx.theme, place, place.max.y);
    focus_ring(ui, cx.theme, place, CONTROL_RADIUS, &response);
    if response.double_clicked() {
        return Some(TableEvent::Open(index));
    }
    response.clicked().then_some(TableEvent::Choose(index))
}

fn head_ui(ui: &Ui, cx: &Cx<'_>, head: Rect, table: &Table<'_>) -> Option<TableEvent> {
    let mut event = None;
    let places = cells(head, table.columns);
    for (index, (column, place)) in table.columns.iter().zip(places).enumerate() {
        let mut inner = place;
        let by = table.sorted.filter(|(by, _)| *by == index);
        let ink = if by.is_some() {
            cx.theme.text
        } else {
            cx.theme.muted
        };
        let text = Text::new(column.title, ink)
            .points(size::SMALL)
            .bold()
            .align(column.align());
        if table.sorted.is_none() || column.title.is_empty() {
            text.label(ui, inner);
            continue;
        }
        let response = press_area(ui, place, ((table.salt, index), column.title), true);
        if let Some((_, largest_first)) = by {
            let width = text.width(ui);
            let sign = if column.right {
                take_right(&mut inner, 18.0, space::XS)
            } else {
                let left = (inner.min.x + width + space::S).min(inner.max.x - 18.0);
                Rect::from_min_size(pos2(left, inner.min.y), vec2(18.0, inner.height()))
            };
            let sign = Rect::from_center_size(sign.center(), Vec2::splat(16.0));
            let icon = if largest_first { Icon::Down } else { Icon::Up };
            icon::paint(ui.painter(), sign, icon, ink);
        }
        text.paint(ui, inner);
        focus_ring(ui, cx.theme, place, CONTROL_RADIUS, &response);
        if response.clicked() {
            event = Some(TableEvent::Sort(index));
        }
    }
    event
}

/// The keys move the chosen row while no field has the keyboard.
fn keys_ui(ui: &Ui, table: &Table<'_>, area: Rect) -> Option<TableEvent> {
    // An arrow may have left a search in this very pass, and belongs to the table; an Enter may not.
    let was_free = was_free(ui, table.salt);
    if !table.keys || table.rows == 0 || !ui.is_enabled() || ui.memory(|memory| memory.focused().is_some()) {
        return None;
    }
    let page = crate::geom::cast::floor_index(area.height() / table.row_height).max(1);
    let last = table.rows - 1;
    let now = table.chosen;
    let at = now.unwrap_or(0);
    let wanted = ui.input(|input| {
        let pressed = |key| input.key_pressed(key);
        if pressed(Key::Enter) {
            return now.filter(|_| was_free).map(TableEvent::Open);
        }
        let to = if pressed(Key::ArrowDown) {
            now.map_or(0, |at| at + 1)
        } else if pressed(Key::ArrowUp) {
            at.saturating_sub(1)
        } else if pressed(Key::PageDown) {
            at + page
        } else if pressed(Key::PageUp) {
            at.saturating_sub(page)
        } else if pressed(Key::Home) {
            0
        } else if pressed(Key::End) {
            last
        } else {
            return None;
        };
        Some(TableEvent::Choose(to.min(last)))
    });
    wanted.filter(|wanted| *wanted != TableEvent::Choose(at) || now.is_none())
}

/// Whether nothing has the keyboard, and nothing had it in the pass before: the Enter that leaves a field is
/// not meant for the table.
fn was_free(ui: &Ui, salt: &str) -> bool {
    let pass = ui.ctx().cumulative_pass_nr();
    let is_free = ui.memory(|memory| memory.focused().is_none());
    let key = id(("free keys", salt));
    let last: Option<u64> = ui.data_mut(|data| {
        let last = data.get_temp(key);
        if is_free {
            data.insert_temp(key, pass);
        } else {
            data.remove_temp::<u64>(key);
        }
        last
    });
    is_free && last.is_some_and(|last| last + 1 >= pass)
}

/// The cells of a row or of the head.
fn cells(place: Rect, columns: &[Column<'_>]) -> Vec<Rect> {
    let inner = place.shrink2(vec2(space::L, 0.0));
    let gaps = space::L * columns.len().saturating_sub(1) as f32;
    let mut fixed = gaps;
    let mut shares = 0.0;
    for column in columns {
        match column.width {
            Width::Fixed(points) => fixed += points,
            Width::Share(share) => shares += share,
        }
    }
    let free = (inner.width() - fixed).max(0.0);
    let mut left = inner.min.x;
    columns
        .iter()
        .map(|column| {
            let width = match column.width {
                Width::Fixed(points) => points,
                Width::Share(share) => free * share / shares,
            };
            let cell = Rect::from_min_size(pos2(left, inner.min.y), vec2(width, inner.height()));
            left += width + space::L;
            cell
        })
        .collect()
}
