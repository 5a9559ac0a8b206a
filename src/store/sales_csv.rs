//! Sales as a CSV file for the books: one row for each line that was sold or given back.

use std::io::Write;

use rusqlite::{Row, params};

use crate::domain::quantity::{Quantity, Unit};
use crate::domain::time::Timestamp;
use crate::store::Store;
use crate::store::error::{Fault, StoreError};
use crate::store::rows::{currency, get, money, small, tax, time, unit};

/// How the file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CsvStyle {
    /// Before the decimals: '.' or ','. With a comma, columns are separated by semicolons.
    pub decimal: char,
    /// How far the clock on the wall is ahead of UTC, in milliseconds.
    pub utc_offset_ms: i64,
}

const HEADER: [&str; 16] = [
    "receipt",
    "time",
    "kind",
    "refund_of",
    "line",
    "sku",
    "name",
    "quantity",
    "unit",
    "unit_price",
    "amount",
    "currency",
    "tax",
    "tax_percent",
    "method",
    "reason",
];

impl Store {
    /// Writes all lines paid from `from` to before `to`, the oldest first, and gives back how many. Amounts of
    /// refunds are below zero, so that a column adds up to what the till took.
    ///
    /// # Errors
    /// [`StoreError::Export`] when the file cannot be written, or any other [`StoreError`].
    pub fn export_sales(
        &self,
        (from, to): (Timestamp, Timestamp),
        style: CsvStyle,
        out: &mut dyn Write,
    ) -> Result<u64, StoreError> {
        self.read("exporting sales", |conn| {
            let delimiter = if style.decimal == ',' { b';' } else { b',' };
            let mut file = csv::WriterBuilder::new().delimiter(delimiter).from_writer(out);
            file.write_record(HEADER).map_err(failed)?;
            let mut query = conn.prepare_cached(
                "SELECT sales.*, sale_lines.*, refunds.original, refunds.reason, refunds.void,
                        (SELECT method FROM tenders AS t
                         WHERE t.receipt_number = sales.receipt_number ORDER BY position LIMIT 1) AS method
                 FROM sales JOIN sale_lines USING (receipt_number) LEFT JOIN refunds USING (receipt_number)
                 WHERE completed_at >= ?1 AND completed_at < ?2 AND voided = 0
                 ORDER BY sales.receipt_number, line_id",
            )?;
            let mut rows = query.query(params![from.0, to.0])?;
            let mut written = 0;
            while let Some(row) = rows.next()? {
                file.write_record(cells(row, style)?).map_err(failed)?;
                written += 1;
            }
            file.flush().map_err(|source| StoreError::Export { source })?;
            Ok(written)
        })
    }
}

fn failed(error: csv::Error) -> Fault {
    StoreError::Export { source: error.into() }.into()
}

fn cells(row: &Row<'_>, style: CsvStyle) -> Result<Vec<String>, Fault> {
    let currency = currency(row)?;
    let kind: String = get(row, "kind")?;
    let void: Option<bool> = get(row, "void")?;
    let sign = if kind == "refund" { "-" } else { "" };
    let amount = |column: &str| -> Result<String, Fault> {
        Ok(money(row, column, currency)?.to_decimal(style.decimal))
    };
    let number: u32 = small(row, "quantity")?;
    let unit = unit(row)?;
    let quantity = match unit {
        Unit::Each => Quantity::Count(number),
        Unit::Kilogram => Quantity::Weight { grams: number },
    };
    let rate = tax(row)?;
    let percent = rate.percent_text(style.decimal);
    let or_empty = |number: Option<i64>| number.map_or_else(String::new, |number| number.to_string());
    Ok(vec![
        get::<i64>(row, "receipt_number")?.to_string(),
        time(row, "completed_at")?
            .plus_ms(style.utc_offset_ms)
            .to_utc()
            .to_string(),
        if void == Some(true) {
            "void".to_owned()
        } else {
            kind
        },
        or_empty(get(row, "original")?),
        get::<i64>(row, "line_id")?.to_string(),
        get(row, "sku")?,
        harmless(&get::<String>(row, "name")?),
        format!(
            "{sign}{}",
            quantity.to_text(style.decimal).trim_end_matches(" kg")
        ),
        unit.code().to_owned(),
        amount("unit_price_minor")?,
        format!("{sign}{}", amount("amount_minor")?),
        currency.code().to_owned(),
        rate.id().to_owned(),
        percent.trim_end_matches(" %").to_owned(),
        get::<Option<String>>(row, "method")?.unwrap_or_default(),
        harmless(&get::<Option<String>>(row, "reason")?.unwrap_or_default()),
    ])
}

/// A text that a spreadsheet does not take for a formula.
fn harmless(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t']) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}
