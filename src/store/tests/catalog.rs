//! Products, prices over time, and classes that keep their numbers.

use super::*;
use crate::domain::codes::{Barcode, Plu};
use crate::geom::ClassId;
use crate::store::products::ImportSummary;

fn eur(minor: i64) -> Money {
    Money::new(minor, Currency::EUR)
}

fn store_with(products: &[Product]) -> Store {
    let store = Store::in_memory().unwrap();
    store.import_products(products, "test", NOW).unwrap();
    store
}

fn apple() -> Product {
    Product {
        plu: Some(Plu::new(4131).unwrap()),
        class: Some("apple".to_owned()),
        names: [("de".to_owned(), "Apfel".to_owned())].into(),
        ..piece("APPLE", 59)
    }
}

#[test]
fn the_seed_catalog_goes_in_and_comes_out_the_same() {
    let products = catalog_csv::parse(include_bytes!("../../../catalog/products.csv")).unwrap();
    let store = store_with(&products);
    let catalog = store.catalog(NOW).unwrap();
    let read: Vec<Product> = catalog
        .products()
        .iter()
        .map(|product| product.as_ref().clone())
        .collect();
    assert_eq!(read, products);
    let again = store.import_products(&products, "test", NOW.plus_ms(1)).unwrap();
    assert_eq!(
        again,
        ImportSummary {
            unchanged: products.len(),
            ..ImportSummary::default()
        }
    );
}

#[test]
fn the_first_catalog_is_no_edit_that_can_be_undone() {
    let store = Store::in_memory().unwrap();
    store.begin_catalog(&[apple()], ("test", NOW)).unwrap();
    assert_eq!(store.catalog(NOW).unwrap().products().len(), 1);
    assert_eq!(store.undoable().unwrap(), None);
}

#[test]
fn a_price_holds_from_its_time_on() {
    let store = store_with(&[apple()]);
    let sku = Sku::new("APPLE").unwrap();
    let tomorrow = NOW.plus_ms(86_400_000);
    store.set_price(&sku, eur(49), tomorrow, ("anna", NOW)).unwrap();
    store
        .put_product(
            &Product {
                price: eur(65),
                ..apple()
            },
            "anna",
            NOW.plus_ms(10),
        )
        .unwrap();
    for (at, price) in [
        (NOW.plus_ms(-1), None),
        (NOW, Some(59)),
        (NOW.plus_ms(9), Some(59)),
        (NOW.plus_ms(10), Some(65)),
        (tomorrow, Some(49)),
    ] {
        assert_eq!(
            store.price_at(&sku, at).unwrap().map(Money::minor),
            price,
            "{at:?}"
        );
    }
    assert_eq!(store.price_history(&sku).unwrap().len(), 3);
    assert_eq!(
        store.catalog(tomorrow).unwrap().by_sku(&sku).unwrap().price,
        eur(49)
    );
    assert!(store.set_price(&sku, eur(-1), NOW, ("anna", NOW)).is_err());
    let nobody = Sku::new("NOBODY").unwrap();
    let unknown = store.set_price(&nobody, eur(1), NOW, ("anna", NOW));
    assert!(matches!(unknown, Err(StoreError::UnknownProduct { .. })));
    let audit = store.audit_log(10).unwrap();
    let rows: Vec<(&str, &str)> = audit
        .iter()
        .map(|row| (row.action.as_str(), row.detail.as_str()))
        .collect();
    assert_eq!(
        rows,
        [
            ("product", "price 0.59 EUR to 0.65 EUR"),
            ("price", "price 0.49 EUR from 2023-11-15 22:13:20"),
            ("product", "added at 0.59 EUR"),
        ]
    );
}

#[test]
fn an_import_is_taken_whole_or_not_at_all() {
    let store = store_with(&[apple()]);
    let clash = Product {
        plu: apple().plu,
        ..piece("OTHER", 10)
    };
    let error = store
        .import_products(&[piece("FINE", 10), clash], "test", NOW)
        .unwrap_err();
    assert!(matches!(error, StoreError::Catalog(_)), "{error:?}");
    assert_eq!(store.catalog(NOW).unwrap().products().len(), 1);
    assert_eq!(store.audit_log(10).unwrap().len(), 1);
}

#[test]
fn codes_and_classes_can_be_swapped_in_one_import() {
    let barcode = |text| vec![Barcode::parse(text).unwrap()];
    let a = Product {
        barcodes: barcode("96385074"),
        ..apple()
    };
    let b = Product {
        barcodes: barcode("73513537"),
        class: Some("pear".to_owned()),
        plu: None,
        ..piece("PEAR", 69)
    };
    let store = store_with(&[a.clone(), b.clone()]);
    let swapped_a = Product {
        barcodes: b.barcodes.clone(),
        class: b.class.clone(),
        ..a.clone()
    };
    let swapped_b = Product {
        barcodes: a.barcodes.clone(),
        class: a.class.clone(),
        ..b
    };
    store
        .import_products(&[swapped_a, swapped_b], "test", NOW)
        .unwrap();
    let catalog = store.catalog(NOW).unwrap();
    assert_eq!(catalog.by_class("pear").unwrap().sku.as_str(), "APPLE");
    assert_eq!(catalog.by_number("96385074").unwrap().sku.as_str(), "PEAR");
}

#[test]
fn a_class_keeps_its_number_whatever_happens_to_products() {
    let store = Store::in_memory().unwrap();
    for (index, name) in (1..).zip(["apple", "banana", "milk"]) {
        assert_eq!(store.ensure_class(name).unwrap(), ClassId(index));
    }
    store.put_product(&apple(), "test", NOW).unwrap();
    store
        .put_product(
            &Product {
                class: None,
                ..apple()
            },
            "test",
            NOW,
        )
        .unwrap();
    store
        .put_product(
            &Product {
                class: Some("kiwi".to_owned()),
                ..apple()
            },
            "test",
            NOW,
        )
        .unwrap();
    assert_eq!(store.ensure_class("banana").unwrap(), ClassId(2));
    let classes = store.classes().unwrap();
    let seen: Vec<(u16, &str, Option<&str>)> = classes
        .iter()
        .map(|link| {
            (
                link.class.0,
                link.name.as_str(),
                link.sku.as_ref().map(Sku::as_str),
            )
        })
        .collect();
    assert_eq!(
        seen,
        [
            (1, "apple", None),
            (2, "banana", None),
            (3, "milk", None),
            (4, "kiwi", Some("APPLE"))
        ]
    );
    assert!(
        store
            .conn
            .execute("DELETE FROM classes WHERE class_id = 1", [])
            .is_err()
    );
}
