//! New prices as a CSV file: a column `sku`, a column `price`, and whatever else a spreadsheet has beside them.
//!
//! Nothing is changed here: what comes out is a preview to be looked at and applied.

use std::collections::HashMap;

use crate::domain::catalog::Catalog;
use crate::domain::codes::Sku;
use crate::domain::money::Money;
use crate::domain::product::Product;
use crate::domain::repricing::PriceChange;
use crate::store::catalog_csv::{CatalogCsvError, LineProblem, delimiter_of};
use crate::store::csv_lines::Lines;
use crate::store::text_encoding;

/// Reads new prices for the products of a catalog; what stays as it is is left out. Prices are in the currency
/// that each product has.
///
/// # Errors
/// [`CatalogCsvError`], naming every line that is wrong.
pub fn parse(bytes: &[u8], catalog: &Catalog) -> Result<Vec<PriceChange>, CatalogCsvError> {
    let text = text_encoding::decode(bytes).ok_or(CatalogCsvError::NotText)?;
    let delimiter = delimiter_of(&text);
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let header = reader.headers().cloned().unwrap_or_default();
    let column = |name: &str| {
        let place = header.iter().position(|cell| cell.eq_ignore_ascii_case(name));
        place.ok_or_else(|| CatalogCsvError::Header {
            message: format!("{name} is missing"),
        })
    };
    let (sku_at, price_at) = (column("sku")?, column("price")?);
    let mut found = Found::default();
    let mut lines = Lines::new(&text);
    for record in reader.records() {
        match record {
            Ok(record) if record.iter().all(str::is_empty) => {}
            Ok(record) => {
                let line = lines.of(record.position());
                let cell = |at| record.get(at).unwrap_or("");
                found.take((line, delimiter), (cell(sku_at), cell(price_at)), catalog);
            }
            Err(error) => {
                let line = lines.of(error.position());
                found.problem(line, "the quotes are not closed".to_owned());
            }
        }
    }
    if found.problems.is_empty() {
        Ok(found.changes)
    } else {
        Err(CatalogCsvError::Lines {
            problems: found.problems,
        })
    }
}

#[derive(Default)]
struct Found {
    changes: Vec<PriceChange>,
    problems: Vec<LineProblem>,
    lines: HashMap<Sku, u64>,
}

impl Found {
    fn problem(&mut self, line: u64, message: String) {
        self.problems.push(LineProblem { line, message });
    }

    fn take(&mut self, (line, delimiter): (u64, u8), (sku, price): (&str, &str), catalog: &Catalog) {
        let Ok(sku) = Sku::new(sku) else {
            return self.problem(line, format!("\"{sku}\" is not a SKU"));
        };
        let Some(product) = catalog.by_sku(&sku) else {
            return self.problem(line, format!("there is no product {sku}"));
        };
        if let Some(earlier) = self.lines.get(&sku).copied() {
            return self.problem(line, format!("SKU {sku} is already on line {earlier}"));
        }
        self.lines.insert(sku.clone(), line);
        match new_price(price, delimiter, product) {
            Ok(after) if after == product.price => {}
            Ok(after) => self.changes.push(PriceChange {
                sku,
                name: product.name.clone(),
                before: product.price,
                after,
            }),
            Err(message) => self.problem(line, message),
        }
    }
}

fn new_price(cell: &str, delimiter: u8, product: &Product) -> Result<Money, String> {
    let separator = if delimiter != b',' && cell.contains(',') {
        ','
    } else {
        '.'
    };
    let price = Money::parse(cell, separator, product.price.currency())
        .map_err(|error| format!("the price is wrong: {error}"))?;
    if price.is_negative() {
        Err(format!("the price {cell} is negative"))
    } else {
        Ok(price)
    }
}
