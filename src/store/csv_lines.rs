//! The lines of a CSV file that a spreadsheet saved: encoding, delimiter, and every line that is wrong.
//!
//! What the columns mean is the caller's. All lines are read before anything is refused, so that one look
//! at the answer is enough to mend the file.

use csv::StringRecord;

use crate::domain::money::{Currency, Money};
use crate::store::catalog_csv::{CatalogCsvError, LineProblem};
use crate::store::text_encoding;

/// What is wrong, in the order of the file.
#[derive(Debug, Default)]
pub(super) struct Problems(Vec<LineProblem>);

impl Problems {
    pub(super) fn add(&mut self, line: u64, message: String) {
        self.0.push(LineProblem { line, message });
    }
}

/// Reads a file: `columns` makes sense of the first line and the delimiter, `take` of every other line that is
/// not empty, with its number.
///
/// # Errors
/// [`CatalogCsvError`], naming every line that is wrong.
pub(super) fn read<C>(
    bytes: &[u8],
    columns: impl FnOnce(&StringRecord, u8) -> Result<C, CatalogCsvError>,
    mut take: impl FnMut(&C, (u64, &StringRecord), &mut Problems),
) -> Result<(), CatalogCsvError> {
    let text = text_encoding::decode(bytes).ok_or(CatalogCsvError::NotText)?;
    let delimiter = delimiter_of(&text);
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let header = reader.headers().ok().filter(|header| !header.is_empty()).cloned();
    let header = header.ok_or_else(|| CatalogCsvError::Header {
        message: "the file is empty".to_owned(),
    })?;
    let columns = columns(&header, delimiter)?;
    let mut problems = Problems::default();
    for record in reader.records() {
        match record {
            Ok(record) if record.iter().all(str::is_empty) => {}
            Ok(record) => {
                let line = record.position().map_or(0, csv::Position::line);
                take(&columns, (line, &record), &mut problems);
            }
            Err(error) => {
                let line = error.position().map_or(0, csv::Position::line);
                problems.add(line, "the quotes are not closed".to_owned());
            }
        }
    }
    if problems.0.is_empty() {
        Ok(())
    } else {
        Err(CatalogCsvError::Lines { problems: problems.0 })
    }
}

/// What stands before the cents in a cell: a comma only where commas do not stand between the columns.
pub(super) fn separator_of(cell: &str, delimiter: u8) -> char {
    if delimiter != b',' && cell.contains(',') {
        ','
    } else {
        '.'
    }
}

/// The price in a cell.
///
/// # Errors
/// What is wrong with it.
pub(super) fn price(cell: &str, delimiter: u8, currency: Currency) -> Result<Money, String> {
    let price = Money::parse(cell, separator_of(cell, delimiter), currency)
        .map_err(|error| format!("the price is wrong: {error}"))?;
    if price.is_negative() {
        Err(format!("the price {cell} is negative"))
    } else {
        Ok(price)
    }
}

/// What stands between the columns: whichever the first line has most of.
fn delimiter_of(text: &str) -> u8 {
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or("");
    let count = |delimiter: u8| first.bytes().filter(|byte| *byte == delimiter).count();
    let (commas, semicolons, tabs) = (count(b','), count(b';'), count(b'\t'));
    if semicolons > commas.max(tabs) {
        b';'
    } else if tabs > commas {
        b'\t'
    } else {
        b','
    }
}
