//! A large catalog: read, searched as one types, changed.

use std::sync::Arc;

use super::{OPENED, Shop, Size, Times};
use crate::{
    app::pricing,
    domain::{catalog::Catalog, codes::Sku, product::Product},
    store::catalog_csv,
};

/// What the made-up names are put together from.
const WORDS: [&str; 16] = [
    "Apple",
    "Milk",
    "Bread",
    "Gouda",
    "Chocolate",
    "Gr\u{fc}ner",
    "Tea",
    "Coffee",
    "Tomato",
    "Organic",
    "Large",
    "Mild",
    "K\u{e4}se",
    "Water",
    "Orange",
    "Biscuit",
];

/// What is typed, letter by letter: a word, with a typo, several words, a number, what is not there.
const TYPED: [&str; 6] = [
    "milk",
    "choclate",
    "organic large biscut",
    "gr\u{fc}ner tea",
    "P4711",
    "zzzz",
];

/// So many products, made of those that come with the program.
pub(super) fn made_up(count: u32) -> anyhow::Result<Vec<Product>> {
    let first = catalog_csv::parse(pricing::SEED_CATALOG)?;
    let word = |seed: u32| WORDS[(u64::from(seed) * 7919 % 104_729 % 16) as usize];
    (0..count)
        .map(|number| {
            let like = &first[number as usize % first.len()];
            Ok(Product {
                sku: Sku::new(&format!("P{number}"))?,
                name: format!(
                    "{} {} {} {number}",
                    word(number),
                    word(number / 3 + 1),
                    word(number / 7 + 2)
                ),
                names: [(
                    "de".to_owned(),
                    format!("{} {}", word(number + 5), word(number / 2)),
                )]
                .into(),
                plu: None,
                barcodes: Vec::new(),
                class: None,
                ..like.clone()
            })
        })
        .collect()
}

/// Takes the products in and searches them.
pub(super) fn measure(shop: &Shop, size: Size, times: &mut Times) -> anyhow::Result<Arc<Catalog>> {
    let store = shop.open()?;
    let file = catalog_csv::write(made_up(size.products)?.iter());
    let parsed = times.once("read a CSV of all products", None, || {
        Ok(catalog_csv::parse(file.as_bytes())?)
    })?;
    times.once("look at their import", None, || {
        Ok(store.preview_import(&parsed, OPENED)?)
    })?;
    times.once("import them", None, || {
        Ok(store.import_products(&parsed, "bench", OPENED)?)
    })?;
    let some = parsed.iter().step_by(parsed.len().div_ceil(20).max(1));
    times.each(
        "change one product",
        None,
        (some, |product| {
            let other = Product {
                name: format!("Other {}", product.name),
                ..product.clone()
            };
            store.put_product(&other, "bench", OPENED)?;
            Ok(())
        }),
    )?;
    let catalog = times.once("read the catalog", None, || Ok(store.catalog(OPENED)?))?;
    let letters = TYPED.iter().flat_map(|text| {
        text.char_indices()
            .map(|(at, letter)| &text[..at + letter.len_utf8()])
    });
    times.each(
        "search as one types, each letter",
        Some(20.0),
        (letters, |text| {
            std::hint::black_box(catalog.search(text));
            Ok(())
        }),
    )?;
    Ok(Arc::new(catalog))
}
