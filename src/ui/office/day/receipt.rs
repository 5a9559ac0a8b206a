//! One receipt as it was printed, and what can be done with it: print again, give money back, void.

use eframe::egui::{Align2, CornerRadius, Rect, Ui, vec2};

use crate::{
    domain::{quantity::Quantity, sale::PaymentMethod, staff::Permission},
    ui::{
        theme::{CONTROL_RADIUS, PRIMARY, TOUCH, size, space},
        widgets::{
            Cx,
            button::{Button, Kind, card},
            column,
            field::{FIELD, Field, field_ui},
            form::named_choice_ui,
            icon::Icon,
            keyboard::was_left,
            paper::paper_ui,
            take_bottom, take_left, take_right, take_top,
            text::Text,
        },
        words::DayWord,
    },
};

use super::{
    DayCommand,
    sales::kind_word,
    send,
    view::{DayView, LeftLine, ReceiptPane, RefundDraft},
};

/// What is typed about a refund.
#[derive(Debug, Default)]
pub(super) struct ReceiptState {
    reason: String,
    /// Of which receipt; another one begins with nothing typed.
    of: Option<u64>,
    /// Weights that are being typed, by line.
    weight: Option<(u64, String)>,
}

/// Paints it.
pub(super) fn receipt_ui(
    ui: &mut Ui,
    cx: &mut Cx<'_>,
    area: Rect,
    (view, pane): (&DayView, &ReceiptPane),
    state: &mut ReceiptState,
) {
    if state.of != Some(pane.number) || pane.draft.is_none() {
        *state = ReceiptState {
            of: Some(pane.number),
            ..ReceiptState::default()
        };
    }
    let mut area = area;
    head_ui(ui, cx, take_top(&mut area, TOUCH, space::M), pane);
    if let Some(draft) = &pane.draft {
        draft_ui(ui, cx, area, draft, state);
        return;
    }
    actions_ui(ui, cx, &mut area, view, pane);
    notes_ui(ui, cx, &mut area, pane);
    paper_ui(ui, cx, area, &pane.paper);
}

fn head_ui(ui: &Ui, cx: &mut Cx<'_>, mut head: Rect, pane: &ReceiptPane) {
    let close = cx.words.say(DayWord::CloseReceipt);
    let place = take_right(&mut head, TOUCH, space::S);
    let button = Button::new(&close, Kind::Quiet).icon_only(Icon::Cross);
    if button.show(ui, cx.theme, place) {
        send(cx, DayCommand::CloseReceipt);
    }
    let kind = cx.words.say(kind_word(pane.kind));
    let number = pane.number.to_string();
    let title = cx
        .words
        .with(DayWord::ReceiptTitle, &[("kind", &kind), ("number", &number)]);
    Text::new(&title, cx.theme.text)
        .points(size::LARGE)
        .bold()
        .shrink()
        .label(ui, head);
}

fn actions_ui(ui: &Ui, cx: &mut Cx<'_>, area: &mut Rect, view: &DayView, pane: &ReceiptPane) {
    let buttons = take_bottom(area, TOUCH, space::S);
    let printing = take_bottom(area, TOUCH, space::M);
    let print = cx.words.say(DayWord::Reprint);
    let refund = cx.words.say(DayWord::Refund);
    let void = cx.words.say(DayWord::Void);
    let button = Button::new(&print, Kind::Quiet).icon(Icon::Print);
    if button.show(ui, cx.theme, printing) {
        send(cx, DayCommand::Reprint);
    }
    let place = column(buttons, 0, 2, space::S);
    let can = pane.can_refund && view.may(Permission::Refund);
    let button = Button::new(&refund, Kind::Quiet).enabled(can);
    if button.show(ui, cx.theme, place) {
        send(cx, DayCommand::BeginRefund);
    }
    let can = pane.can_void && view.may(Permission::VoidSale);
    let button = Button::new(&void, Kind::Stop).enabled(can);
    if button.show(ui, cx.theme, column(buttons, 1, 2, space::S)) {
        send(cx, DayCommand::BeginVoid);
    }
}

