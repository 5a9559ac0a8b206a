//! The cash drawer: what should be in it, what is in it, and every reason why.

use std::collections::BTreeMap;

use eframe::egui::{Align2, Key, Rect, ScrollArea, Sense, Ui, UiBuilder, vec2};

use crate::{
    domain::{
        cash::{CashUp, Counted, Drawer},
        money::Money,
        staff::Permission,
    },
    ui::{
        theme::{PRIMARY, TOUCH, size, space},
        widgets::{
            Cx,
            button::{Button, Kind, card, rule},
            field::{FIELD, Field, field_ui},
            form::{cells, pick_one_ui},
            keyboard::was_left,
            row, take_bottom, take_left, take_right, take_top,
            text::Text,
        },
        words::{DayWord, decimal, parse_money},
    },
};

use super::{
    DayCommand, send,
    view::{CashView, DayView, DrawerEntryKind, DrawerEntryView},
};

const ROW: f32 = 60.0;

/// What is entered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Form {
    #[default]
    Count,
    Float,
    PayIn,
    PayOut,
}

/// What is typed on the page.
#[derive(Debug, Default)]
pub(super) struct CashState {
    form: Form,
    /// How many of each note and coin, by its value.
    pieces: BTreeMap<i64, String>,
    amount: String,
    reason: String,
    bad: bool,
    /// The entries when it was typed; more of them mean that it was taken.
    done: u64,
}

/// Paints the page.
pub(super) fn cash_ui(ui: &mut Ui, cx: &mut Cx<'_>, area: Rect, view: &DayView, state: &mut CashState) {
    let cash = &view.cash;
    if state.done != cash.done {
        *state = CashState {
            form: state.form,
            done: cash.done,
            ..CashState::default()
        };
    }
    let mut area = area;
    let wide = area.width() > 1300.0;
    let side = if wide {
        take_right(&mut area, 620.0, space::L)
    } else {
        let height = area.height() * 0.36;
        take_bottom(&mut area, height, space::L)
    };
    side_ui(ui, cx, side, cash);
    card(ui, cx.theme, area);
    let mut inner = area.shrink(space::L);
    let tabs = take_top(&mut inner, TOUCH, space::L);
    let options = [
        (Form::Count, cx.words.say(DayWord::CountCash)),
        (Form::Float, cx.words.say(DayWord::PutFloat)),
        (Form::PayIn, cx.words.say(DayWord::PayIn)),
        (Form::PayOut, cx.words.say(DayWord::PayOut)),
    ];
    if let Some(form) = pick_one_ui(ui, cx, tabs, (&options, state.form)) {
        state.form = form;
        state.bad = false;
    }
    let may = view.may(Permission::CountCash);
    match state.form {
        Form::Count => count_ui(ui, cx, inner, (cash, may), state),
        Form::Float | Form::PayIn | Form::PayOut => amount_ui(ui, cx, inner, (cash, may), state),
    }
}

/// What was typed, as notes and coins; nothing when a number cannot be read.
fn counted(state: &CashState) -> Option<Counted> {
    let mut counted = Counted::default();
    for (minor, text) in &state.pieces {
        match text.trim() {
            "" => {}
            text => {
                counted.0.insert(*minor, text.parse().ok()?);
            }
        }
    }
    Some(counted)
}

