//! It is paid: thank you, the total, the receipt to take along, done.

use eframe::egui::{Align2, Ui, Vec2, pos2};

use crate::ui::{
    command::Command,
    screens::{Regions, medallion_ui, regions},
    theme::{PRIMARY, size, space},
    view::ReceiptView,
    widgets::{
        Cx,
        button::{Button, Kind, card},
        column,
        icon::Icon,
        keypad::enter_is_free,
        qr, take_bottom, take_top,
        text::Text,
    },
    words::Word,
};

/// Paints the screen.
pub fn receipt_ui(ui: &Ui, cx: &mut Cx<'_>, view: &ReceiptView) {
    let Regions { main, till } = regions(ui.max_rect());
    thanks_ui(ui, cx, main, view);
    card(ui, cx.theme, till);
    let mut inner = till.shrink(space::XL);
    let second = take_bottom(&mut inner, 64.0, space::L);
    let primary = take_bottom(&mut inner, PRIMARY, space::L);
    let notes = take_bottom(&mut inner, 32.0, space::L);
    let number = cx.words.with(Word::ReceiptNumber, &[("number", &view.number)]);
    Text::new(&number, cx.theme.text)
        .points(size::LARGE)
        .bold()
        .label(ui, take_top(&mut inner, 44.0, space::L));
    let scan = cx.words.say(Word::ReceiptScan);
    let place = take_bottom(&mut inner, 36.0, space::M);
    Text::new(&scan, cx.theme.text)
        .points(size::LARGE)
        .align(Align2::CENTER_CENTER)
        .label(ui, place);
    qr::paint(ui, inner, &view.qr_text, &scan);
    let note = match (&view.saved_to, view.closes_in) {
        (Some(path), _) => cx.words.with(Word::ReceiptSaved, &[("path", path)]),
        (None, Some(seconds)) => cx
            .words
            .with(Word::ReceiptCloses, &[("seconds", &seconds.to_string())]),
        (None, None) => String::new(),
    };
    if !note.is_empty() {
        Text::new(&note, cx.theme.muted)
            .align(Align2::CENTER_CENTER)
            .label(ui, notes);
    }
    let done = cx.words.say(Word::Done);
    if Button::new(&done, Kind::Primary).show(ui, cx.theme, primary) || enter_is_free(ui) {
        cx.send(Command::ReceiptDone);
    }
    let print = cx.words.say(Word::ReceiptPrint);
    let save = cx.words.say(Word::ReceiptSave);
    let count = if view.can_print { 2 } else { 1 };
    if view.can_print
        && Button::new(&print, Kind::Quiet).icon(Icon::Print).show(
            ui,
            cx.theme,
            column(second, 0, 2, space::S),
        )
    {
        cx.send(Command::PrintReceipt);
    }
    if Button::new(&save, Kind::Quiet).icon(Icon::Save).show(
        ui,
        cx.theme,
        column(second, count - 1, count, space::S),
    ) {
        cx.send(Command::SaveReceipt);
    }
}

fn thanks_ui(ui: &Ui, cx: &Cx<'_>, area: eframe::egui::Rect, view: &ReceiptView) {
    let radius = (area.height() * 0.14).clamp(56.0, 104.0);
    let whole = radius * 2.0 + space::XXL + 80.0 + space::M + 56.0;
    let top = area.center().y - whole / 2.0;
    let center = pos2(area.center().x, top + radius);
    medallion_ui(
        ui,
        cx,
        center,
        radius,
        (Icon::Check, cx.theme.paid, cx.theme.on_paid),
    );
    let mut rest = area;
    rest.min.y = top + radius * 2.0 + space::XXL;
    let thanks = cx.words.say(Word::ReceiptTitle);
    let place = take_top(&mut rest, 80.0, space::M);
    Text::new(&thanks, cx.theme.text)
        .points(size::TOTAL)
        .bold()
        .align(Align2::CENTER_CENTER)
        .label(ui, place);
    let paid = cx
        .words
        .with(Word::ReceiptPaid, &[("total", &cx.words.money(view.total))]);
    let place = take_top(&mut rest, 56.0, 0.0).expand2(Vec2::new(0.0, 0.0));
    Text::new(&paid, cx.theme.paid)
        .points(size::TITLE)
        .bold()
        .align(Align2::CENTER_CENTER)
        .label(ui, place);
}