/// What is known besides the paper: refunds, the model, where it was saved.
fn notes_ui(ui: &Ui, cx: &mut Cx<'_>, area: &mut Rect, pane: &ReceiptPane) {
    if let Some(path) = &pane.saved_to {
        let words = cx.words.with(DayWord::SavedTo, &[("path", path)]);
        note_ui(ui, cx, area, &words);
    }
    if let Some(model) = &pane.model {
        let words = cx.words.with(DayWord::SeenBy, &[("model", model)]);
        note_ui(ui, cx, area, &words);
    }
    if let Some(original) = pane.refund_of {
        let number = original.to_string();
        let words = cx.words.with(DayWord::OpenOriginal, &[("number", &number)]);
        link_ui(ui, cx, area, (&words, original));
    }
    for refund in &pane.refunds {
        let number = refund.number.to_string();
        let amount = cx.words.money(refund.total);
        let word = if refund.is_void {
            DayWord::VoidNote
        } else {
            DayWord::RefundNote
        };
        let args = [
            ("number", number.as_str()),
            ("amount", &amount),
            ("who", &refund.who),
            ("when", &refund.when),
            ("reason", &refund.reason),
        ];
        let words = cx.words.with(word, &args);
        link_ui(ui, cx, area, (&words, refund.number));
    }
}

fn note_ui(ui: &Ui, cx: &Cx<'_>, area: &mut Rect, words: &str) {
    let text = Text::new(words, cx.theme.muted).points(size::SMALL).rows(3);
    let height = text.height(ui, area.width());
    text.label(ui, take_bottom(area, height, space::S));
}

/// A note that opens another receipt.
fn link_ui(ui: &Ui, cx: &mut Cx<'_>, area: &mut Rect, (words, number): (&str, u64)) {
    let text = Text::new(words, cx.theme.text).points(size::SMALL).rows(3);
    let width = area.width() - 2.0 * space::M;
    let height = (text.height(ui, width) + space::M).max(TOUCH);
    let place = take_bottom(area, height, space::S);
    let response = crate::ui::widgets::button::press_area(ui, place, ("receipt", words), true);
    ui.painter().rect_filled(place, CONTROL_RADIUS, cx.theme.control);
    text.paint(ui, place.shrink2(vec2(space::M, 0.0)));
    crate::ui::widgets::button::focus_ring(ui, cx.theme, place, CONTROL_RADIUS, &response);
    if response.clicked() {
        send(cx, DayCommand::OpenReceipt(number));
    }
}

fn draft_ui(ui: &mut Ui, cx: &mut Cx<'_>, mut area: Rect, draft: &RefundDraft, state: &mut ReceiptState) {
    let primary = take_bottom(&mut area, PRIMARY, space::M);
    confirm_ui(ui, cx, primary, draft, state);
    let reason = cx.words.say(DayWord::Reason);
    let hint = cx.words.say(DayWord::ReasonHint);
    let place = take_bottom(&mut area, FIELD, space::M);
    let field = Field::new("refund reason", &reason).hint(&hint);
    field_ui(ui, cx, place, field, &mut state.reason);
    let place = take_bottom(&mut area, FIELD, space::M);
    let methods = [
        (PaymentMethod::Card, cx.words.say(DayWord::Card)),
        (PaymentMethod::Attendant, cx.words.say(DayWord::Till)),
    ];
    let name = cx.words.say(DayWord::BackBy);
    if let Some(method) = named_choice_ui(ui, cx, place, &name, (&methods, draft.method)) {
        send(cx, DayCommand::SetMethod(method));
    }
    card(ui, cx.theme, area);
    let mut inner = area.shrink(space::M);
    if draft.is_void {
        let words = cx.words.say(DayWord::VoidHint);
        Text::new(&words, cx.theme.text)
            .rows(4)
            .align(Align2::LEFT_TOP)
            .label(ui, inner);
        return;
    }
    let all = cx.words.say(DayWord::TakeAll);
    let place = take_top(&mut inner, TOUCH, space::M);
    if Button::new(&all, Kind::Quiet).show(ui, cx.theme, place) {
        send(cx, DayCommand::TakeAll);
    }
    lines_ui(ui, cx, inner, draft, state);
}

fn confirm_ui(ui: &Ui, cx: &mut Cx<'_>, place: Rect, draft: &RefundDraft, state: &ReceiptState) {
    let cancel = cx.words.say(DayWord::Cancel);
    let mut place = place;
    let left = take_left(&mut place, 140.0, space::S);
    if Button::new(&cancel, Kind::Quiet).show(ui, cx.theme, left) {
        send(cx, DayCommand::CancelRefund);
    }
    let amount = draft
        .amount
        .map_or_else(String::new, |amount| cx.words.money(amount));
    let word = if draft.is_void {
        DayWord::ConfirmVoid
    } else {
        DayWord::ConfirmRefund
    };
    let words = match draft.amount {
        Some(_) => cx.words.with(word, &[("amount", &amount)]),
        None => cx.words.say(DayWord::ChooseLines),
    };
    let ready = draft.amount.is_some() && !state.reason.trim().is_empty();
    let button = Button::new(&words, Kind::Primary).enabled(ready);
    if button.show(ui, cx.theme, place) {
        let reason = state.reason.trim().to_owned();
        send(cx, DayCommand::ConfirmRefund { reason });
    }
}

