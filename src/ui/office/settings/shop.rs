//! The shop: what stands on receipts, money and tax.

use eframe::egui::{Align2, Rect, Ui, vec2};

use crate::{
    domain::money::parse_decimal,
    ui::{
        theme::{TOUCH, size, space},
        widgets::{
            Cx,
            field::{FIELD, Field, field_ui},
            form::{Picks, cells, pick_ui},
            keyboard::was_left,
            take_left, take_top,
            text::Text,
        },
        words::SettingsWord,
    },
};

use super::{
    SettingsCommand, SettingsState,
    rows::{card_ui, choice_ui, halves, hint_ui, text_ui},
    send,
    view::{Setting, SettingsView, TaxView},
};

/// Height of a field of several rows.
const ROWS: f32 = 160.0;

/// Paints it.
pub(super) fn shop_ui(
    ui: &mut Ui,
    cx: &mut Cx<'_>,
    area: Rect,
    view: &SettingsView,
    state: &mut SettingsState,
) {
    let [left, right] = halves(area);
    let mut inner = card_ui(ui, cx, left, SettingsWord::Receipts);
    let place = take_top(&mut inner, ROWS, space::L);
    let header = (view, Setting::Header, 4);
    text_ui(ui, cx, place, header, (SettingsWord::Header, &mut state.typed));
    let place = take_top(&mut inner, ROWS, space::L);
    let footer = (view, Setting::Footer, 4);
    text_ui(ui, cx, place, footer, (SettingsWord::Footer, &mut state.typed));
    let words = cx.words.say(SettingsWord::ReceiptHint);
    hint_ui(ui, cx, &mut inner, &words);

    let mut inner = card_ui(ui, cx, right, SettingsWord::MoneyAndTax);
    let mut place = take_top(&mut inner, FIELD, space::L);
    let name = cx.words.say(SettingsWord::Currency);
    let now = view.currencies.iter().position(|code| *code == view.currency);
    let pick = take_left(&mut place, 220.0, space::L);
    let picks = Picks {
        count: view.currencies.len(),
        now: now.unwrap_or(0),
        label: &|place| view.currencies.get(place).cloned().unwrap_or_default(),
    };
    let picked = pick_ui(ui, cx, pick, &name, picks);
    if let Some(code) = picked.and_then(|index| view.currencies.get(index)) {
        send(cx, SettingsCommand::SetCurrency(code.clone()));
    }
    let modes = [
        ("inclusive", SettingsWord::TaxInclusive),
        ("exclusive", SettingsWord::TaxExclusive),
    ];
    choice_ui(
        ui,
        cx,
        &mut inner,
        (view, Setting::PriceMode),
        (SettingsWord::PriceMode, &modes),
    );
    let title = cx.words.say(SettingsWord::Taxes);
    Text::new(&title, cx.theme.text)
        .bold()
        .label(ui, take_top(&mut inner, 32.0, space::S));
    for tax in &view.taxes {
        let place = take_top(&mut inner, TOUCH, space::S);
        tax_ui(ui, cx, place, tax, state);
    }
    let words = cx.words.say(SettingsWord::TaxHint);
    hint_ui(ui, cx, &mut inner, &words);
}

fn tax_ui(ui: &mut Ui, cx: &mut Cx<'_>, place: Rect, tax: &TaxView, state: &mut SettingsState) {
    let [name, field, unit, count] = cells(place, [200.0, 120.0, 32.0, 0.0], space::M);
    Text::new(&tax.id, cx.theme.text).label(ui, name);
    let separator = cx.words.lang().decimal();
    let kept = percent(tax.basis_points, separator);
    let (mut text, bad) = state
        .taxes
        .get(&tax.id)
        .cloned()
        .unwrap_or_else(|| (kept.clone(), false));
    let label = cx.words.with(SettingsWord::RateOf, &[("name", &tax.id)]);
    let salt = format!("tax {}", tax.id);
    let look = Field::new(&salt, &label)
        .bare()
        .amount()
        .problem(bad.then_some(""));
    let response = field_ui(ui, cx, field, look, &mut text);
    if response.changed() {
        state.taxes.insert(tax.id.clone(), (text.clone(), false));
    }
    if was_left(ui, &response) {
        match read_percent(&text, separator) {
            Some(basis_points) => {
                state.taxes.remove(&tax.id);
                if basis_points != tax.basis_points {
                    let id = tax.id.clone();
                    send(cx, SettingsCommand::SetTax { id, basis_points });
                }
            }
            None => {
                state.taxes.insert(tax.id.clone(), (text, true));
            }
        }
    }
    Text::new("%", cx.theme.muted).paint(ui, unit);
    let words = cx.words.count(SettingsWord::TaxProducts, tax.products);
    Text::new(&words, cx.theme.muted)
        .points(size::SMALL)
        .align(Align2::LEFT_CENTER)
        .paint(ui, count.shrink2(vec2(space::S, 0.0)));
}

/// "7" or "7.5" from hundredths of a percent.
fn percent(basis_points: u32, separator: char) -> String {
    let (whole, rest) = (basis_points / 100, basis_points % 100);
    match rest {
        0 => whole.to_string(),
        rest if rest.is_multiple_of(10) => format!("{whole}{separator}{}", rest / 10),
        rest => format!("{whole}{separator}{rest:02}"),
    }
}

/// The other way; nothing below zero or from a hundred percent on.
fn read_percent(text: &str, separator: char) -> Option<u32> {
    let text = text.trim().trim_end_matches('%').trim_end();
    let sign = if text.contains(separator) || separator == '.' {
        separator
    } else {
        '.'
    };
    let points = parse_decimal(text, sign, 2).ok()?;
    u32::try_from(points).ok().filter(|points| *points < 10_000)
}

#[cfg(test)]
mod tests {
    use super::{percent, read_percent};

    #[test]
    fn rates_are_written_and_read_back() {
        for (points, text) in [(0, "0"), (700, "7"), (1_950, "19,5"), (825, "8,25"), (5, "0,05")] {
            assert_eq!(percent(points, ','), text);
            assert_eq!(read_percent(text, ','), Some(points));
        }
        assert_eq!(read_percent("19.5 %", ','), Some(1_950));
        for text in ["", "-1", "100", "7,123", "seven"] {
            assert_eq!(read_percent(text, ','), None, "{text}");
        }
    }
}
