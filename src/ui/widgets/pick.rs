//! A field that opens a list from which one is chosen.

use eframe::egui::{ComboBox, Rect, Ui, UiBuilder, vec2};

use crate::ui::{
    theme::{size, space},
    widgets::{Cx, id, take_top, text::Text},
};

/// Paints the field into `rect`, its name above; gives the index of what was chosen.
pub fn pick_ui(
    ui: &mut Ui,
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
        .label(ui, name);
    bare_pick_ui(ui, place, (salt, label), (options, chosen))
}

/// The same without its name above.
pub fn bare_pick_ui(
    ui: &mut Ui,
    place: Rect,
    (salt, label): (&str, &str),
    (options, chosen): (&[String], usize),
) -> Option<usize> {
    let mut picked = None;
    let builder = UiBuilder::new().id_salt(("pick", salt)).max_rect(place);
    let mut child = ui.new_child(builder);
    let spacing = child.spacing_mut();
    spacing.interact_size.y = place.height();
    spacing.button_padding = vec2(space::M, 4.0);
    let text = options.get(chosen).map_or("", String::as_str);
    let response = ComboBox::from_id_salt(id(("pick", salt)))
        .selected_text(text)
        .width(place.width())
        .height(560.0)
        .truncate()
        .show_ui(&mut child, |ui| {
            ui.spacing_mut().interact_size.y = 44.0;
            ui.spacing_mut().button_padding = vec2(space::M, 10.0);
            for (index, option) in options.iter().enumerate() {
                if ui.selectable_label(index == chosen, option).clicked() {
                    picked = Some(index);
                }
            }
        });
    response.response.accessible_name(label.to_owned());
    picked
}
