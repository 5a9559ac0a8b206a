use std::collections::BTreeSet;

use super::{FILES, File, Lang, Word, Words, kilograms, money, parse_money, sentence};
use crate::domain::money::{Currency, Money};

fn eur(minor: i64) -> Money {
    Money::new(minor, Currency::from_code("EUR").unwrap())
}

fn keys_in(source: &str) -> BTreeSet<&str> {
    source
        .lines()
        .filter(|line| line.starts_with(|c: char| c.is_ascii_lowercase()))
        .filter_map(|line| line.split_once(" ="))
        .map(|(key, _)| key)
        .collect()
}

#[test]
fn the_files_hold_exactly_the_words_in_use() {
    let mut all = BTreeSet::new();
    for file in FILES {
        let wanted: BTreeSet<&str> = file.keys.iter().copied().collect();
        assert_eq!(
            wanted.len(),
            file.keys.len(),
            "two words of {} share a key",
            file.name
        );
        for lang in Lang::ALL {
            assert_eq!(keys_in(file.text(lang)), wanted, "{} in {lang:?}", file.name);
        }
        for key in wanted {
            assert!(all.insert(key), "{key} is in two files");
        }
    }
}

fn arguments(text: &str) -> BTreeSet<String> {
    text.split("{ $")
        .skip(1)
        .filter_map(|rest| rest.split([' ', '}']).next())
        .map(str::to_owned)
        .collect()
}

fn message(file: &File, lang: Lang, key: &str) -> String {
    let source = file.text(lang);
    let start = source.find(&format!("\n{key} =")).map_or_else(|| 0, |at| at + 1);
    let mut lines = source[start..].lines();
    let mut text = lines.next().unwrap_or("").to_owned();
    for line in lines.take_while(|line| line.starts_with(' ')) {
        text.push_str(line);
    }
    text
}

#[test]
fn every_message_can_be_read_and_names_the_same_arguments() {
    for file in FILES {
        for lang in Lang::ALL {
            fluent_bundle::FluentResource::try_new(file.text(lang).to_owned()).unwrap();
        }
        for key in file.keys {
            let [en, de] = Lang::ALL.map(|lang| arguments(&message(&file, lang, key)));
            assert_eq!(en, de, "{key}");
        }
    }
}

#[test]
fn money_is_written_as_the_language_does() {
    assert_eq!(money(eur(437), Lang::English), "€4.37");
    assert_eq!(money(eur(437), Lang::German), "4,37\u{a0}€");
    assert_eq!(money(eur(5), Lang::German), "0,05\u{a0}€");
    assert_eq!(money(eur(-199), Lang::English), "\u{2212}€1.99");
    assert_eq!(money(eur(123_456_789), Lang::English), "€1,234,567.89");
    assert_eq!(money(eur(100_000), Lang::German), "1.000,00\u{a0}€");
    let yen = Money::new(437, Currency::from_code("JPY").unwrap());
    assert_eq!(money(yen, Lang::English), "¥437");
    let franc = Money::new(437, Currency::from_code("CHF").unwrap());
    assert_eq!(money(franc, Lang::English), "CHF\u{a0}4.37");
}

#[test]
fn a_typed_price_is_read_back() {
    let eur_code = Currency::from_code("EUR").unwrap();
    for (text, minor) in [
        ("1,29", 129),
        ("1.29", 129),
        ("0,5", 50),
        ("3", 300),
        ("2,00 €", 200),
    ] {
        assert_eq!(
            parse_money(text, eur_code, Lang::German),
            Some(eur(minor)),
            "{text}"
        );
    }
    for text in ["", "abc", "-1,00", "1,2,3", "1,299", "1.234"] {
        assert_eq!(parse_money(text, eur_code, Lang::German), None, "{text}");
    }
}

#[test]
fn weights_have_three_places() {
    assert_eq!(kilograms(452, Lang::German), "0,452\u{a0}kg");
    assert_eq!(kilograms(12_005, Lang::English), "12.005\u{a0}kg");
}

#[test]
fn plurals_follow_the_count() {
    let english = Words::new(Lang::English);
    assert_eq!(english.count(Word::Items, 1), "1 item");
    assert_eq!(english.count(Word::Items, 3), "3 items");
    assert_eq!(english.with(Word::Pay, &[("total", "€4.37")]), "Pay €4.37");
    let german = Words::new(Lang::German);
    assert_eq!(german.count(Word::Items, 1), "1 Artikel");
    assert_eq!(Lang::from_code("de-AT"), Some(Lang::German));
    assert_eq!(Lang::from_code("fr"), None);
}

#[test]
fn what_inner_rooms_say_becomes_a_sentence() {
    assert_eq!(
        sentence("there is no product X (line 3)"),
        "There is no product X (line 3)."
    );
    assert_eq!(sentence("äpfel fehlen"), "Äpfel fehlen.");
    assert_eq!(sentence("Nothing was found."), "Nothing was found.");
    assert_eq!(sentence("/tmp/a.csv: what now?"), "/tmp/a.csv: what now?");
    assert_eq!(sentence(" "), "");
}
