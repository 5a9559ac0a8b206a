//! Products for tests of this room.

use std::collections::BTreeMap;

use crate::domain::codes::Sku;
use crate::domain::money::{Currency, Money};
use crate::domain::product::Product;
use crate::domain::quantity::Unit;
use crate::domain::tax::TaxRate;

/// Something sold by the piece, at 7 %.
pub(crate) fn piece(sku: &str, price_minor: i64) -> Product {
    Product {
        sku: Sku::new(sku).unwrap(),
        name: sku.to_owned(),
        names: BTreeMap::new(),
        department: "Food".to_owned(),
        unit: Unit::Each,
        price: Money::new(price_minor, Currency::EUR),
        tax: TaxRate::new("reduced", 700).unwrap(),
        plu: None,
        barcodes: Vec::new(),
        tare_grams: 0,
        age_limit: None,
        active: true,
        class: None,
    }
}

/// Something sold by weight, at 7 %.
pub(crate) fn by_weight(sku: &str, price_minor: i64, tare_grams: u32) -> Product {
    Product {
        unit: Unit::Kilogram,
        tare_grams,
        ..piece(sku, price_minor)
    }
}

/// Something not for children, at 19 %.
pub(crate) fn age_limited(sku: &str, price_minor: i64, age: u8) -> Product {
    let tax = TaxRate::new("standard", 1900).unwrap();
    Product {
        age_limit: Some(age),
        tax,
        ..piece(sku, price_minor)
    }
}
