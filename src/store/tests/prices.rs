//! Planned prices, many prices at once, undo, pictures, and what happens when the plug is pulled.

use super::*;
use crate::domain::catalog::CatalogError;
use crate::domain::codes::{Barcode, Plu};
use crate::domain::repricing::{Ending, by_percent};
use crate::domain::shelf_label::{Content, Measure};
use crate::store::catalog_csv::CatalogCsvError;
use crate::store::pictures::ProductPicture;
use crate::store::price_csv;

const BY: (&str, Timestamp) = ("Mona", NOW);
const DAY: i64 = 86_400_000;

fn eur(minor: i64) -> Money {
    Money::new(minor, Currency::EUR)
}

fn sku(text: &str) -> Sku {
    Sku::new(text).unwrap()
}

fn shop() -> Store {
    let store = Store::in_memory().unwrap();
    let barcode = Barcode::parse("4006381333931").unwrap();
    let products = [
        piece("APPLE", 59),
        Product {
            barcodes: vec![barcode],
            class: Some("milk".to_owned()),
            ..piece("MILK", 129)
        },
        Product {
            plu: Some(Plu::new(4022).unwrap()),
            ..by_weight("GRAPES", 399, 10)
        },
    ];
    store
        .import_products(&products, "setup", NOW.plus_ms(-DAY))
        .unwrap();
    store
}

fn price(store: &Store, of: &str, at: Timestamp) -> i64 {
    store.catalog(at).unwrap().by_sku(&sku(of)).unwrap().price.minor()
}

#[test]
fn a_planned_price_waits_and_can_be_taken_back() {
    let store = shop();
    let (tomorrow, later) = (NOW.plus_ms(DAY), NOW.plus_ms(2 * DAY));
    store.set_price(&sku("MILK"), eur(119), later, BY).unwrap();
    store.set_price(&sku("MILK"), eur(139), tomorrow, BY).unwrap();
    assert!(
        store.undoable().unwrap().is_none_or(|edit| edit.what == "import"),
        "nothing holds yet"
    );
    let pending = store.pending_prices(NOW).unwrap();
    let planned: Vec<i64> = pending.iter().map(|price| price.price.minor()).collect();
    assert_eq!(planned, [139, 119]);
    assert_eq!(store.next_price_change(NOW).unwrap(), Some(tomorrow));
    assert_eq!(
        [NOW, tomorrow, later].map(|at| price(&store, "MILK", at)),
        [129, 139, 119]
    );

    assert!(matches!(
        store.cancel_price(pending[0].id, "  ", BY),
        Err(StoreError::ReasonMissing { .. })
    ));
    store.cancel_price(pending[0].id, "typing error", BY).unwrap();
    assert_eq!(
        [NOW, tomorrow, later].map(|at| price(&store, "MILK", at)),
        [129, 129, 119]
    );
    assert_eq!(store.price_at(&sku("MILK"), tomorrow).unwrap(), Some(eur(129)));
    let again = store.cancel_price(pending[0].id, "x", BY);
    assert!(matches!(again, Err(StoreError::UnknownPrice)));
    let too_late = store.cancel_price(pending[1].id, "x", ("Mona", later));
    assert!(
        matches!(too_late, Err(StoreError::UnknownPrice)),
        "it holds already"
    );
    let row = store.audit_log(1).unwrap().remove(0);
    assert_eq!(row.before.as_deref(), Some("1.39 EUR from 2023-11-15 22:13:20"));
    assert_eq!(row.reason.as_deref(), Some("typing error"));
}

#[test]
fn many_prices_change_together_or_not_at_all() {
    let store = shop();
    let catalog = store.catalog(NOW).unwrap();
    let products = catalog.products().iter().map(AsRef::as_ref);
    let changes = by_percent(products, 1000, Ending::Nine).unwrap();
    // 0.649, 1.419 and 4.389 end in the nearest nine.
    let after: Vec<i64> = changes.iter().map(|change| change.after.minor()).collect();
    assert_eq!(after, [69, 139, 439]);
    assert!(
        store.apply_prices(&changes, NOW, "", BY).is_err(),
        "a reason is asked for"
    );
    let ((), steps) = cut_at_every_step(&store, |store| {
        store.apply_prices(&changes, NOW, "new season", BY)
    });
    assert!(steps >= 9, "{steps}");
    assert_eq!(price(&store, "GRAPES", NOW), 439);
    let stale = store.apply_prices(&changes, NOW, "again", BY).unwrap_err();
    assert!(matches!(stale, StoreError::PreviewStale { .. }), "{stale}");
    let row = store.audit_log(1).unwrap().remove(0);
    assert_eq!(
        (row.before.as_deref(), row.after.as_deref(), row.reason.as_deref()),
        (Some("3.99 EUR"), Some("4.39 EUR"), Some("new season"))
    );
}

