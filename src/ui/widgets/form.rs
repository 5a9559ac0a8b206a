//! What a form is made of: typed fields with a name above them, choices side by side, and lists to pick from.
//!
//! Like every block these paint into a given rectangle. What is typed belongs to the page.

use eframe::egui::{
    Align2, Margin, Popup, Rect, Response, Role, ScrollArea, Sense, Stroke, StrokeKind, TextEdit, Ui,
    WidgetInfo, vec2,
};

use crate::ui::{
    theme::{CONTROL_RADIUS, TOUCH, regular, size, space},
    widgets::{
        Cx,
        button::{Button, Kind, focus_ring},
        column, id, take_top,
        text::Text,
    },
};

/// Height of the name over a field.
const NAME: f32 = 24.0;
/// Height of a field with the name over it.
pub const FIELD: f32 = NAME + TOUCH;
/// Height of a line in a list to pick from.
const OPTION: f32 = 56.0;
/// How high such a list grows before it scrolls.
const LONGEST: f32 = 480.0;

/// A field to type into.
#[derive(Debug, Clone, Copy)]
pub struct Field<'a> {
    name: &'a str,
    hint: &'a str,
    salt: &'a str,
    right: bool,
    bad: bool,
    rows: usize,
    bare: bool,
}

impl<'a> Field<'a> {
    /// A field of one row with its name above.
    #[must_use]
    pub const fn new(name: &'a str) -> Self {
        Self {
            name,
            hint: "",
            salt: "",
            right: false,
            bad: false,
            rows: 1,
            bare: false,
        }
    }

    /// What stands in it while it is empty.
    #[must_use]
    pub const fn hint(mut self, hint: &'a str) -> Self {
        self.hint = hint;
        self
    }

    /// Told apart from another field of the same name.
    #[must_use]
    pub const fn salt(mut self, salt: &'a str) -> Self {
        self.salt = salt;
        self
    }

    /// Numbers stand at the right.
    #[must_use]
    pub const fn right(mut self) -> Self {
        self.right = true;
        self
    }

    /// What was typed cannot be read.
    #[must_use]
    pub const fn bad(mut self, bad: bool) -> Self {
        self.bad = bad;
        self
    }

    /// Several rows; Enter begins a new one.
    #[must_use]
    pub const fn rows(mut self, rows: usize) -> Self {
        self.rows = rows;
        self
    }

    /// Without the name above: it is said to screen readers only.
    #[must_use]
    pub const fn bare(mut self) -> Self {
        self.bare = true;
        self
    }

    /// Paints it; what is typed goes into `text`.
    pub fn show(self, ui: &mut Ui, cx: &Cx<'_>, mut rect: Rect, text: &mut String) -> Response {
        if !self.bare {
            let place = take_top(&mut rect, NAME, 0.0);
            Text::new(self.name, cx.theme.muted).points(size::SMALL).paint(ui, place);
        }
        let align = if self.right {
            Align2::RIGHT_CENTER
        } else if self.rows > 1 {
            Align2::LEFT_TOP
        } else {
            Align2::LEFT_CENTER
        };
        let field_id = id(("field", self.name, self.salt));
        let edit = if self.rows > 1 {
            TextEdit::multiline(text).desired_rows(self.rows)
        } else {
            TextEdit::singleline(text)
        };
        let edit = edit
            .id(field_id)
            .hint_text(self.hint)
            .font(regular(size::BODY))
            .text_color(cx.theme.text)
            .align(align)
            .margin(Margin::symmetric(12, 8))
            .min_size(rect.size())
            .desired_width(rect.width());
        let response = ui.put(rect, edit).accessible_name(self.name);
        if self.bad {
            let stroke = Stroke::new(3.0, cx.theme.stop);
            ui.painter()
                .rect_stroke(rect, CONTROL_RADIUS, stroke, StrokeKind::Inside);
        }
        response
    }
}

