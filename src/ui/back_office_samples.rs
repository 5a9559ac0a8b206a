//! Views of the pages of people, prices and imports to look at and to test with.
//!
//! Compiled for tests and for the maker of screenshots only.

use std::sync::Arc;

use crate::{
    domain::{
        codes::Sku,
        money::{Currency, Money},
        repricing::PriceChange,
        staff::Role,
    },
    ui::office::{
        ask_path::PathView,
        confirm::ConfirmView,
        people::{AuditRow, AuditView, PeopleView, PersonRow},
        prices::{PlannedRow, PreviewView, PricesView},
        products::{ImportLine, ImportView},
    },
};

fn eur(minor: i64) -> Money {
    Money::new(minor, Currency::EUR)
}

/// Four people, one of them locked, one no longer here, and what they changed.
pub(crate) fn people() -> PeopleView {
    let person = |name: &str, role, active| PersonRow {
        name: name.to_owned(),
        role,
        active,
        locked_until: None,
    };
    let mut people = vec![
        person("Ada Brandt", Role::Clerk, true),
        person("Cem Yilmaz", Role::Teacher, true),
        person("Kim", Role::Manager, true),
        person("Ole Petersen", Role::Clerk, false),
    ];
    if let Some(first) = people.first_mut() {
        first.locked_until = Some("12:20".to_owned());
    }
    PeopleView {
        people: Arc::new(people),
        manages: true,
        own: "Kim".to_owned(),
        audit: Some(audit()),
        saved: 0,
    }
}

fn audit() -> AuditView {
    let row = |minute: u32, who: &str, (what, about): (&str, &str), (change, why): (&str, &str)| AuditRow {
        at: format!("2026-11-21 12:{minute:02}"),
        actor: who.to_owned(),
        action: what.to_owned(),
        subject: about.to_owned(),
        change: change.to_owned(),
        reason: why.to_owned(),
    };
    let rows = vec![
        row(
            3,
            "Kim",
            ("price", "MANGO"),
            ("1.49 EUR \u{2192} 1.29 EUR", "advent offer"),
        ),
        row(
            2,
            "Kim",
            ("staff", "Ada Brandt"),
            ("role: teacher \u{2192} clerk", ""),
        ),
        row(
            1,
            "Cem Yilmaz",
            ("product", "LEMON"),
            ("name: Lemon \u{2192} Lemon, organic", ""),
        ),
        row(
            0,
            "Kim",
            ("sale", "2026-000143"),
            ("void", "paid twice by mistake"),
        ),
    ];
    AuditView {
        rows: Arc::new(rows),
        more: true,
        ..AuditView::default()
    }
}

/// Three planned prices.
pub(crate) fn planned() -> PricesView {
    let row = |id, name: &str, now, price| PlannedRow {
        id,
        sku: name.to_uppercase(),
        name: name.to_owned(),
        from: "2026-12-01 06:00".to_owned(),
        now: Some(eur(now)),
        price: eur(price),
    };
    PricesView {
        planned: Arc::new(vec![
            row(1, "Mango", 149, 129),
            row(2, "Lemon", 45, 49),
            row(3, "Grapes, white", 349, 329),
        ]),
        departments: Arc::new(vec!["Fruit and vegetables".to_owned(), "Groceries".to_owned()]),
        ..PricesView::default()
    }
}

/// What a change by a percentage would do.
pub(crate) fn price_preview() -> PricesView {
    let change = |name: &str, before, after| PriceChange {
        sku: Sku::new(&name.to_uppercase()).expect("the samples use legal numbers"),
        name: name.to_owned(),
        before: eur(before),
        after: eur(after),
    };
    let preview = PreviewView {
        changes: Arc::new(vec![
            change("Lemon", 45, 49),
            change("Mango", 149, 159),
            change("Pear", 65, 69),
            change("Orange", 59, 59 + 10),
        ]),
        wrong: Arc::default(),
    };
    PricesView {
        preview: Some(preview),
        ..planned()
    }
}

/// What an import would do.
pub(crate) fn import() -> ImportView {
    let line = |key: &str, name: &str, what: &str| ImportLine {
        key: key.to_owned(),
        name: name.to_owned(),
        what: what.to_owned(),
    };
    ImportView {
        file: "prices-december.csv".to_owned(),
        lines: Arc::new(vec![
            line("MANGO", "Mango", "Price \u{20ac}1.49 \u{2192} \u{20ac}1.29"),
            line(
                "LEMON",
                "Lemon, organic",
                "Name Lemon \u{2192} Lemon, organic \u{b7} Barcodes",
            ),
            line("LIME", "Lime", "new: \u{20ac}0.39"),
        ]),
        added: 1,
        changed: 2,
        unchanged: 11,
        wrong: false,
    }
}

/// A file with wrong lines.
pub(crate) fn wrong_import() -> ImportView {
    let line = |key: &str, what: &str| ImportLine {
        key: key.to_owned(),
        name: String::new(),
        what: what.to_owned(),
    };
    ImportView {
        file: "products.csv".to_owned(),
        lines: Arc::new(vec![
            line("17", "the price is wrong: \"1,2,9\" is no amount of money"),
            line("208", "the barcode 4006381333932 has a wrong check digit"),
            line("99731", "the cell \"unit\" is empty"),
        ]),
        wrong: true,
        ..ImportView::default()
    }
}

/// A question with a reason.
pub(crate) fn question() -> ConfirmView {
    ConfirmView {
        title: "Take this planned price back?".to_owned(),
        text: "Mango keeps the price it has; the one from 2026-12-01 06:00 does not come.".to_owned(),
        yes: "Take back".to_owned(),
        stops: true,
        wants_reason: true,
    }
}

/// A file that is asked for.
pub(crate) fn path() -> PathView {
    PathView {
        title: "Import products from a table (CSV)".to_owned(),
        yes: "Show what changes".to_owned(),
        ..PathView::default()
    }
}
