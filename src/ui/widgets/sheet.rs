//! A sheet that floats over the screen: dims what is below, keeps touches and the keyboard to itself.

use eframe::egui::{Align2, Color32, CornerRadius, Rect, Sense, Shadow, StrokeKind, Ui, Vec2, pos2};

use crate::ui::{
    theme::{CARD_RADIUS, size, space},
    widgets::{Cx, id, take_top, text::Text},
};

/// The names of all sheets.
pub const NAMES: [&str; 11] = [
    "idle",
    "question",
    "recovered",
    "camera",
    "search",
    "number",
    "weight",
    "pin",
    "confirm",
    "path",
    "name",
];

/// Says which sheet is open, so that each starts its movement anew when it opens.
pub fn begin_pass(ui: &Ui, cx: &Cx<'_>, open: Option<&str>) {
    for name in NAMES.into_iter().filter(|name| Some(*name) != open) {
        ui.ctx()
            .animate_bool_with_time(id(("sheet", name)), false, cx.seconds());
    }
}

/// Paints the dimmed ground and the sheet of `size`; returns the inside of the sheet.
///
/// In landscape the sheet stands in the middle; in portrait at the bottom, within reach.
pub fn sheet(ui: &Ui, cx: &Cx<'_>, name: &str, size: Vec2) -> Rect {
    let full = ui.max_rect();
    // Everything below gets no touch: this area lies over it.
    ui.interact(full, id(("scrim", name)), Sense::CLICK | Sense::DRAG);
    let key = id(("sheet", name));
    let shown = ui.ctx().animate_bool_with_time(key, true, cx.seconds());
    ui.painter()
        .rect_filled(full, CornerRadius::ZERO, cx.theme.scrim.gamma_multiply(shown));
    let size = size.min(full.size() - Vec2::splat(space::XL * 2.0));
    let rect = place(full, size).translate(Vec2::new(0.0, (1.0 - shown) * space::XXL));
    let shadow = Shadow {
        offset: [0, 12],
        blur: 48,
        spread: 0,
        color: Color32::from_black_alpha(110),
    };
    ui.painter().add(shadow.as_shape(rect, CARD_RADIUS));
    ui.painter().rect(
        rect,
        CARD_RADIUS,
        cx.theme.card,
        cx.theme.card_stroke(),
        StrokeKind::Inside,
    );
    rect.shrink(space::XXL)
}

fn place(full: Rect, size: Vec2) -> Rect {
    if full.width() >= full.height() {
        return Rect::from_center_size(full.center(), size);
    }
    let bottom = full.max.y - space::XL;
    Rect::from_min_max(
        pos2(full.center().x - size.x / 2.0, bottom - size.y),
        pos2(full.center().x + size.x / 2.0, bottom),
    )
}

/// The title of a sheet and the sentence under it; takes them off the top of `inner`.
pub fn heading(ui: &Ui, cx: &Cx<'_>, inner: &mut Rect, title: &str, hint: &str) {
    let place = take_top(inner, 48.0, space::XS);
    Text::new(title, cx.theme.text)
        .points(size::TITLE)
        .bold()
        .shrink()
        .label(ui, place);
    if hint.is_empty() {
        return;
    }
    let text = Text::new(hint, cx.theme.muted)
        .points(24.0)
        .rows(3)
        .align(Align2::LEFT_TOP);
    let height = text.height(ui, inner.width());
    let place = take_top(inner, height, space::XL);
    text.label(ui, place);
}