/// Choices side by side, one of them chosen; gives the one that was pressed.
pub fn choice_ui<T: Copy + PartialEq>(
    ui: &Ui,
    cx: &Cx<'_>,
    rect: Rect,
    (options, now): (&[(T, String)], T),
) -> Option<T> {
    let mut pressed = None;
    for (index, (value, label)) in options.iter().enumerate() {
        let place = column(rect, index, options.len(), space::S);
        let button = Button::new(label, Kind::Quiet).selected(*value == now);
        if button.show(ui, cx.theme, place) {
            pressed = Some(*value);
        }
    }
    pressed
}

/// The same with a name above, of the height of a [`Field`].
pub fn named_choice_ui<T: Copy + PartialEq>(
    ui: &Ui,
    cx: &Cx<'_>,
    mut rect: Rect,
    name: &str,
    (options, now): (&[(T, String)], T),
) -> Option<T> {
    let place = take_top(&mut rect, NAME, 0.0);
    Text::new(name, cx.theme.muted).points(size::SMALL).label(ui, place);
    choice_ui(ui, cx, rect, (options, now))
}

/// A list that opens below a button; gives the place of the one that was picked.
pub fn pick_ui(
    ui: &Ui,
    cx: &Cx<'_>,
    mut rect: Rect,
    name: &str,
    (options, now): (&[String], usize),
) -> Option<usize> {
    let place = take_top(&mut rect, NAME, 0.0);
    Text::new(name, cx.theme.muted).points(size::SMALL).paint(ui, place);
    let chosen = options.get(now).map_or("", String::as_str);
    let said = format!("{name}: {chosen}");
    let response = Button::new(chosen, Kind::Quiet)
        .named(&said)
        .respond(ui, cx.theme, rect);
    let mut picked = None;
    Popup::menu(&response).width(rect.width()).show(|ui| {
        cx.theme.apply(ui);
        let height = (OPTION * options.len() as f32).min(LONGEST);
        ScrollArea::vertical()
            .max_height(height)
            .auto_shrink([false, false])
            .show(ui, |ui| {
                for (index, option) in options.iter().enumerate() {
                    let wide = vec2(ui.available_width(), OPTION);
                    let (place, response) = ui.allocate_exact_size(wide, Sense::click());
                    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, option));
                    if index == now || response.hovered() {
                        ui.painter()
                            .rect_filled(place, CONTROL_RADIUS, cx.theme.accent_soft);
                    }
                    Text::new(option, cx.theme.text).paint(ui, place.shrink2(vec2(space::M, 0.0)));
                    focus_ring(ui, cx.theme, place, CONTROL_RADIUS, &response);
                    if response.clicked() {
                        picked = Some(index);
                    }
                }
            });
    });
    picked
}

/// Cuts a row into cells of these widths; a width of 0 shares what is left.
#[must_use]
pub fn cells<const N: usize>(rect: Rect, widths: [f32; N], gap: f32) -> [Rect; N] {
    let fixed: f32 = widths.iter().sum();
    let shares = widths.iter().filter(|width| **width <= 0.0).count().max(1) as f32;
    let gaps = gap * (N.saturating_sub(1)) as f32;
    let share = ((rect.width() - fixed - gaps) / shares).max(0.0);
    let mut left = rect.min.x;
    widths.map(|width| {
        let width = if width > 0.0 { width } else { share };
        let cell = Rect::from_min_size(eframe::egui::pos2(left, rect.min.y), vec2(width, rect.height()));
        left += width + gap;
        cell
    })
}

#[cfg(test)]
mod tests {
    use eframe::egui::{Rect, pos2};

    use super::cells;

    #[test]
    fn cells_share_what_the_fixed_ones_leave() {
        let row = Rect::from_min_max(pos2(10.0, 0.0), pos2(410.0, 50.0));
        // 400 wide, two gaps of 10, 80 fixed: 300 for two.
        let [a, b, c] = cells(row, [0.0, 80.0, 0.0], 10.0);
        assert_eq!((a.min.x, a.max.x), (10.0, 160.0));
        assert_eq!((b.min.x, b.max.x), (170.0, 250.0));
        assert_eq!((c.min.x, c.max.x), (260.0, 410.0));
    }
}
