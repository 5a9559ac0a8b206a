//! Numbers as the locale writes them: amounts of money and weights, and how a typed price is read.

use crate::{
    domain::money::{Currency, Money},
    ui::words::Lang,
};

/// A text as a sentence: it begins with a capital letter and ends with a stop. What the inner rooms say of a
/// failure is written to stand in the middle of a line.
#[must_use]
pub fn sentence(text: &str) -> String {
    let text = text.trim();
    let mut letters = text.chars();
    let mut said: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
    said.push_str(letters.as_str());
    if said.ends_with(|last: char| last.is_alphanumeric() || last == ')') {
        said.push('.');
    }
    said
}

/// An amount as the language writes it: "€4.37", "4,37 €".
#[must_use]
pub fn money(amount: Money, lang: Lang) -> String {
    let currency = amount.currency();
    let digits = decimal(amount, lang, true);
    let sign = if amount.is_negative() { "\u{2212}" } else { "" };
    let symbol = symbol(currency);
    match lang {
        Lang::English if symbol.len() == 3 && symbol.is_ascii() => format!("{sign}{symbol}\u{a0}{digits}"),
        Lang::English => format!("{sign}{symbol}{digits}"),
        Lang::German => format!("{sign}{digits}\u{a0}{symbol}"),
    }
}

/// The digits of an amount without sign and currency: "1,234.50", or "1234.50" without groups.
#[must_use]
pub fn decimal(amount: Money, lang: Lang, groups: bool) -> String {
    let scale = 10_u64.pow(amount.currency().exponent());
    let minor = amount.minor().unsigned_abs();
    let whole = (minor / scale).to_string();
    let mut text = String::new();
    for (place, digit) in whole.chars().enumerate() {
        if groups && place > 0 && (whole.len() - place).is_multiple_of(3) {
            text.push(lang.group());
        }
        text.push(digit);
    }
    if scale > 1 {
        let width = usize::try_from(amount.currency().exponent()).unwrap_or(0);
        text.push(lang.decimal());
        text.push_str(&format!("{:0width$}", minor % scale));
    }
    text
}

/// Reads a price that a person typed, with the decimal sign of the language or of the other one.
#[must_use]
pub fn parse_money(text: &str, currency: Currency, lang: Lang) -> Option<Money> {
    let own = lang.decimal();
    let plain: String = text
        .trim()
        .trim_start_matches(symbol(currency))
        .trim_end_matches(symbol(currency))
        .trim()
        .to_owned();
    let separator = if plain.contains(own) { own } else { lang.group() };
    // "1,234" in English could be a group or a decimal: with three digits behind it, nothing is guessed.
    Money::parse(&plain, separator, currency)
        .ok()
        .filter(|price| !price.is_negative())
}

fn symbol(currency: Currency) -> &'static str {
    match currency.code() {
        "EUR" => "€",
        "USD" => "$",
        "GBP" => "£",
        "JPY" => "¥",
        code => code,
    }
}

/// A weight: "0.452 kg".
#[must_use]
pub fn kilograms(grams: u32, lang: Lang) -> String {
    format!("{}{}{:03}\u{a0}kg", grams / 1000, lang.decimal(), grams % 1000)
}
