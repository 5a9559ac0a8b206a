//! A field that opens a list from which one is chosen.

use eframe::egui::{Align2, Rect, Role, Stroke, StrokeKind, Ui, WidgetInfo, vec2};

use crate::ui::{
    theme::{CONTROL_RADIUS, size, space},
    widgets::{
        Cx,
        button::{focus_ring, press_area},
        form::{Picks, menu_ui},
        icon::{self, Icon},
        take_right, take_top,
        text::Text,
    },
};

/// Paints the field into `rect`, its name above; gives the index of what was chosen.
pub fn pick_ui(
    ui: &Ui,
    cx: &Cx<'_>,
    rect: Rect,
    (salt, label): (&str, &str),
    (options, chosen): (&[String], usize),
) -> Option<usize> {
    let mut place = rect;
    let name = take_top(&mut place, 24.0, space::XS);
    Text::new(label, cx.theme.muted)
        .points(size::SMALL)
        .bold()
        .paint(ui, name);
    bare_pick_ui(ui, cx, place, (salt, label), (options, chosen))
}

/// The same without its name above.
pub fn bare_pick_ui(
    ui: &Ui,
    cx: &Cx<'_>,
    place: Rect,
    (salt, label): (&str, &str),
    (options, chosen): (&[String], usize),
) -> Option<usize> {
    let theme = cx.theme;
    let text = options.get(chosen).map_or("", String::as_str);
    let response = press_area(ui, place, (("pick", salt), label), true);
    response.widget_info(|| {
        let mut info = WidgetInfo::labeled(Role::ComboBox, ui.is_enabled(), label);
        info.current_text_value = Some(text.to_owned());
        info
    });
    let fill = if response.hovered() {
        theme.control
    } else {
        theme.card
    };
    let stroke = Stroke::new(1.0, theme.outline);
    ui.painter()
        .rect(place, CONTROL_RADIUS, fill, stroke, StrokeKind::Inside);
    let mut inner = place.shrink2(vec2(space::M, 0.0));
    let sign = take_right(&mut inner, 20.0, space::S);
    let sign = Rect::from_center_size(sign.center(), vec2(20.0, 20.0));
    icon::paint(ui.painter(), sign, Icon::Down, theme.muted);
    Text::new(text, theme.text)
        .align(Align2::LEFT_CENTER)
        .paint(ui, inner);
    focus_ring(ui, theme, place, CONTROL_RADIUS, &response);
    let label = |index: usize| options.get(index).cloned().unwrap_or_default();
    let picks = Picks {
        count: options.len(),
        now: chosen,
        label: &label,
    };
    menu_ui(&response, cx, picks)
}
