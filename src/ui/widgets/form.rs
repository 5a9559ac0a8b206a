//! What a form is made of besides its fields: choices side by side, lists to pick from, and rows of cells.

use eframe::egui::{
    Frame, Popup, Rect, Response, Role, ScrollArea, Sense, Stroke, Ui, WidgetInfo, pos2, vec2,
};

use crate::ui::{
    theme::{CONTROL_RADIUS, size, space},
    widgets::{
        Cx,
        button::{Button, Kind, focus_ring},
        field::choice_ui,
        take_top,
        text::Text,
    },
};

/// Height of the name over a choice, as over a field.
const NAME: f32 = 24.0;
/// Height of a line in a list to pick from.
const OPTION: f32 = 56.0;
/// How high such a list grows before it scrolls.
const LONGEST: f32 = 480.0;

/// Choices side by side, one of them chosen; gives the one that was pressed.
pub fn pick_one_ui<T: Copy + PartialEq>(
    ui: &Ui,
    cx: &Cx<'_>,
    rect: Rect,
    (options, now): (&[(T, String)], T),
) -> Option<T> {
    let labels: Vec<&str> = options.iter().map(|(_, label)| label.as_str()).collect();
    let chosen = options.iter().position(|(value, _)| *value == now);
    let pressed = choice_ui(ui, cx, rect, &labels, chosen.unwrap_or(usize::MAX))?;
    options.get(pressed).map(|(value, _)| *value)
}

/// The same with a name above, as high as a field with its name.
pub fn named_choice_ui<T: Copy + PartialEq>(
    ui: &Ui,
    cx: &Cx<'_>,
    mut rect: Rect,
    name: &str,
    (options, now): (&[(T, String)], T),
) -> Option<T> {
    let place = take_top(&mut rect, NAME, space::XS);
    Text::new(name, cx.theme.muted)
        .points(size::SMALL)
        .bold()
        .label(ui, place);
    pick_one_ui(ui, cx, rect, (options, now))
}

/// A list that opens below a button: how many there are, which is chosen, and the words for each.
#[derive(Clone, Copy)]
pub struct Picks<'a> {
    /// How many.
    pub count: usize,
    /// Place of the chosen one.
    pub now: usize,
    /// The words for one; asked for those that show only.
    pub label: &'a dyn Fn(usize) -> String,
}

impl std::fmt::Debug for Picks<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Picks")
            .field("count", &self.count)
            .field("now", &self.now)
            .finish_non_exhaustive()
    }
}

/// Paints the button with its name above; gives the place of the one that was picked.
pub fn pick_ui(ui: &Ui, cx: &Cx<'_>, mut rect: Rect, name: &str, picks: Picks<'_>) -> Option<usize> {
    let place = take_top(&mut rect, NAME, space::XS);
    Text::new(name, cx.theme.muted)
        .points(size::SMALL)
        .bold()
        .paint(ui, place);
    let chosen = (picks.label)(picks.now);
    let said = format!("{name}: {chosen}");
    let response = Button::new(&chosen, Kind::Quiet)
        .named(&said)
        .respond(ui, cx.theme, rect);
    menu_ui(&response, cx, picks)
}

/// The list under a control that was pressed; gives the place of the one that was picked.
pub(super) fn menu_ui(control: &Response, cx: &Cx<'_>, picks: Picks<'_>) -> Option<usize> {
    let mut picked = None;
    let frame = Frame::new()
        .fill(cx.theme.card)
        .stroke(Stroke::new(2.0, cx.theme.outline))
        .corner_radius(CONTROL_RADIUS)
        .inner_margin(4);
    let menu = Popup::menu(control)
        .width(control.rect.width() - 8.0)
        .frame(frame);
    menu.show(|ui| {
        cx.theme.apply(ui);
        let height = (OPTION * picks.count as f32).min(LONGEST);
        ScrollArea::vertical()
            .max_height(height)
            .auto_shrink([false, false])
            .show_rows(ui, OPTION, picks.count, |ui, rows| {
                for index in rows {
                    if option_ui(ui, cx, &(picks.label)(index), index == picks.now) {
                        picked = Some(index);
                    }
                }
            });
    });
    picked
}

fn option_ui(ui: &mut Ui, cx: &Cx<'_>, option: &str, is_chosen: bool) -> bool {
    let wide = vec2(ui.available_width(), OPTION);
    let (place, response) = ui.allocate_exact_size(wide, Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, option));
    if is_chosen || response.hovered() {
        ui.painter()
            .rect_filled(place, CONTROL_RADIUS, cx.theme.accent_soft);
    }
    Text::new(option, cx.theme.text).paint(ui, place.shrink2(vec2(space::M, 0.0)));
    focus_ring(ui, cx.theme, place, CONTROL_RADIUS, &response);
    response.clicked()
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
        let cell = Rect::from_min_size(pos2(left, rect.min.y), vec2(width, rect.height()));
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
