//! Review and pay: the whole list once, nothing moving, and the ways of paying as tiles.

use eframe::egui::{Align2, Key, Rect, Stroke, StrokeKind, Ui, pos2, vec2};

use crate::{
    domain::sale::PaymentMethod,
    ui::{
        command::Command,
        screens::{Regions, SECOND_ROW, instruction_ui, is_landscape, regions, strip_ui, till_ui},
        theme::{CARD_RADIUS, size, space},
        view::{BasketView, PaymentProblem, ReviewView},
        widgets::{
            Cx,
            button::{Button, Kind, card, focus_ring, press_area},
            column,
            icon::{self, Icon},
            keypad::enter_is_free,
            line::plain_list_ui,
            photo::{fit, paint_texture},
            take_bottom, take_left, take_right, take_top,
            text::Text,
        },
        words::Word,
    },
};

/// Paints the screen.
pub fn review_ui(ui: &mut Ui, cx: &mut Cx<'_>, view: &ReviewView) {
    let full = ui.max_rect();
    let landscape = is_landscape(full);
    let (mut list, till) = list_and_till(full);
    if let Some(problem) = view.problem {
        let (title, hint) = words_of(problem);
        strip_ui(ui, cx, &mut list, (&cx.words.say(title), &cx.words.say(hint)));
    }
    let foot = landscape.then_some(SECOND_ROW);
    let back = list_card_ui(ui, cx, list, (Word::ReviewTitle, &view.basket), foot);
    let place = till_ui(ui, cx, till, &view.basket);
    let mut body = place.body;
    taxes_ui(ui, cx, &mut body, &view.basket);
    let mut head = take_bottom(&mut body, 64.0, space::L);
    match back {
        Some(mut back) => {
            back_ui(ui, cx, take_left(&mut back, 340.0, 0.0));
            last_picture_ui(ui, cx, body);
        }
        None => back_ui(ui, cx, take_right(&mut head, 340.0, space::L)),
    }
    instruction_ui(ui, cx, head, &cx.words.say(Word::ReviewHow));
    let count = view.methods.len().max(1);
    for (index, method) in view.methods.iter().enumerate() {
        let cell = column(place.actions(), index, count, space::M);
        if method_ui(ui, cx, cell, (*method, index == 0)) {
            cx.send(Command::ChoosePayment(*method));
        }
    }
    if let Some(first) = view.methods.first().filter(|_| enter_is_free(ui)) {
        cx.send(Command::ChoosePayment(*first));
    }
}

/// The list takes the main area; in portrait it grows down to the till's actions.
#[must_use]
pub fn list_and_till(full: Rect) -> (Rect, Rect) {
    let Regions { main, mut till } = regions(full);
    if is_landscape(full) {
        return (main, till);
    }
    let mut list = main;
    let bottom = take_bottom(&mut till, 460.0, space::L);
    list.max.y = till.max.y;
    (list, bottom)
}

/// The whole list in a card; gives the place under it, where one of this height is wanted.
pub fn list_card_ui(
    ui: &mut Ui,
    cx: &mut Cx<'_>,
    rect: Rect,
    (title, basket): (Word, &BasketView),
    foot: Option<f32>,
) -> Option<Rect> {
    card(ui, cx.theme, rect);
    let mut inner = rect.shrink(space::XL);
    let head = take_top(&mut inner, 56.0, space::M);
    instruction_ui(ui, cx, head, &cx.words.say(title));
    let place = foot.map(|height| take_bottom(&mut inner, height, space::L));
    plain_list_ui(ui, cx, inner.expand2(vec2(space::L, 0.0)), basket);
    place
}

/// What lay on the tray, still, to hold the list against.
fn last_picture_ui(ui: &Ui, cx: &mut Cx<'_>, room: Rect) {
    let Some(texture) = cx.textures.shown(ui.ctx()) else {
        return;
    };
    if room.height() < 200.0 {
        return;
    }
    let mut place = fit(texture.size_vec2(), room);
    place = place.translate(vec2(0.0, room.min.y - place.min.y));
    paint_texture(
        ui,
        &texture,
        place,
        Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0)),
        CARD_RADIUS,
    );
}

const fn words_of(problem: PaymentProblem) -> (Word, Word) {
    match problem {
        PaymentProblem::Declined => (Word::StageDeclined, Word::StageDeclinedHint),
        PaymentProblem::TimedOut => (Word::StageTimedOut, Word::StageTimedOutHint),
        PaymentProblem::Cancelled => (Word::PayStopped, Word::PayStoppedHint),
    }
}

fn back_ui(ui: &Ui, cx: &mut Cx<'_>, rect: Rect) {
    let label = cx.words.say(Word::ReviewBack);
    let escape = ui.input(|input| input.key_pressed(Key::Escape));
    if Button::new(&label, Kind::Quiet)
        .icon(Icon::Back)
        .show(ui, cx.theme, rect)
        || escape
    {
        cx.send(Command::BackToScan);
    }
}

/// The tax in the total, one row per rate, just above it.
pub fn taxes_ui(ui: &Ui, cx: &Cx<'_>, body: &mut Rect, basket: &BasketView) {
    for (name, amount) in basket.taxes.iter().rev() {
        if body.height() < 40.0 {
            return;
        }
        let place = take_bottom(body, 30.0, 0.0);
        let text = cx.words.with(
            Word::TaxLine,
            &[("name", name), ("amount", &cx.words.money(*amount))],
        );
        Text::new(&text, cx.theme.muted)
            .align(Align2::RIGHT_CENTER)
            .label(ui, place);
    }
}

fn method_ui(ui: &Ui, cx: &Cx<'_>, rect: Rect, (method, primary): (PaymentMethod, bool)) -> bool {
    let (title, hint, sign) = match method {
        PaymentMethod::Card => (Word::PayCard, Word::PayCardHint, Icon::Card),
        PaymentMethod::Attendant => (Word::PayAttendant, Word::PayAttendantHint, Icon::Person),
    };
    let theme = cx.theme;
    let (title, hint) = (cx.words.say(title), cx.words.say(hint));
    let response = press_area(ui, rect, ("method", &title), true);
    let pressed = response.is_pointer_button_down_on();
    let (fill, ink, soft, stroke) = if primary {
        let fill = if pressed {
            theme.accent.gamma_multiply(0.85)
        } else {
            theme.accent
        };
        (fill, theme.on_accent, theme.on_accent, Stroke::NONE)
    } else {
        let fill = if pressed { theme.pressed } else { theme.card };
        (fill, theme.text, theme.muted, Stroke::new(1.5, theme.outline))
    };
    ui.painter()
        .rect(rect, CARD_RADIUS, fill, stroke, StrokeKind::Inside);
    let mut inner = rect.shrink2(vec2(space::L + space::XS, space::L));
    let foot = take_bottom(&mut inner, 28.0, space::XS);
    let mut side = take_right(&mut inner, 44.0, space::M);
    let sign_place = take_top(&mut side, 44.0, 0.0);
    icon::paint(ui.painter(), sign_place, sign, ink);
    Text::new(&title, ink)
        .points(size::LARGE)
        .bold()
        .rows(2)
        .align(Align2::LEFT_TOP)
        .paint(ui, inner);
    Text::new(&hint, soft).shrink().paint(ui, foot);
    focus_ring(ui, theme, rect, CARD_RADIUS, &response);
    response.clicked()
}
