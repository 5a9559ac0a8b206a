//! How long things take in a shop of full size: to be run by hand, in release, and read.
//!
//! `cargo test --release --lib scale -- --ignored --nocapture --test-threads 1`

use std::time::Instant;

use super::*;

fn timed<T>(what: &str, job: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let done = job();
    println!("{what}: {:.1} ms", start.elapsed().as_secs_f64() * 1000.0);
    done
}

fn products(count: usize) -> Vec<Product> {
    const WORDS: [&str; 16] = [
        "Apple",
        "Milk",
        "Bread",
        "Gouda",
        "Chocolate",
        "Grüner",
        "Tea",
        "Coffee",
        "Tomato",
        "Organic",
        "Large",
        "Mild",
        "Käse",
        "Water",
        "Orange",
        "Biscuit",
    ];
    let word = |seed: usize| WORDS[seed * 7919 % 104_729 % WORDS.len()];
    (0..count)
        .map(|number| Product {
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
            ..piece(&format!("P{number}"), 99)
        })
        .collect()
}

#[test]
#[ignore = "a measurement"]
fn a_hundred_thousand_products() {
    let disk = OnDisk::new();
    let all = products(100_000);
    let file = catalog_csv::write(all.iter());
    let parsed = timed("reading a CSV of 100 000 products", || {
        catalog_csv::parse(file.as_bytes()).unwrap()
    });
    timed("looking at the import", || {
        disk.store.preview_import(&parsed, NOW).unwrap()
    });
    timed("importing", || {
        disk.store.import_products(&parsed, "x", NOW).unwrap()
    });
    let one = Product {
        name: "Other".to_owned(),
        ..parsed[5].clone()
    };
    timed("changing one product", || {
        disk.store.put_product(&one, "x", NOW).unwrap()
    });
    let catalog = timed("reading the catalog", || disk.store.catalog(NOW).unwrap());
    for text in [
        "a",
        "mi",
        "milk",
        "choclate",
        "gruner tea",
        "P4711",
        "organic large biscut",
        "zzzz",
    ] {
        let found = timed(&format!("searching {text:?}"), || catalog.search(text));
        println!("    {} found", found.len());
    }
}