fn lines_ui(ui: &mut Ui, cx: &mut Cx<'_>, area: Rect, draft: &RefundDraft, state: &mut ReceiptState) {
    let mut child = ui.new_child(
        eframe::egui::UiBuilder::new()
            .id_salt("refund lines")
            .max_rect(area),
    );
    child.set_clip_rect(area.intersect(ui.clip_rect()));
    eframe::egui::ScrollArea::vertical()
        .id_salt("refund rows")
        .auto_shrink([false, false])
        .show(&mut child, |ui| {
            let height = 92.0;
            let all = vec2(area.width(), height * draft.lines.len() as f32);
            let (mut rest, _) = ui.allocate_exact_size(all, eframe::egui::Sense::hover());
            for line in &draft.lines {
                let place = take_top(&mut rest, height, 0.0);
                line_ui(ui, cx, place, line, state);
            }
        });
}

/// Name and what is left above, how much of it goes back below.
fn line_ui(ui: &mut Ui, cx: &mut Cx<'_>, mut place: Rect, line: &LeftLine, state: &mut ReceiptState) {
    if line.chosen > 0 {
        ui.painter()
            .rect_filled(place, CornerRadius::same(8), cx.theme.accent_soft);
    }
    let name = take_top(&mut place, 32.0, 0.0).shrink2(vec2(space::S, 0.0));
    Text::new(&line.name, cx.theme.text).label(ui, name);
    let mut row = take_top(&mut place, TOUCH, 0.0).shrink2(vec2(space::S, 0.0));
    let left = cx.words.quantity(line.left);
    match line.left {
        Quantity::Count(most) => {
            let more = cx.words.with(DayWord::OneMoreBack, &[("name", &line.name)]);
            let fewer = cx.words.with(DayWord::OneFewerBack, &[("name", &line.name)]);
            let salt = line.line.0;
            let place = take_right(&mut row, TOUCH, space::S);
            let button = Button::new(&more, Kind::Second)
                .icon_only(Icon::Plus)
                .salt(salt)
                .enabled(line.chosen < most);
            let set = |number| DayCommand::SetPart {
                line: line.line,
                number,
            };
            if button.show(ui, cx.theme, place) {
                send(cx, set(line.chosen.saturating_add(1)));
            }
            let chosen = line.chosen.to_string();
            Text::new(&chosen, cx.theme.text)
                .bold()
                .align(Align2::CENTER_CENTER)
                .paint(ui, take_right(&mut row, 48.0, space::S));
            let place = take_right(&mut row, TOUCH, space::M);
            let button = Button::new(&fewer, Kind::Second)
                .icon_only(Icon::Minus)
                .salt(salt)
                .enabled(line.chosen > 0);
            if button.show(ui, cx.theme, place) {
                send(cx, set(line.chosen.saturating_sub(1)));
            }
        }
        Quantity::Weight { grams } => weight_ui(ui, cx, &mut row, (line, grams), state),
    }
    let price = cx
        .words
        .unit_price(line.unit_price, matches!(line.left, Quantity::Weight { .. }));
    let words = cx
        .words
        .with(DayWord::LeftOf, &[("left", &left), ("price", &price)]);
    Text::new(&words, cx.theme.muted)
        .points(size::SMALL)
        .paint(ui, row);
}

/// Grams of a weighed line are typed; leaving the field takes them, and more than is left becomes what is.
fn weight_ui(
    ui: &mut Ui,
    cx: &mut Cx<'_>,
    row: &mut Rect,
    (line, most): (&LeftLine, u32),
    state: &mut ReceiptState,
) {
    let name = cx.words.with(DayWord::GramsOf, &[("name", &line.name)]);
    let place = take_right(row, 160.0, space::M);
    let typing = state.weight.as_ref().filter(|(of, _)| *of == line.line.0);
    let mut text = typing.map_or_else(|| line.chosen.to_string(), |(_, text)| text.clone());
    let salt = format!("grams of {}", line.line.0);
    let field = Field::new(&salt, &name).bare().amount();
    let response = field_ui(ui, cx, place, field, &mut text);
    if response.changed() {
        state.weight = Some((line.line.0, text.clone()));
    }
    if was_left(ui, &response) {
        state.weight = None;
        let number = text.trim().parse::<u32>().unwrap_or(line.chosen).min(most);
        if number != line.chosen {
            send(
                cx,
                DayCommand::SetPart {
                    line: line.line,
                    number,
                },
            );
        }
    }
}