#[test]
fn edits_are_undone_and_redone_in_their_order() {
    let store = shop();
    let start = store.catalog(NOW).unwrap().products().to_vec();
    store
        .put_product(
            &Product {
                name: "Whole milk".to_owned(),
                ..start[1].as_ref().clone()
            },
            "Mona",
            NOW,
        )
        .unwrap();
    store.set_price(&sku("APPLE"), eur(65), NOW, BY).unwrap();
    store.put_product(&piece("BREAD", 299), "Mona", NOW).unwrap();
    let end = store.catalog(NOW).unwrap().products().to_vec();

    let (undone, _) = cut_at_every_step(&store, |store| store.undo_products(BY));
    assert_eq!(undone.unwrap().first_sku, "BREAD");
    assert!(
        !store.catalog(NOW).unwrap().by_sku(&sku("BREAD")).unwrap().active,
        "what was new is off sale"
    );
    assert_eq!(store.undo_products(BY).unwrap().unwrap().what, "price");
    assert_eq!(store.undo_products(BY).unwrap().unwrap().first_sku, "MILK");
    assert_eq!(store.catalog(NOW).unwrap().products()[..3], start[..]);
    for _ in 0..3 {
        store.redo_products(BY).unwrap().unwrap();
    }
    assert_eq!(store.redo_products(BY).unwrap(), None);
    assert_eq!(store.catalog(NOW).unwrap().products(), end);

    store.undo_products(BY).unwrap();
    store.put_product(&piece("SALT", 49), "Mona", NOW).unwrap();
    assert_eq!(store.redoable().unwrap(), None, "a new edit ends the way forward");
    assert!(store.audit_log(1).unwrap()[0].reason.is_none());
    store.undo_products(BY).unwrap();
    assert_eq!(store.audit_log(1).unwrap()[0].reason.as_deref(), Some("undo"));
}

#[test]
fn undo_never_overwrites_what_came_after() {
    let store = shop();
    store
        .set_price(&sku("MILK"), eur(119), NOW.plus_ms(5), BY)
        .unwrap();
    store.set_price(&sku("MILK"), eur(139), NOW, BY).unwrap();
    // The planned price holds by now.
    let refused = store.undo_products(("Mona", NOW.plus_ms(10))).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "MILK was changed meanwhile and stays as it is: change it by hand"
    );
    assert_eq!(price(&store, "MILK", NOW.plus_ms(10)), 119);
}

#[test]
fn an_import_is_looked_at_before_it_is_made() {
    let store = shop();
    let before = contents(&store);
    let milk = store
        .catalog(NOW)
        .unwrap()
        .by_sku(&sku("MILK"))
        .unwrap()
        .as_ref()
        .clone();
    let file = [
        Product {
            price: eur(135),
            ..milk.clone()
        },
        piece("APPLE", 59),
        piece("SALT", 49),
    ];
    let preview = store.preview_import(&file, NOW).unwrap();
    assert_eq!(contents(&store), before, "nothing was done");
    assert_eq!(
        (preview.added.len(), preview.changed.len(), preview.unchanged),
        (1, 1, 1)
    );
    assert_eq!(
        (preview.prices[0].before, preview.prices[0].after),
        (eur(129), eur(135))
    );
    let clash = [Product {
        barcodes: milk.barcodes,
        ..piece("SOAP", 99)
    }];
    for refused in [
        store.preview_import(&clash, NOW).map(|_| ()),
        store.import_products(&clash, "Mona", NOW).map(|_| ()),
    ] {
        assert!(matches!(
            refused,
            Err(StoreError::Catalog(CatalogError::Duplicate {
                what: "barcode",
                ..
            }))
        ));
    }
    let (summary, steps) = cut_at_every_step(&store, |store| store.import_products(&file, "Mona", NOW));
    assert_eq!((summary.added, summary.changed, summary.unchanged), (1, 1, 1));
    assert!(steps > 8, "{steps}");
}

