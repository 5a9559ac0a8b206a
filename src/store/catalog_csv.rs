//! The catalog as a CSV file: what a spreadsheet saves is read, whole or not at all.
//!
//! The first line names the columns, in any order. These must be there: `sku`, `name`, `department`,
//! `unit` (each or kg), `price`, `currency`, `tax` (name of the rate), `tax_percent`. These may be:
//! `name_de` and the like for other languages, `plu`, `barcodes` (several with blanks between),
//! `tare_g`, `age`, `active` (yes or no), `class`. A file with ';' or tabs between the columns may write
//! decimals with a comma. Anything wrong is reported with its line, and then nothing is taken.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use csv::StringRecord;

use crate::domain::codes::{Barcode, CodeError, Plu, Sku};
use crate::domain::money::{Currency, MoneyError, parse_decimal};
use crate::domain::product::Product;
use crate::domain::quantity::Unit;
use crate::domain::tax::TaxRate;
use crate::store::csv_lines::{self, Problems, separator_of};

const REQUIRED: [&str; 8] = [
    "sku",
    "name",
    "department",
    "unit",
    "price",
    "currency",
    "tax",
    "tax_percent",
];
const OPTIONAL: [&str; 6] = ["plu", "barcodes", "tare_g", "age", "active", "class"];
/// Beginning of a column with names in another language.
const NAME_IN: &str = "name_";

/// One thing that is wrong in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineProblem {
    /// Line of the file, from 1.
    pub line: u64,
    /// What is wrong there.
    pub message: String,
}

/// Why a file was not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CatalogCsvError {
    /// Not text in an encoding that is known.
    #[error("the file is not a text file: save the table as CSV")]
    NotText,
    /// The first line does not name the columns.
    #[error("the first line must name the columns: {message}")]
    Header {
        /// What is wrong with it.
        message: String,
    },
    /// Lines that make no sense.
    #[error("{}", first_of(problems))]
    Lines {
        /// All of them, in the order of the file.
        problems: Vec<LineProblem>,
    },
}

fn first_of(problems: &[LineProblem]) -> String {
    let more = match problems.len() {
        0 | 1 => String::new(),
        2 => " (and 1 more problem)".to_owned(),
        count => format!(" (and {} more problems)", count - 1),
    };
    problems.first().map_or_else(String::new, |first| {
        format!("line {}: {}{more}", first.line, first.message)
    })
}

/// Reads a catalog from the bytes of a file.
///
/// # Errors
/// [`CatalogCsvError`], naming every line that is wrong.
pub fn parse(bytes: &[u8]) -> Result<Vec<Product>, CatalogCsvError> {
    let mut found = Found::default();
    csv_lines::read(bytes, Columns::new, |columns, at, problems| {
        found.take(columns, at, problems);
    })?;
    Ok(found.products)
}

/// Writes a catalog as UTF-8 with commas; reading it back gives the same products.
#[must_use]
pub fn write<'a>(products: impl Iterator<Item = &'a Product> + Clone) -> String {
    let languages: BTreeSet<&String> = products
        .clone()
        .flat_map(|product| product.names.keys())
        .collect();
    let names = languages.iter().map(|language| format!("{NAME_IN}{language}"));
    let header: Vec<String> = ["sku", "name"]
        .map(str::to_owned)
        .into_iter()
        .chain(names)
        .chain(
            REQUIRED
                .iter()
                .skip(2)
                .chain(&OPTIONAL)
                .map(|&column| column.to_owned()),
        )
        .collect();
    let mut text = line_of(&header);
    for product in products {
        let mut cells = vec![product.sku.to_string(), product.name.clone()];
        cells.extend(
            languages
                .iter()
                .map(|&language| product.names.get(language).cloned().unwrap_or_default()),
        );
        cells.extend(cells_of(product));
        text.push_str(&line_of(&cells));
    }
    text
}

fn cells_of(product: &Product) -> [String; 12] {
    let barcodes: Vec<String> = product.barcodes.iter().map(ToString::to_string).collect();
    let or_empty = |number: Option<u32>| number.map_or_else(String::new, |number| number.to_string());
    let percent = product.tax.percent_text('.');
    [
        product.department.clone(),
        product.unit.code().to_owned(),
        product.price.to_decimal('.'),
        product.price.currency().code().to_owned(),
        product.tax.id().to_owned(),
        percent.trim_end_matches(" %").to_owned(),
        or_empty(product.plu.map(Plu::number)),
        barcodes.join(" "),
        or_empty(Some(product.tare_grams).filter(|tare| *tare > 0)),
        or_empty(product.age_limit.map(u32::from)),
        if product.active { "yes" } else { "no" }.to_owned(),
        product.class.clone().unwrap_or_default(),
    ]
}

fn line_of(cells: &[String]) -> String {
    let quoted: Vec<String> = cells
        .iter()
        .map(|cell| {
            let plain = !cell.contains(['"', ',', '\n', '\r']) && cell.trim() == cell;
            if plain {
                cell.clone()
            } else {
                format!("\"{}\"", cell.replace('"', "\"\""))
            }
        })
        .collect();
    format!("{}\n", quoted.join(","))
}

/// Which column holds what.
struct Columns {
    names: Vec<String>,
    delimiter: u8,
}

