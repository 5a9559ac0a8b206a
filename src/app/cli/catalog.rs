//! `tillsight catalog`: list what is sold, take a catalog from a file, write it to one.

use std::io::Write;
use std::path::PathBuf;

use anyhow::Context as _;
use clap::{Args, Subcommand};
use serde_json::json;

use crate::app::cli::table::{Align, Table};
use crate::domain::catalog::Catalog;
use crate::domain::product::Product;
use crate::domain::time::Timestamp;
use crate::store::{Store, catalog_csv};

/// Who stands in the audit for what the command line did.
const ACTOR: &str = "command line";
/// No catalog of a shop is larger; a file beyond this is something else.
const LARGEST_FILE: u64 = 64 << 20;

/// What to do with the catalog.
#[derive(Debug, Subcommand)]
pub enum CatalogCommand {
    /// Print the products with their prices of now.
    List(ListArgs),
    /// Take products and prices from a CSV file: all of them, or none when a line is wrong.
    Import(FileArgs),
    /// Write all products to a CSV file.
    Export(FileArgs),
}

/// Arguments of `tillsight catalog list`.
#[derive(Debug, Args)]
pub struct ListArgs {
    /// Only products that fit these words, best first.
    #[arg(long)]
    pub search: Option<String>,
}

/// A CSV file.
#[derive(Debug, Args)]
pub struct FileArgs {
    /// The CSV file.
    pub file: PathBuf,
}

/// Runs a command on the catalog.
///
/// # Errors
/// One sentence saying what is wrong with the file or the database.
pub fn run(
    command: &CatalogCommand,
    store: &Store,
    now: Timestamp,
    json: bool,
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    match command {
        CatalogCommand::List(args) => list(args, &store.catalog(now)?, json, out),
        CatalogCommand::Import(args) => import(args, store, now, json, out),
        CatalogCommand::Export(args) => export(args, &store.catalog(now)?, json, out),
    }
}

fn list(args: &ListArgs, catalog: &Catalog, json: bool, out: &mut dyn Write) -> anyhow::Result<()> {
    let found = args.search.as_ref().map(|text| catalog.search(text));
    let products: Vec<&Product> = match &found {
        Some(found) => found.iter().map(AsRef::as_ref).collect(),
        None => catalog.products().iter().map(AsRef::as_ref).collect(),
    };
    if json {
        return Ok(writeln!(out, "{}", json!({ "products": products }))?);
    }
    let mut table = Table::new(&[
        ("SKU", Align::Left),
        ("name", Align::Left),
        ("department", Align::Left),
        ("price", Align::Right),
        ("per", Align::Left),
        ("tax", Align::Right),
        ("PLU", Align::Right),
        ("barcode", Align::Left),
        ("class", Align::Left),
        ("sold", Align::Left),
    ]);
    for product in &products {
        let barcodes: Vec<String> = product.barcodes.iter().map(ToString::to_string).collect();
        table.row([
            product.sku.to_string(),
            product.name.clone(),
            product.department.clone(),
            product.price.to_string(),
            product.unit.code().to_owned(),
            product.tax.percent_text('.'),
            product.plu.map_or_else(String::new, |plu| plu.to_string()),
            barcodes.join(" "),
            product.class.clone().unwrap_or_default(),
            if product.active { "yes" } else { "no" }.to_owned(),
        ]);
    }
    table.print(out)?;
    Ok(writeln!(out, "{} products", products.len())?)
}