#[test]
fn prices_come_from_a_file_whole_or_not_at_all() {
    let store = shop();
    let catalog = store.catalog(NOW).unwrap();
    let file = "SKU;Was;Price\nMILK;1,29;1,35\nAPPLE;0,59;0,59\n\nGRAPES;3,99;4.25\n";
    let changes = price_csv::parse(file.as_bytes(), &catalog).unwrap();
    let after: Vec<(&str, i64)> = changes
        .iter()
        .map(|change| (change.sku.as_str(), change.after.minor()))
        .collect();
    assert_eq!(after, [("MILK", 135), ("GRAPES", 425)]);

    let bad = "sku,price\nMILK,1.35\nNONE,1\nMILK,2\nAPPLE,-1\nGRAPES,1.234\n?,1\n";
    let Err(CatalogCsvError::Lines { problems }) = price_csv::parse(bad.as_bytes(), &catalog) else {
        panic!()
    };
    let told: Vec<String> = problems
        .iter()
        .map(|problem| format!("{} {}", problem.line, problem.message))
        .collect();
    assert_eq!(
        told,
        [
            "3 there is no product NONE",
            "4 SKU MILK is already on line 2",
            "5 the price -1 is negative",
            "6 the price is wrong: \"1.234\" has more than 2 decimals",
            "7 \"?\" is not a SKU",
        ]
    );
    let headless = price_csv::parse(b"MILK;1,35\n", &catalog).unwrap_err();
    assert_eq!(
        headless.to_string(),
        "the first line must name the columns: sku is missing"
    );
}

#[test]
fn a_hundred_thousand_lines_with_three_bad_ones_name_all_three() {
    let mut file = "sku;name;department;unit;price;currency;tax;tax_percent\n".to_owned();
    for number in 2..=100_001 {
        let line = match number {
            777 => format!("P{number};Thing;Food;each;1,2,3;EUR;reduced;7\n"),
            50_000 => format!("P{number};;Food;each;1,23;EUR;reduced;7\n"),
            100_001 => "P2;Thing;Food;each;1,23;EUR;reduced;7\n".to_owned(),
            _ => format!("P{number};Thing {number};Food;each;1,23;EUR;reduced;7\n"),
        };
        file.push_str(&line);
    }
    let Err(CatalogCsvError::Lines { problems }) = catalog_csv::parse(file.as_bytes()) else {
        panic!()
    };
    let lines: Vec<u64> = problems.iter().map(|problem| problem.line).collect();
    assert_eq!(lines, [777, 50_000, 100_001], "{problems:?}");
}

#[test]
fn pictures_are_small_jpegs_and_packs_hold_something() {
    let store = shop();
    let jpeg = |bytes: usize| {
        let mut jpeg = vec![0xff, 0xd8, 0xff, 0xe0];
        jpeg.resize(bytes, 7);
        ProductPicture {
            jpeg,
            width: 40,
            height: 30,
        }
    };
    store.set_picture(&sku("MILK"), &jpeg(1000), BY).unwrap();
    store.set_picture(&sku("MILK"), &jpeg(2000), BY).unwrap();
    assert_eq!(store.picture(&sku("MILK")).unwrap(), Some(jpeg(2000)));
    assert_eq!(store.pictured().unwrap(), [sku("MILK")]);
    let row = store.audit_log(1).unwrap().remove(0);
    assert_eq!(row.before.as_deref(), Some("40 x 30, 1000 bytes"));
    let png = ProductPicture {
        jpeg: b"\x89PNG".to_vec(),
        width: 1,
        height: 1,
    };
    for refused in [jpeg(600_000), png, ProductPicture { width: 0, ..jpeg(9) }] {
        let error = store.set_picture(&sku("MILK"), &refused, BY).unwrap_err();
        assert_eq!(
            error.to_string(),
            "a picture of a product is a JPEG of at most 512 KiB: choose another"
        );
    }
    assert!(store.set_picture(&sku("NONE"), &jpeg(9), BY).is_err());
    store.remove_picture(&sku("MILK"), BY).unwrap();
    assert_eq!(store.picture(&sku("MILK")).unwrap(), None);

    let litre = Content {
        amount: 1000,
        measure: Measure::Millilitre,
    };
    store.set_content(&sku("MILK"), Some(litre), BY).unwrap();
    assert_eq!(store.content(&sku("MILK")).unwrap(), Some(litre));
    assert!(
        store
            .set_content(&sku("MILK"), Some(Content { amount: 0, ..litre }), BY)
            .is_err()
    );
    store.set_content(&sku("MILK"), None, BY).unwrap();
    assert_eq!(store.content(&sku("MILK")).unwrap(), None);
}