fn count_ui(
    ui: &mut Ui,
    cx: &mut Cx<'_>,
    mut area: Rect,
    (view, may): (&CashView, bool),
    state: &mut CashState,
) {
    let counted = counted(state);
    let drawer = view.drawer.unwrap_or(nothing(view));
    let up = counted
        .as_ref()
        .and_then(|counted| counted.total(view.currency).ok())
        .and_then(|total| CashUp::of(drawer, total).ok());
    let mut foot = take_bottom(&mut area, PRIMARY, space::M);
    let differs = up.is_some_and(|up| up.difference.minor() != 0);
    let reason = cx.words.say(DayWord::DifferenceReason);
    let place = take_bottom(&mut area, FIELD, space::M);
    let field = Field::new("count reason", &reason);
    field_ui(ui, cx, place, field, &mut state.reason);
    sums_ui(ui, cx, take_bottom(&mut area, 3.0 * 36.0, space::M), (up, drawer));
    let label = cx.words.say(DayWord::SaveCount);
    let ready = may && up.is_some() && (!differs || !state.reason.trim().is_empty());
    let place = take_right(&mut foot, 420.0, space::L);
    let save = Button::new(&label, Kind::Primary).enabled(ready);
    if save.show(ui, cx.theme, place)
        && let Some(counted) = counted
    {
        let reason = state.reason.trim().to_owned();
        send(cx, DayCommand::Count { counted, reason });
    }
    let hint = if up.is_none() {
        Some(DayWord::CountBad)
    } else if differs && state.reason.trim().is_empty() {
        Some(DayWord::ReasonForDifference)
    } else {
        None
    };
    if let Some(hint) = hint {
        let words = cx.words.say(hint);
        Text::new(&words, cx.theme.muted).rows(3).label(ui, foot);
    }
    pieces_ui(ui, cx, area, view, state);
}

/// A drawer into which nothing was put.
fn nothing(view: &CashView) -> Drawer {
    let zero = Money::zero(view.currency);
    Drawer {
        float: zero,
        taken: zero,
        given_back: zero,
        pay_ins: zero,
        pay_outs: zero,
    }
}

/// Expected, counted and the difference, one below the other.
fn sums_ui(ui: &Ui, cx: &Cx<'_>, area: Rect, (up, drawer): (Option<CashUp>, Drawer)) {
    let expected = drawer
        .expected()
        .map_or_else(|_| String::new(), |amount| cx.words.money(amount));
    let of = |amount: Option<Money>| amount.map_or_else(String::new, |amount| cx.words.money(amount));
    let difference = up.map(|up| up.difference);
    let ink = match difference {
        Some(difference) if difference.minor() != 0 => cx.theme.stop,
        Some(_) | None => cx.theme.text,
    };
    let rows = [
        (DayWord::Expected, expected, cx.theme.text),
        (DayWord::Counted, of(up.map(|up| up.counted)), cx.theme.text),
        (DayWord::Difference, of(difference), ink),
    ];
    for (index, (word, amount, ink)) in rows.into_iter().enumerate() {
        let mut place = row(area, index, 3, 0.0);
        let words = cx.words.say(word);
        let value = take_right(&mut place, 220.0, space::M);
        Text::new(&words, cx.theme.muted).label(ui, place);
        Text::new(&amount, ink)
            .bold()
            .align(Align2::RIGHT_CENTER)
            .label(ui, value);
    }
}

/// A field for each note and coin, in columns, with what they come to.
fn pieces_ui(ui: &mut Ui, cx: &Cx<'_>, area: Rect, view: &CashView, state: &mut CashState) {
    let columns = if area.width() > 760.0 { 3 } else { 2 };
    let rows = view.denominations.len().div_ceil(columns);
    let mut child = ui.new_child(UiBuilder::new().id_salt("pieces").max_rect(area));
    child.set_clip_rect(area.intersect(ui.clip_rect()));
    ScrollArea::vertical()
        .id_salt("piece rows")
        .auto_shrink([false, false])
        .show(&mut child, |ui| {
            let step = TOUCH + space::S;
            let wide = area.width() - space::M;
            let (all, _) = ui.allocate_exact_size(vec2(wide, step * rows as f32), Sense::hover());
            for (index, piece) in view.denominations.iter().enumerate() {
                let cell = crate::ui::widgets::column(all, index / rows, columns, space::XL);
                let top = all.min.y + step * (index % rows) as f32;
                let place =
                    Rect::from_min_size(eframe::egui::pos2(cell.min.x, top), vec2(cell.width(), TOUCH));
                piece_ui(ui, cx, place, *piece, state);
            }
        });
}

