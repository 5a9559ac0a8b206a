//! A question that has to be answered before something is done, with a reason where one is asked for.

use eframe::egui::{Align2, Key, Ui, vec2};

use crate::ui::{
    office::OfficeCommand,
    theme::{TOUCH, size, space},
    widgets::{
        Cx,
        button::{Button, Kind},
        column,
        field::{Field, field_ui},
        sheet::{heading, sheet},
        take_bottom, take_top,
        text::Text,
    },
    words::OfficeWord,
};

/// A question.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ConfirmView {
    /// What is asked.
    pub title: String,
    /// What happens with yes.
    pub text: String,
    /// The word for yes: what is done ("Delete 3 photos").
    pub yes: String,
    /// Whether yes removes or stops something.
    pub stops: bool,
    /// Whether a reason must be given.
    pub wants_reason: bool,
}

/// Paints the question; `reason` is what is typed.
pub fn confirm_ui(ui: &mut Ui, cx: &mut Cx<'_>, view: &ConfirmView, reason: &mut String) {
    let height = if view.wants_reason { 392.0 } else { 300.0 };
    let mut inner = sheet(ui, cx, "confirm", vec2(840.0, height));
    let buttons = take_bottom(&mut inner, TOUCH + space::S, space::L);
    heading(ui, cx, &mut inner, &view.title, "");
    let text = Text::new(&view.text, cx.theme.text)
        .points(size::BODY)
        .rows(4)
        .align(Align2::LEFT_TOP);
    let height = text.height(ui, inner.width()).min(112.0) + 2.0;
    let place = take_top(&mut inner, height, space::L);
    text.label(ui, place);
    if view.wants_reason {
        let label = cx.words.say(OfficeWord::Reason);
        let place = take_top(&mut inner, TOUCH + 28.0, 0.0);
        let response = field_ui(ui, cx, place, Field::new("confirm reason", &label), reason);
        if reason.is_empty() && ui.memory(|memory| memory.focused().is_none()) {
            response.request_focus();
        }
    }
    let cancel = cx.words.say(OfficeWord::Cancel);
    let by_escape = ui.input(|input| input.key_pressed(Key::Escape));
    let no = Button::new(&cancel, Kind::Quiet).show(ui, cx.theme, column(buttons, 0, 2, space::M));
    if no || by_escape {
        cx.office(OfficeCommand::CancelConfirm);
        return;
    }
    let ready = !view.wants_reason || !reason.trim().is_empty();
    let kind = if view.stops { Kind::Stop } else { Kind::Primary };
    let yes = Button::new(&view.yes, kind)
        .enabled(ready)
        .show(ui, cx.theme, column(buttons, 1, 2, space::M));
    let by_enter = ui.input(|input| input.key_pressed(Key::Enter)) && !view.stops;
    if ready && (yes || by_enter) {
        cx.office(OfficeCommand::Confirm {
            reason: std::mem::take(reason),
        });
    }
}
