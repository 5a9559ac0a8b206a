//! A page on which there is nothing yet: it says what belongs there and offers the first step.

use eframe::egui::{Align2, Rect, Ui, vec2};

use crate::ui::{
    office::{OfficeCommand, Page},
    theme::{PRIMARY, size, space},
    widgets::{
        Cx,
        button::{Button, Kind, card},
        take_top,
        text::Text,
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
    let title = cx.words.say(page.word());
    let width = area.width().min(760.0);
    let title_text = Text::new(&title, cx.theme.text)
        .points(size::TITLE)
        .bold()
        .align(Align2::CENTER_TOP);
    let body_text = Text::new(sentence, cx.theme.muted)
        .points(size::LARGE)
        .rows(4)
        .balance()
        .align(Align2::CENTER_TOP);
    let (title_height, body_height) = (title_text.height(ui, width), body_text.height(ui, width) + 2.0);
    let step_height = if step.is_some() { space::XL + PRIMARY } else { 0.0 };
    let whole = title_height + space::M + body_height + step_height;
    let mut inner = Rect::from_center_size(area.center(), vec2(width, whole));
    title_text.label(ui, take_top(&mut inner, title_height, space::M));
    body_text.label(ui, take_top(&mut inner, body_height, space::XL));
    if let Some((label, command)) = step {
        let place = Rect::from_center_size(inner.center(), vec2(width.min(420.0), inner.height()));
        if Button::new(label, Kind::Primary).show(ui, cx.theme, place) {
            cx.office(command);
        }
    }
}
