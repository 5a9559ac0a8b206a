//! Products from a file: read in the background, tried out on the store's thread, shown, and only then done.

use std::{path::Path, sync::Arc};

use crate::{
    app::office::{
        Desk,
        files::{PathAsk, PathKind},
    },
    domain::{product::Product, staff::Permission},
    store::{
        catalog_csv::{self, CatalogCsvError},
        products::ImportPreview,
    },
    ui::{
        office::products::{ImportLine, ImportView},
        words::{ProductsWord, Words, sentence},
    },
};

/// A larger file is none that a spreadsheet wrote.
const LARGEST: u64 = 200 * 1024 * 1024;

/// A preview and what it would do.
#[derive(Debug, Default)]
pub(super) struct Import {
    pub(super) view: ImportView,
    products: Vec<Product>,
}

/// What became of a file.
enum Read {
    Products(Vec<Product>),
    Wrong(Vec<ImportLine>),
    Refused(String),
}

/// Asks for the file.
pub(super) fn ask(desk: &mut Desk) {
    if !(desk.check(Permission::EditProducts) && desk.check(Permission::SetPrices)) {
        return;
    }
    let words = desk.words();
    let ask = PathAsk {
        title: words.say(ProductsWord::ImportAsk),
        yes: words.say(ProductsWord::ImportRead),
        kind: PathKind::Open {
            endings: vec!["csv".to_owned(), "txt".to_owned()],
        },
    };
    desk.ask_path(ask, |_, desk, path| {
        let file = path.clone();
        desk.work(
            "files",
            move || read(&file),
            move |office, desk, done| {
                let name = path
                    .file_name()
                    .unwrap_or_default()
                    .to_string_lossy()
                    .into_owned();
                match done {
                    Ok(Read::Products(products)) => preview(name, products, desk),
                    Ok(Read::Wrong(lines)) => {
                        office.products.import = Some(Import {
                            view: ImportView {
                                file: name,
                                lines: Arc::new(lines),
                                wrong: true,
                                ..ImportView::default()
                            },
                            products: Vec::new(),
                        });
                    }
                    Ok(Read::Refused(sentence)) => desk.problem(sentence),
                    Err(trouble) => desk.problem(trouble.sentence),
                }
            },
        );
    });
}

fn read(path: &Path) -> Read {
    let bytes = match read_file(path, LARGEST) {
        Ok(bytes) => bytes,
        Err(sentence) => return Read::Refused(sentence),
    };
    match catalog_csv::parse(&bytes) {
        Ok(products) => Read::Products(products),
        Err(CatalogCsvError::Lines { problems }) => {
            let lines = problems.into_iter().map(|problem| ImportLine {
                key: problem.line.to_string(),
                name: String::new(),
                what: sentence(&problem.message),
            });
            Read::Wrong(lines.collect())
        }
        Err(error @ (CatalogCsvError::NotText | CatalogCsvError::Header { .. })) => {
            Read::Refused(format!("{}: {error}", path.display()))
        }
    }
}

/// The bytes of a file, unless it is larger than `largest`.
pub(crate) fn read_file(path: &Path, largest: u64) -> Result<Vec<u8>, String> {
    let size = std::fs::metadata(path).map(|found| found.len());
    let sentence = |error: std::io::Error| {
        format!(
            "the file {} cannot be read ({error}): check its path",
            path.display()
        )
    };
    if size.map_err(sentence)? > largest {
        return Err(format!(
            "the file {} is larger than {} MiB: choose another",
            path.display(),
            largest / 1024 / 1024
        ));
    }
    std::fs::read(path).map_err(sentence)
}

fn preview(file: String, products: Vec<Product>, desk: &mut Desk) {
    desk.store(
        move |store, (_, now)| {
            let preview = store.preview_import(&products, now)?;
            Ok((products, preview))
        },
        move |office, desk, done| match done {
            Ok((products, preview)) => {
                office.products.import = Some(Import {
                    view: view(file, &preview, desk.words()),
                    products,
                });
            }
            Err(trouble) => desk.problem(trouble.sentence),
        },
    );
}

fn view(file: String, preview: &ImportPreview, words: &Words) -> ImportView {
    let new = words.say(ProductsWord::ImportNew);
    let added = preview.added.iter().map(|product| ImportLine {
        key: product.sku.as_str().to_owned(),
        name: product.name.clone(),
        what: format!("{new}: {}", words.money(product.price)),
    });
    let changed = preview.changed.iter().map(|(before, after)| ImportLine {
        key: after.sku.as_str().to_owned(),
        name: after.name.clone(),
        what: differences(before, after, words),
    });
    ImportView {
        file,
        lines: Arc::new(changed.chain(added).collect()),
        added: preview.added.len(),
        changed: preview.changed.len(),
        unchanged: preview.unchanged,
        wrong: false,
    }
}

/// What differs between a product as it is and as it would be.
fn differences(before: &Product, after: &Product, words: &Words) -> String {
    let arrow =
        |what: ProductsWord, from: &str, to: &str| format!("{} {from} \u{2192} {to}", words.say(what));
    let mut parts = Vec::new();
    if before.price != after.price {
        let (from, to) = (words.money(before.price), words.money(after.price));
        parts.push(arrow(ProductsWord::Price, &from, &to));
    }
    if before.name != after.name {
        parts.push(arrow(ProductsWord::Name, &before.name, &after.name));
    }
    if before.department != after.department {
        parts.push(arrow(
            ProductsWord::Department,
            &before.department,
            &after.department,
        ));
    }
    let others = [
        (before.names != after.names, ProductsWord::GermanName),
        (before.unit != after.unit, ProductsWord::Unit),
        (before.tax != after.tax, ProductsWord::Tax),
        (before.plu != after.plu, ProductsWord::Plu),
        (before.barcodes != after.barcodes, ProductsWord::Barcodes),
        (before.tare_grams != after.tare_grams, ProductsWord::Tare),
        (before.age_limit != after.age_limit, ProductsWord::Age),
        (before.active != after.active, ProductsWord::OnSale),
        (before.class != after.class, ProductsWord::Class),
    ];
    let other = others.into_iter().filter(|(differs, _)| *differs);
    parts.extend(other.map(|(_, word)| words.say(word)));
    parts.join(" \u{b7} ")
}

/// Does what the preview shows, whole or not at all.
pub(super) fn apply(import: Import, desk: &mut Desk) {
    let products = import.products;
    if !desk.check(Permission::SetPrices) {
        return;
    }
    desk.change(
        Permission::EditProducts,
        move |store, by| store.import_products(&products, by.0, by.1),
        |office, desk, _summary| {
            office.products.import = None;
            super::saved(office, desk);
        },
    );
}