fn piece_ui(ui: &mut Ui, cx: &Cx<'_>, place: Rect, piece: Money, state: &mut CashState) {
    let [name, field, worth] = cells(place, [96.0, 112.0, 0.0], space::M);
    let amount = cx.words.money(piece);
    Text::new(&amount, cx.theme.text)
        .align(Align2::RIGHT_CENTER)
        .paint(ui, name);
    let text = state.pieces.entry(piece.minor()).or_default();
    let label = cx.words.with(DayWord::PiecesOf, &[("amount", &amount)]);
    let read = match text.trim() {
        "" => Some(0),
        text => text.parse::<u32>().ok(),
    };
    let salt = format!("pieces {}", piece.minor());
    let problem = read.is_none().then_some("");
    let look = Field::new(&salt, &label)
        .bare()
        .amount()
        .hint("0")
        .problem(problem);
    let response = field_ui(ui, cx, field, look, text);
    // Enter goes on to the next, as Tab does.
    if was_left(ui, &response) && ui.input(|input| input.key_pressed(Key::Enter)) {
        ui.memory_mut(|memory| memory.move_focus(eframe::egui::FocusDirection::Next));
    }
    let sum = read.and_then(|count| piece.checked_mul(i64::from(count)).ok());
    if let Some(sum) = sum.filter(|sum| sum.minor() > 0) {
        let words = cx.words.money(sum);
        Text::new(&words, cx.theme.muted).shrink().paint(ui, worth);
    }
}

fn amount_ui(
    ui: &mut Ui,
    cx: &mut Cx<'_>,
    mut area: Rect,
    (view, may): (&CashView, bool),
    state: &mut CashState,
) {
    let (hint, label) = match state.form {
        Form::Count | Form::Float => (DayWord::FloatHint, DayWord::SaveFloat),
        Form::PayIn => (DayWord::PayInHint, DayWord::SavePayIn),
        Form::PayOut => (DayWord::PayOutHint, DayWord::SavePayOut),
    };
    let hint = cx.words.say(hint);
    let text = Text::new(&hint, cx.theme.muted).rows(3).align(Align2::LEFT_TOP);
    let height = text.height(ui, area.width());
    text.label(ui, take_top(&mut area, height, space::L));
    let mut place = take_top(&mut area, FIELD, space::M);
    let example = decimal(Money::new(10_000, view.currency), cx.words.lang(), false);
    let name = cx.words.say(DayWord::Amount);
    let problem = cx.words.with(DayWord::AmountBad, &[("example", &example)]);
    let problem = state.bad.then_some(problem.as_str());
    let field = Field::new("cash amount", &name)
        .amount()
        .hint(&example)
        .problem(problem);
    let left = take_left(&mut place, 320.0, space::L);
    let response = field_ui(ui, cx, left, field, &mut state.amount);
    if response.changed() {
        state.bad = false;
    }
    let wants_reason = state.form != Form::Float;
    if wants_reason {
        let reason = cx.words.say(DayWord::Reason);
        let field = Field::new("cash reason", &reason);
        field_ui(ui, cx, place, field, &mut state.reason);
    }
    let ready = may && !state.amount.trim().is_empty() && (!wants_reason || !state.reason.trim().is_empty());
    let label = cx.words.say(label);
    let mut foot = take_top(&mut area, PRIMARY, 0.0);
    let place = take_left(&mut foot, 420.0, space::L);
    let save = Button::new(&label, Kind::Primary).enabled(ready);
    if save.show(ui, cx.theme, place) {
        let read = parse_money(&state.amount, view.currency, cx.words.lang());
        match read.filter(|amount| amount.minor() > 0 || state.form == Form::Float) {
            Some(amount) => {
                let reason = state.reason.trim().to_owned();
                send(
                    cx,
                    match state.form {
                        Form::Count | Form::Float => DayCommand::PutFloat(amount),
                        Form::PayIn => DayCommand::PayIn { amount, reason },
                        Form::PayOut => DayCommand::PayOut { amount, reason },
                    },
                );
            }
            None => state.bad = true,
        }
    }
}

