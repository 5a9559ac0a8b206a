//! A page on which there is nothing yet: it says what belongs there and offers the first step.

use eframe::egui::{Rect, Ui, vec2};

use crate::ui::{
    office::{OfficeCommand, Page},
    screens::message_ui,
    theme::{TOUCH, space},
    widgets::{
        Cx,
        button::{Button, Kind, card},
        icon::Icon,
        take_bottom,
    },
};

/// Paints it: the page's name, the sentence, and a button where there is a first step.
pub fn empty_ui(
    ui: &Ui,
    cx: &mut Cx<'_>,
    area: Rect,
    (page, sentence): (Page, &str),
    step: Option<(&str, OfficeCommand)>,
) {
    card(ui, cx.theme, area);
    let mut inner = area.shrink(space::XL);
    if let Some((label, command)) = step {
        let row = take_bottom(&mut inner, TOUCH, space::L);
        let place = Rect::from_center_size(row.center(), vec2(row.width().min(420.0), row.height()));
        if Button::new(label, Kind::Primary).show(ui, cx.theme, place) {
            cx.office(command);
        }
    }
    let title = cx.words.say(page.word());
    let sign = (Icon::Dots, cx.theme.control, cx.theme.muted);
    message_ui(ui, cx, inner, sign, (&title, sentence));
}
