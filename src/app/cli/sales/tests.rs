//! What the command prints, for people and for programs.

use super::*;
use crate::domain::basket::Basket;
use crate::domain::line::Origin;
use crate::domain::sale::{PaymentMethod, Sale, SaleKey, Tender};
use crate::domain::session::testing::{by_weight, piece};
use crate::domain::tax::PriceMode;

/// 2023-11-14 22:13:20 UTC.
const NOW: Timestamp = Timestamp(1_700_000_000_000);

fn sale(key: u128) -> Sale {
    let mut basket = Basket::new(SaleKey(key), NOW, Currency::EUR, PriceMode::TaxInclusive);
    basket
        .add(&piece("APPLE", 59), Quantity::Count(2), Origin::Search, NOW)
        .unwrap();
    let grapes = by_weight("GRAPES", 399, 0);
    basket
        .add(&grapes, Quantity::Weight { grams: 435 }, Origin::Plu, NOW)
        .unwrap();
    Sale {
        key: basket.key(),
        started_at: NOW,
        completed_at: NOW,
        currency: basket.currency(),
        price_mode: basket.price_mode(),
        lines: basket.lines().to_vec(),
        totals: basket.totals().clone(),
        tenders: vec![Tender {
            method: PaymentMethod::Card,
            amount: basket.total(),
            reference: String::new(),
        }],
        age_checked: None,
    }
}

fn store() -> Store {
    let store = Store::in_memory().unwrap();
    store.commit_sale(&sale(1)).unwrap();
    store.commit_sale(&sale(2)).unwrap();
    store
}

fn period(from: Option<&str>, to: Option<&str>, utc_offset: &str) -> PeriodArgs {
    PeriodArgs {
        from: from.map(str::to_owned),
        to: to.map(str::to_owned),
        utc_offset: utc_offset.to_owned(),
    }
}

fn printed(command: &SalesCommand, store: &Store, json: bool) -> anyhow::Result<String> {
    let mut out = Vec::new();
    run(command, store, NOW, json, &mut out)?;
    Ok(String::from_utf8(out)?)
}

fn report_of(period: PeriodArgs) -> Value {
    let command = SalesCommand::Report(ReportArgs {
        period,
        currency: "EUR".to_owned(),
    });
    serde_json::from_str(&printed(&command, &store(), true).unwrap()).unwrap()
}

#[test]
fn a_report_has_the_fields_that_programs_read() {
    assert_eq!(
        report_of(period(None, None, "+00:00")),
        json!({
            "from": "1970-01-01 00:00:00",
            "to": "2023-11-14 22:13:20",
            "count": 2,
            "gross": { "minor": 584, "currency": "EUR" },
            "tax": { "minor": 38, "currency": "EUR" },
            "voids": {
                "lines": { "count": 0, "amount": { "minor": 0, "currency": "EUR" } },
                "baskets": { "count": 0, "amount": { "minor": 0, "currency": "EUR" } },
            },
            "refunds": { "count": 0, "amount": { "minor": 0, "currency": "EUR" } },
            "by_product": [
                { "sku": "GRAPES", "name": "GRAPES", "count": 0, "grams": 870,
                  "amount": { "minor": 348, "currency": "EUR" } },
                { "sku": "APPLE", "name": "APPLE", "count": 4, "grams": 0,
                  "amount": { "minor": 236, "currency": "EUR" } },
            ],
        })
    );
}

#[test]
fn days_are_those_of_the_shop() {
    let count = |from, to, offset| report_of(period(from, to, offset))["count"].clone();
    assert_eq!(count(Some("2023-11-14"), Some("2023-11-14"), "+00:00"), 2);
    assert_eq!(
        count(Some("2023-11-14"), Some("2023-11-14"), "+02:00"),
        0,
        "it was past midnight there"
    );
    assert_eq!(count(Some("2023-11-15"), Some("2023-11-15"), "+02:00"), 2);
    assert_eq!(count(Some("2023-11-15"), None, "+00:00"), 0);
}

#[test]
fn wrong_periods_are_one_clear_line() {
    for (args, expected) in [
        (period(Some("14.11.2023"), None, "+00:00"), "is not a day"),
        (period(Some("2023-02-30"), None, "+00:00"), "is not a day"),
        (
            period(Some("2023-11-15"), Some("2023-11-13"), "+00:00"),
            "ends before it begins",
        ),
        (period(None, None, "2"), "is not an offset"),
        (period(None, None, "+99:00"), "is not an offset"),
    ] {
        let command = SalesCommand::List(ListArgs {
            period: args,
            limit: 10,
        });
        let error = printed(&command, &store(), true).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
}

#[test]
fn sales_are_listed_and_shown() {
    let command = SalesCommand::List(ListArgs {
        period: period(None, None, "+00:00"),
        limit: 1,
    });
    let table = printed(&command, &store(), false).unwrap();
    assert_eq!(
        table,
        "receipt  time                 lines     total\n      2  2023-11-14 22:13:20      2  2.92 EUR\n1 sales\n"
    );
    let show = SalesCommand::Show(ShowArgs {
        receipt: 1,
        save: None,
    });
    let text = printed(&show, &store(), false).unwrap();
    assert!(text.contains("  0.435 kg x 3.99/kg\n"), "{text}");
    assert_eq!(
        text.lines().next().map(str::trim),
        Some("Tillsight"),
        "the shop's header"
    );
    let shown: Value = serde_json::from_str(&printed(&show, &store(), true).unwrap()).unwrap();
    assert_eq!(shown["receipt_number"], 1);
    assert_eq!(shown["totals"]["total"]["minor"], 292);
    let missing = printed(
        &SalesCommand::Show(ShowArgs {
            receipt: 9,
            save: None,
        }),
        &store(),
        true,
    )
    .unwrap_err();
    assert_eq!(missing.to_string(), "there is no receipt 9");
}

#[test]
fn a_receipt_is_shown_as_the_shop_prints_it() {
    let store = store();
    let by = ("test", Timestamp(0));
    let settings = [
        ("receipt.header", Some("Obst Meyer\nAm Markt 3")),
        ("receipt.footer", Some("Danke")),
        ("lane.language", Some("de")),
    ];
    store.set_settings(&settings, "", by).unwrap();
    let show = SalesCommand::Show(ShowArgs {
        receipt: 1,
        save: None,
    });
    let text = printed(&show, &store, false).unwrap();
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    assert_eq!(&lines[..2], ["Obst Meyer", "Am Markt 3"]);
    assert_eq!(lines.last(), Some(&"Danke"));
    assert!(text.contains("0,435 kg x 3,99/kg"), "{text}");
}

#[test]
fn a_check_of_an_untouched_journal_says_so() {
    let found: Value =
        serde_json::from_str(&printed(&SalesCommand::Verify, &store(), true).unwrap()).unwrap();
    assert_eq!(
        found,
        json!({ "records": 2, "ok": true, "first_bad": null, "reason": null })
    );
}
