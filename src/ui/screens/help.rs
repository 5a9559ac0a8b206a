//! Help is wanted: what happens next, that nothing is lost, and the basket to prove it.

use eframe::egui::{Align2, Key, Rect, Ui};

use crate::ui::{
    command::Command,
    screens::{Regions, is_landscape, message_ui, regions, till_ui},
    theme::space,
    view::{HelpReason, HelpView, PinPurpose},
    widgets::{
        Cx,
        button::{Button, Kind, card},
        icon::Icon,
        line::plain_list_ui,
        take_bottom, take_top,
        text::Text,
    },
    words::{Word, sentence},
};

/// Paints the screen.
pub fn help_ui(ui: &mut Ui, cx: &mut Cx<'_>, view: &HelpView) {
    let full = ui.max_rect();
    let Regions { main, till } = regions(full);
    card(ui, cx.theme, main);
    let reason = match view.reason {
        HelpReason::Asked => Word::HelpAsked,
        HelpReason::AgeCheck => Word::HelpAge,
        HelpReason::Payment => Word::HelpPayment,
        HelpReason::NotSaved => Word::HelpNotSaved,
        HelpReason::Machine => Word::HelpMachine,
    };
    let title = cx.words.say(Word::HelpTitle);
    let detail = view.detail.as_deref().map(sentence);
    // Before there is a basket only staff stand here: what is wrong is what they look for.
    let body = match detail.as_ref().filter(|_| view.basket.is_none()) {
        Some(detail) => format!("{}\n{detail}", cx.words.say(reason)),
        None => [reason, Word::HelpNext, Word::HelpKept]
            .map(|word| cx.words.say(word))
            .join("\n"),
    };
    let medallion = (Icon::Bell, cx.theme.look, cx.theme.on_look);
    message_ui(ui, cx, main.shrink(space::XL), medallion, (&title, &body));
    if let Some(detail) = detail.filter(|_| view.basket.is_some()) {
        let mut foot = main.shrink(space::XL);
        let place = take_bottom(&mut foot, 84.0, 0.0);
        Text::new(&detail, cx.theme.muted)
            .rows(3)
            .align(Align2::CENTER_BOTTOM)
            .label(ui, place);
    }
    let (primary, second) = match &view.basket {
        Some(basket) => {
            let place = till_ui(ui, cx, till, basket);
            let mut body = place.body;
            let head = take_top(&mut body, 40.0, space::M);
            let words = cx.words.say(Word::BasketTitle);
            Text::new(&words, cx.theme.text)
                .points(crate::ui::theme::size::LARGE)
                .bold()
                .label(ui, head);
            plain_list_ui(ui, cx, body.expand2(eframe::egui::vec2(space::L, 0.0)), basket);
            (place.primary, place.second)
        }
        None => bare_ui(ui, cx, till, is_landscape(full)),
    };
    actions_ui(ui, cx, (primary, second), view.can_dismiss);
}

fn bare_ui(ui: &Ui, cx: &Cx<'_>, till: Rect, landscape: bool) -> (Rect, Rect) {
    if landscape {
        card(ui, cx.theme, till);
    }
    let mut inner = till.shrink(space::XL);
    let second = take_bottom(&mut inner, 64.0, space::L);
    (take_bottom(&mut inner, 88.0, 0.0), second)
}

fn actions_ui(ui: &Ui, cx: &mut Cx<'_>, (primary, second): (Rect, Rect), can_dismiss: bool) {
    if can_dismiss {
        let label = cx.words.say(Word::HelpDismiss);
        let escape = ui.input(|input| input.key_pressed(Key::Escape));
        if Button::new(&label, Kind::Second).show(ui, cx.theme, primary) || escape {
            cx.send(Command::DismissHelp);
        }
    }
    let label = cx.words.say(Word::AttendantPin);
    let (kind, place) = if can_dismiss {
        (Kind::Quiet, second)
    } else {
        (Kind::Second, primary)
    };
    if Button::new(&label, kind)
        .icon(Icon::Lock)
        .show(ui, cx.theme, place)
    {
        cx.send(Command::OpenPin(PinPurpose::Resume));
    }
}
