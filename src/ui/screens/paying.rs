//! A payment in progress: the terminal's own words, what to do, and a cancel while it can.

use eframe::egui::{Key, Rect, Ui, Vec2, pos2};

use crate::{
    domain::sale::PaymentMethod,
    ui::{
        command::Command,
        screens::{
            Medallion, message_ui,
            review::{list_and_till, list_card_ui},
            till_ui,
        },
        theme::{PRIMARY, space},
        view::{PayingView, PaymentStage, PinPurpose},
        widgets::{
            Cx,
            button::{Button, Kind},
            icon::Icon,
            keypad::enter_is_free,
            take_bottom,
        },
        words::Word,
    },
};

/// Paints the screen.
pub fn paying_ui(ui: &mut Ui, cx: &mut Cx<'_>, view: &PayingView) {
    let full = ui.max_rect();
    let (mut list, mut till) = list_and_till(full);
    if !super::is_landscape(full) {
        // The terminal's words need room; the list gives some.
        let more = 300.0;
        list.max.y -= more;
        till.min.y -= more;
    }
    list_card_ui(ui, cx, list, (Word::BasketTitle, &view.basket), None);
    let place = till_ui(ui, cx, till, &view.basket);
    let (title, hint) = words_of(view.stage);
    let (title, hint) = (cx.words.say(title), cx.words.say(hint));
    let mut body = place.body;
    if is_busy(view.stage) {
        let strip = take_bottom(&mut body, 48.0, 0.0);
        busy_ui(ui, cx, strip);
    }
    message_ui(ui, cx, body, medallion(cx, view), (&title, &hint));
    actions_ui(ui, cx, (place.primary, place.second), view);
}

fn words_of(stage: PaymentStage) -> (Word, Word) {
    match stage {
        PaymentStage::Connecting => (Word::StageConnecting, Word::StageConnectingHint),
        PaymentStage::PresentCard => (Word::StagePresent, Word::StagePresentHint),
        PaymentStage::EnterPin => (Word::StagePin, Word::StagePinHint),
        PaymentStage::Authorising => (Word::StageAsking, Word::StageAskingHint),
        PaymentStage::Approved => (Word::StageApproved, Word::StageApprovedHint),
        PaymentStage::Declined => (Word::StageDeclined, Word::StageDeclinedHint),
        PaymentStage::TimedOut => (Word::StageTimedOut, Word::StageTimedOutHint),
        PaymentStage::AtAttendant => (Word::StageAttendant, Word::StageAttendantHint),
        PaymentStage::Cancelling => (Word::StageCancelling, Word::StageCancellingHint),
        PaymentStage::Saving => (Word::StageSaving, Word::StageSavingHint),
    }
}

const fn is_busy(stage: PaymentStage) -> bool {
    match stage {
        PaymentStage::Connecting
        | PaymentStage::Authorising
        | PaymentStage::Cancelling
        | PaymentStage::Saving => true,
        PaymentStage::PresentCard
        | PaymentStage::EnterPin
        | PaymentStage::Approved
        | PaymentStage::Declined
        | PaymentStage::TimedOut
        | PaymentStage::AtAttendant => false,
    }
}

fn medallion(cx: &Cx<'_>, view: &PayingView) -> Medallion {
    let theme = cx.theme;
    match view.stage {
        PaymentStage::PresentCard => (Icon::Card, theme.accent, theme.on_accent),
        PaymentStage::EnterPin => (Icon::Keypad, theme.accent, theme.on_accent),
        PaymentStage::Approved => (Icon::Check, theme.paid, theme.on_paid),
        PaymentStage::Declined | PaymentStage::TimedOut => (Icon::Card, theme.look, theme.on_look),
        PaymentStage::AtAttendant => (Icon::Person, theme.accent, theme.on_accent),
        PaymentStage::Connecting
        | PaymentStage::Authorising
        | PaymentStage::Cancelling
        | PaymentStage::Saving => (Icon::Clock, theme.control, theme.text),
    }
}

/// Three dots that take turns; still when nothing may move.
fn busy_ui(ui: &Ui, cx: &Cx<'_>, rect: Rect) {
    let phase = if cx.motion {
        ui.input(|input| input.time)
    } else {
        0.0
    };
    if cx.motion {
        ui.ctx()
            .request_repaint_after(std::time::Duration::from_millis(50));
    }
    for dot in 0..3_u8 {
        let wave = (phase * 4.0 - f64::from(dot) * 0.9).sin().max(0.0);
        #[expect(clippy::cast_possible_truncation, reason = "a number between 0 and 1")]
        let wave = wave as f32;
        let center = rect.center() + Vec2::new((f32::from(dot) - 1.0) * 32.0, 0.0);
        ui.painter()
            .circle_filled(pos2(center.x, center.y), 7.0 + 3.0 * wave, cx.theme.accent);
    }
}

fn actions_ui(ui: &Ui, cx: &mut Cx<'_>, (primary, second): (Rect, Rect), view: &PayingView) {
    let failed = matches!(view.stage, PaymentStage::Declined | PaymentStage::TimedOut);
    if failed {
        let label = cx.words.say(Word::ChooseOther);
        if Button::new(&label, Kind::Primary).show(ui, cx.theme, primary) || enter_is_free(ui) {
            cx.send(Command::LeavePayment);
        }
        return;
    }
    if view.method == PaymentMethod::Attendant && view.stage == PaymentStage::AtAttendant {
        let label = cx.words.say(Word::AttendantPin);
        if Button::new(&label, Kind::Second)
            .icon(Icon::Lock)
            .show(ui, cx.theme, primary)
        {
            cx.send(Command::OpenPin(PinPurpose::Resume));
        }
    }
    if view.can_cancel {
        let label = cx.words.say(Word::CancelPayment);
        let place = if view.stage == PaymentStage::AtAttendant {
            second
        } else {
            let both = primary.union(second);
            Rect::from_min_max(pos2(both.min.x, both.max.y - PRIMARY), both.max)
                .translate(Vec2::new(0.0, -space::XS))
        };
        let escape = ui.input(|input| input.key_pressed(Key::Escape));
        if Button::new(&label, Kind::Stop)
            .icon(Icon::Cross)
            .show(ui, cx.theme, place)
            || escape
        {
            cx.send(Command::CancelPayment);
        }
    }
}