fn import(
    args: &FileArgs,
    store: &Store,
    now: Timestamp,
    json: bool,
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    let shown = args.file.display();
    let unreadable = || format!("the catalog {shown} cannot be read: check the file name");
    let size = std::fs::metadata(&args.file).with_context(unreadable)?.len();
    anyhow::ensure!(
        size <= LARGEST_FILE,
        "the catalog {shown} is larger than 64 MiB: it cannot be a catalog"
    );
    let bytes = std::fs::read(&args.file).with_context(unreadable)?;
    let products =
        catalog_csv::parse(&bytes).with_context(|| format!("nothing was imported from {shown}"))?;
    let done = store
        .import_products(&products, ACTOR, now)
        .with_context(|| format!("nothing was imported from {shown}"))?;
    if json {
        let report = json!({
            "added": done.added, "changed": done.changed, "unchanged": done.unchanged, "prices": done.prices,
        });
        return Ok(writeln!(out, "{report}")?);
    }
    Ok(writeln!(
        out,
        "{} products added, {} changed, {} unchanged, {} new prices",
        done.added, done.changed, done.unchanged, done.prices
    )?)
}

fn export(args: &FileArgs, catalog: &Catalog, json: bool, out: &mut dyn Write) -> anyhow::Result<()> {
    let text = catalog_csv::write(catalog.products().iter().map(AsRef::as_ref));
    std::fs::write(&args.file, text).with_context(|| {
        format!(
            "the catalog cannot be written to {}: check the folder and its room",
            args.file.display()
        )
    })?;
    let count = catalog.products().len();
    if json {
        return Ok(writeln!(
            out,
            "{}",
            json!({ "file": args.file, "products": count })
        )?);
    }
    Ok(writeln!(
        out,
        "{count} products written to {}",
        args.file.display()
    )?)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_700_000_000_000);

    fn printed(command: &CatalogCommand, store: &Store, json: bool) -> anyhow::Result<String> {
        let mut out = Vec::new();
        run(command, store, NOW, json, &mut out)?;
        Ok(String::from_utf8(out)?)
    }

    #[test]
    fn a_catalog_goes_through_a_file_and_back() {
        let folder = tempfile::TempDir::new().unwrap();
        let seed = folder.path().join("seed.csv");
        std::fs::write(&seed, include_bytes!("../../../catalog/products.csv")).unwrap();
        let store = Store::in_memory().unwrap();
        let import = |file: PathBuf| CatalogCommand::Import(FileArgs { file });
        let first: serde_json::Value =
            serde_json::from_str(&printed(&import(seed), &store, true).unwrap()).unwrap();
        assert_eq!(first["changed"], 0);
        let exported = folder.path().join("out.csv");
        let export = CatalogCommand::Export(FileArgs {
            file: exported.clone(),
        });
        printed(&export, &store, false).unwrap();
        let again: serde_json::Value =
            serde_json::from_str(&printed(&import(exported), &store, true).unwrap()).unwrap();
        assert_eq!(
            (&again["added"], &again["unchanged"]),
            (&json!(0), &first["added"])
        );

        let search = CatalogCommand::List(ListArgs {
            search: Some("banana".to_owned()),
        });
        let listed: serde_json::Value =
            serde_json::from_str(&printed(&search, &store, true).unwrap()).unwrap();
        assert_eq!(listed["products"][0]["sku"], "BANANA");
        assert_eq!(
            listed["products"][0]["price"],
            json!({ "minor": 35, "currency": "EUR" })
        );
        let table = printed(&search, &store, false).unwrap();
        assert!(table.starts_with("SKU"), "{table}");
        assert!(table.contains("BANANA      Banana"), "{table}");
    }

    #[test]
    fn a_bad_file_is_one_line_and_changes_nothing() {
        let folder = tempfile::TempDir::new().unwrap();
        let file = folder.path().join("bad.csv");
        std::fs::write(&file, "sku;preis\nA;1").unwrap();
        let store = Store::in_memory().unwrap();
        for file in [file, folder.path().join("none.csv")] {
            let command = CatalogCommand::Import(FileArgs { file });
            let error = format!("{:#}", printed(&command, &store, true).unwrap_err());
            assert!(!error.contains('\n') && error.contains(".csv"), "{error}");
        }
        assert!(store.catalog(NOW).unwrap().products().is_empty());
    }
}