/// How the expected sum comes about, and the newest entries.
fn side_ui(ui: &mut Ui, cx: &Cx<'_>, area: Rect, view: &CashView) {
    card(ui, cx.theme, area);
    let mut inner = area.shrink(space::L);
    let title = cx.words.say(DayWord::Drawer);
    Text::new(&title, cx.theme.text)
        .points(size::LARGE)
        .bold()
        .label(ui, take_top(&mut inner, 40.0, space::S));
    let drawer = view.drawer.unwrap_or(nothing(view));
    let rows = [
        (DayWord::Float, Some(drawer.float), ""),
        (DayWord::Taken, Some(drawer.taken), "+"),
        (DayWord::GivenBack, Some(drawer.given_back), "\u{2212}"),
        (DayWord::PaidIn, Some(drawer.pay_ins), "+"),
        (DayWord::PaidOut, Some(drawer.pay_outs), "\u{2212}"),
        (DayWord::Expected, drawer.expected().ok(), "="),
    ];
    for (word, amount, sign) in rows {
        let mut place = take_top(&mut inner, 34.0, 0.0);
        let words = cx.words.say(word);
        let amount = amount.map_or_else(String::new, |amount| cx.words.money(amount));
        let value = take_right(&mut place, 180.0, space::S);
        let is_sum = sign == "=";
        if is_sum {
            rule(ui, cx.theme, place.union(value), place.min.y);
        }
        Text::new(sign, cx.theme.muted).paint(ui, take_left(&mut place, 24.0, 0.0));
        let (name, value_text) = (
            Text::new(&words, cx.theme.text),
            Text::new(&amount, cx.theme.text),
        );
        let (name, value_text) = if is_sum {
            (name.bold(), value_text.bold())
        } else {
            (name, value_text)
        };
        name.paint(ui, place);
        value_text.align(Align2::RIGHT_CENTER).paint(ui, value);
    }
    take_top(&mut inner, space::M, 0.0);
    if view.entries.is_empty() {
        let words = cx.words.say(DayWord::NoEntries);
        Text::new(&words, cx.theme.muted)
            .rows(3)
            .align(Align2::LEFT_TOP)
            .label(ui, inner);
        return;
    }
    let mut child = ui.new_child(UiBuilder::new().id_salt("cash entries").max_rect(inner));
    child.set_clip_rect(inner.intersect(ui.clip_rect()));
    ScrollArea::vertical()
        .id_salt("cash rows")
        .auto_shrink([false, false])
        .show(&mut child, |ui| {
            let wide = inner.width() - space::M;
            let all = vec2(wide, ROW * view.entries.len() as f32);
            let (mut rest, _) = ui.allocate_exact_size(all, Sense::hover());
            for entry in &view.entries {
                let place = take_top(&mut rest, ROW, 0.0);
                if place.intersects(ui.clip_rect()) {
                    entry_ui(ui, cx, place, entry);
                }
            }
        });
}

const fn entry_word(kind: DrawerEntryKind) -> DayWord {
    match kind {
        DrawerEntryKind::Float => DayWord::Float,
        DrawerEntryKind::PayIn => DayWord::PaidIn,
        DrawerEntryKind::PayOut => DayWord::PaidOut,
        DrawerEntryKind::Count => DayWord::Counted,
    }
}

fn entry_ui(ui: &Ui, cx: &Cx<'_>, place: Rect, entry: &DrawerEntryView) {
    rule(ui, cx.theme, place, place.min.y);
    let (mut above, mut below) = (row(place, 0, 2, 0.0), row(place, 1, 2, 0.0));
    let kind = cx.words.say(entry_word(entry.kind));
    let amount = cx.words.money(entry.amount);
    let value = take_right(&mut above, 180.0, space::S);
    Text::new(&kind, cx.theme.text).label(ui, above);
    Text::new(&amount, cx.theme.text)
        .bold()
        .align(Align2::RIGHT_CENTER)
        .label(ui, value);
    if let Some(difference) = entry.difference {
        let words = cx.words.money(difference);
        let place = take_right(&mut below, 180.0, space::S);
        let ink = if difference.minor() == 0 {
            cx.theme.muted
        } else {
            cx.theme.stop
        };
        Text::new(&words, ink)
            .points(size::SMALL)
            .align(Align2::RIGHT_CENTER)
            .paint(ui, place);
    }
    let mut parts = vec![entry.when.as_str(), entry.who.as_str()];
    if !entry.reason.is_empty() {
        parts.push(&entry.reason);
    }
    let words = parts.join(" \u{b7} ");
    Text::new(&words, cx.theme.muted)
        .points(size::SMALL)
        .paint(ui, below);
}
