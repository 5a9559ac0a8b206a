//! New prices as a CSV file: a column `sku`, a column `price`, and whatever else a spreadsheet has beside them.
//!
//! Nothing is changed here: what comes out is a preview to be looked at and applied.

use std::collections::HashMap;

use csv::StringRecord;

use crate::domain::catalog::Catalog;
use crate::domain::codes::Sku;
use crate::domain::repricing::PriceChange;
use crate::store::catalog_csv::CatalogCsvError;
use crate::store::csv_lines;

/// Reads new prices for the products of a catalog; what stays as it is is left out. Prices are in the currency
/// that each product has.
///
/// # Errors
/// [`CatalogCsvError`], naming every line that is wrong.
pub fn parse(bytes: &[u8], catalog: &Catalog) -> Result<Vec<PriceChange>, CatalogCsvError> {
    let mut found = Found::default();
    csv_lines::read(bytes, Columns::new, |columns, (line, record), problems| {
        let cell = |at| record.get(at).unwrap_or("");
        let (sku, price) = (cell(columns.sku), cell(columns.price));
        match found.change((line, columns.delimiter), (sku, price), catalog) {
            Ok(None) => {}
            Ok(Some(change)) => found.changes.push(change),
            Err(message) => problems.add(line, message),
        }
    })?;
    Ok(found.changes)
}

struct Columns {
    sku: usize,
    price: usize,
    delimiter: u8,
}

impl Columns {
    fn new(header: &StringRecord, delimiter: u8) -> Result<Self, CatalogCsvError> {
        let column = |name: &str| {
            let place = header.iter().position(|cell| cell.eq_ignore_ascii_case(name));
            place.ok_or_else(|| CatalogCsvError::Header {
                message: format!("{name} is missing"),
            })
        };
        Ok(Self {
            sku: column("sku")?,
            price: column("price")?,
            delimiter,
        })
    }
}

#[derive(Default)]
struct Found {
    changes: Vec<PriceChange>,
    lines: HashMap<Sku, u64>,
}

impl Found {
    fn change(
        &mut self,
        (line, delimiter): (u64, u8),
        (sku, price): (&str, &str),
        catalog: &Catalog,
    ) -> Result<Option<PriceChange>, String> {
        let sku = Sku::new(sku).map_err(|_not_a_sku| format!("\"{sku}\" is not a SKU"))?;
        let product = catalog
            .by_sku(&sku)
            .ok_or_else(|| format!("there is no product {sku}"))?;
        if let Some(earlier) = self.lines.get(&sku) {
            return Err(format!("SKU {sku} is already on line {earlier}"));
        }
        self.lines.insert(sku.clone(), line);
        let after = csv_lines::price(price, delimiter, product.price.currency())?;
        Ok((after != product.price).then(|| PriceChange {
            sku,
            name: product.name.clone(),
            before: product.price,
            after,
        }))
    }
}
