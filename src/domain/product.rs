//! A product as the shop describes it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::domain::codes::{Barcode, Plu, Sku};
use crate::domain::money::Money;
use crate::domain::quantity::Unit;
use crate::domain::tax::TaxRate;

/// One thing that the shop sells.
///
/// Every value of these fields is legal on its own except a negative price, which
/// [`crate::domain::catalog::Catalog::new`] and the basket both refuse.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Product {
    /// The shop's own number.
    pub sku: Sku,
    /// Name in the default language.
    pub name: String,
    /// Names in other languages, by language code ("de").
    pub names: BTreeMap<String, String>,
    /// Department, for reports and for browsing.
    pub department: String,
    /// What the price is for.
    pub unit: Unit,
    /// Price per piece or per kilogram.
    pub price: Money,
    /// Tax rate.
    pub tax: TaxRate,
    /// Price look-up number.
    pub plu: Option<Plu>,
    /// Barcodes; a product may carry several.
    pub barcodes: Vec<Barcode>,
    /// Weight of the packing, taken off every weighing, in grams.
    pub tare_grams: u32,
    /// Age below which it must not be sold.
    pub age_limit: Option<u8>,
    /// Whether it is sold at present.
    pub active: bool,
    /// The name that the detector knows it by.
    pub class: Option<String>,
}

impl Product {
    /// The name in `language`, or the default one.
    #[must_use]
    pub fn name_in(&self, language: &str) -> &str {
        self.names.get(language).unwrap_or(&self.name)
    }
}