impl Columns {
    fn new(header: &StringRecord, delimiter: u8) -> Result<Self, CatalogCsvError> {
        let wrong = |message| Err(CatalogCsvError::Header { message });
        let names: Vec<String> = header.iter().map(str::to_lowercase).collect();
        for (index, name) in names.iter().enumerate() {
            let known = REQUIRED.contains(&name.as_str()) || OPTIONAL.contains(&name.as_str());
            let language = name
                .strip_prefix(NAME_IN)
                .is_some_and(|language| !language.is_empty());
            if !known && !language {
                return wrong(format!("\"{name}\" is not a column of a catalog"));
            }
            if names.iter().take(index).any(|earlier| earlier == name) {
                return wrong(format!("\"{name}\" is there twice"));
            }
        }
        let missing: Vec<&str> = REQUIRED
            .iter()
            .copied()
            .filter(|&column| !names.iter().any(|name| name == column))
            .collect();
        if !missing.is_empty() {
            return wrong(format!("{} is missing", missing.join(", ")));
        }
        Ok(Self { names, delimiter })
    }

    fn cell<'r>(&self, record: &'r StringRecord, column: &str) -> &'r str {
        let index = self.names.iter().position(|name| name == column);
        index.and_then(|index| record.get(index)).unwrap_or("")
    }

    fn product(&self, record: &StringRecord) -> Result<Product, String> {
        let cell = |column| self.cell(record, column);
        let sku = Sku::new(cell("sku")).map_err(text)?;
        let filled = |column: &'static str| match cell(column) {
            "" => Err(format!("{column} of {sku} is empty")),
            filled => Ok(filled.to_owned()),
        };
        let unit = cell("unit").to_lowercase();
        let unit = Unit::from_code(&unit).ok_or_else(|| format!("unit \"{unit}\" is neither each nor kg"))?;
        let currency = Currency::from_code(&cell("currency").to_uppercase()).map_err(text)?;
        let plu = Some(cell("plu"))
            .filter(|plu| !plu.is_empty())
            .map(Plu::parse)
            .transpose()
            .map_err(text)?;
        Ok(Product {
            name: filled("name")?,
            names: self.names_of(record),
            department: filled("department")?,
            unit,
            price: csv_lines::price(cell("price"), self.delimiter, currency)?,
            tax: self.tax(&filled("tax")?, cell("tax_percent"))?,
            plu,
            barcodes: barcodes(cell("barcodes")).map_err(text)?,
            tare_grams: number(cell("tare_g"), "tare_g", 100_000)?.unwrap_or(0),
            age_limit: number(cell("age"), "age", 99)?
                .and_then(|age| u8::try_from(age).ok())
                .filter(|age| *age > 0),
            active: active(cell("active"))?,
            class: Some(cell("class").to_owned()).filter(|class| !class.is_empty()),
            sku,
        })
    }

    fn names_of(&self, record: &StringRecord) -> BTreeMap<String, String> {
        let named = |column: &String| {
            let language = column.strip_prefix(NAME_IN)?;
            let name = self.cell(record, column);
            (!name.is_empty()).then(|| (language.to_owned(), name.to_owned()))
        };
        self.names.iter().filter_map(named).collect()
    }

    fn tax(&self, id: &str, percent: &str) -> Result<TaxRate, String> {
        let percent = percent.trim_end_matches('%').trim();
        let wrong = |error: MoneyError| format!("the tax_percent is wrong: {error}");
        let basis_points = parse_decimal(percent, separator_of(percent, self.delimiter), 2).map_err(wrong)?;
        let basis_points = u32::try_from(basis_points).ok();
        let basis_points =
            basis_points.ok_or_else(|| format!("the tax_percent {percent} is out of range"))?;
        TaxRate::new(id, basis_points).map_err(text)
    }
}

fn text(error: impl std::fmt::Display) -> String {
    error.to_string()
}

fn barcodes(cell: &str) -> Result<Vec<Barcode>, CodeError> {
    cell.split([' ', '|'])
        .filter(|part| !part.is_empty())
        .map(Barcode::parse)
        .collect()
}

fn number(cell: &str, column: &str, most: u32) -> Result<Option<u32>, String> {
    if cell.is_empty() {
        return Ok(None);
    }
    let number = cell.parse().ok().filter(|number| *number <= most);
    number
        .map(Some)
        .ok_or_else(|| format!("{column} \"{cell}\" is not a number from 0 to {most}"))
}

fn active(cell: &str) -> Result<bool, String> {
    match cell.to_lowercase().as_str() {
        "" | "yes" | "true" | "1" => Ok(true),
        "no" | "false" | "0" => Ok(false),
        other => Err(format!("active \"{other}\" is neither yes nor no")),
    }
}

/// What was read so far.
#[derive(Default)]
struct Found {
    products: Vec<Product>,
    /// Where each code was first used.
    lines: HashMap<(&'static str, String), u64>,
}

impl Found {
    fn take(&mut self, columns: &Columns, (line, record): (u64, &StringRecord), problems: &mut Problems) {
        if record.len() != columns.names.len() {
            let (cells, expected) = (record.len(), columns.names.len());
            return problems.add(line, format!("there are {cells} cells, but {expected} columns"));
        }
        match columns.product(record) {
            Ok(product) => {
                self.claim_codes(line, &product, problems);
                self.products.push(product);
            }
            Err(message) => problems.add(line, message),
        }
    }

    fn claim_codes(&mut self, line: u64, product: &Product, problems: &mut Problems) {
        let mut codes = vec![("SKU", product.sku.to_string())];
        if product.active {
            codes.extend(product.plu.map(|plu| ("PLU", plu.to_string())));
            codes.extend(
                product
                    .barcodes
                    .iter()
                    .map(|barcode| ("barcode", barcode.to_string())),
            );
            codes.extend(product.class.clone().map(|class| ("class", class)));
        }
        for (what, code) in codes {
            match self.lines.get(&(what, code.clone())).copied() {
                Some(earlier) => problems.add(line, format!("{what} {code} is already on line {earlier}")),
                None => {
                    self.lines.insert((what, code), line);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
