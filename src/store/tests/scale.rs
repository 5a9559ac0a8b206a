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

/// The rows of many sales without going through the basket, each sealed in the journal.
fn fill(store: &Store, sales: i64, per_day: i64) {
    let template = sale(1);
    store.conn.execute_batch("PRAGMA synchronous = off").unwrap();
    let mut number = 0;
    while number < sales {
        store
            .write("filling", |tx| {
                for _ in 0..50_000.min(sales - number) {
                    number += 1;
                    let at = NOW.plus_ms(number * (86_400_000 / per_day));
                    let sale = Sale {
                        key: SaleKey(u128::try_from(number).unwrap()),
                        started_at: at,
                        completed_at: at,
                        ..template.clone()
                    };
                    let receipt = crate::store::sales::insert_rows(tx, &sale, ("digest", "sale", None))?;
                    let record = crate::store::journal::Record {
                        at,
                        kind: "sale_committed".to_owned(),
                        sale_key: Some(sale.key.to_string()),
                        amount_minor: Some(292),
                        body: format!("{{\"receipt_number\":{receipt}}}"),
                    };
                    crate::store::journal::append(tx, &record)?;
                }
                Ok(())
            })
            .unwrap();
    }
    store
        .conn
        .execute_batch("PRAGMA synchronous = full; PRAGMA wal_checkpoint(TRUNCATE)")
        .unwrap();
}

#[test]
#[ignore = "a measurement"]
fn a_million_sales() {
    let disk = OnDisk::new();
    // The shop closes every day, so that a day is what an X report looks at.
    fill(&disk.store, 999_000, 1_000);
    let eur = Currency::EUR;
    timed("closing a day of 999 000 sales", || {
        disk.store.z_report(eur, ("x", NOW)).unwrap()
    });
    let path = disk.path().to_owned();
    drop(disk.store);
    let store = timed("opening the database", || Store::open(&path).unwrap());
    let start = NOW.plus_ms(999_000 * 86_400 + 86_400_000);
    let mut slowest = 0.0_f64;
    let mut all = Vec::new();
    for number in 0..1_000_u32 {
        let at = start.plus_ms(i64::from(number) * 1000);
        let sale = Sale {
            key: SaleKey(5_000_000 + u128::from(number)),
            completed_at: at,
            ..sale(1)
        };
        let begin = Instant::now();
        store.commit_sale(&sale).unwrap();
        let took = begin.elapsed().as_secs_f64() * 1000.0;
        slowest = slowest.max(took);
        all.push(took);
    }
    all.sort_by(f64::total_cmp);
    println!(
        "committing a sale: median {:.2} ms, 95 % {:.2} ms, slowest {slowest:.2} ms",
        all[500], all[950]
    );
    let day = (start, start.plus_ms(86_400_000));
    timed("report of a day", || store.report(day.0, day.1, eur).unwrap());
    timed("X report of 1 000 sales", || {
        store.x_report(eur, ("x", start)).unwrap()
    });
    timed("report of all", || {
        store.report(Timestamp(0), day.1, eur).unwrap()
    });
    let filter = crate::store::sales_list::SalesFilter::default();
    timed("first page of sales", || {
        store.sales_page(&filter, None, 100).unwrap()
    });
    timed("page in the middle", || {
        store.sales_page(&filter, Some(500_000), 100).unwrap()
    });
    let of_day = crate::store::sales_list::SalesFilter {
        from: Some(day.0),
        text: "grap".to_owned(),
        ..filter.clone()
    };
    timed("a day searched by name", || {
        store.sales_page(&of_day, None, 100).unwrap()
    });
    let by_number = crate::store::sales_list::SalesFilter {
        text: "777777".to_owned(),
        ..filter
    };
    timed("a receipt by its number", || {
        store.sales_page(&by_number, None, 100).unwrap()
    });
    let request = crate::store::series::SeriesRequest {
        from: day.0,
        to: day.1,
        currency: eur,
        utc_offset_ms: 0,
    };
    timed("a day by the hour", || store.sales_by_hour(&request).unwrap());
    timed("closing the day", || store.z_report(eur, ("x", start)).unwrap());
}

#[test]
#[ignore = "a measurement"]
fn ten_thousand_photos() {
    use crate::geom::CornerBox;
    use crate::store::labels::{BoxSource, LabelOp, NewBox};
    use crate::store::photos::{Added, NewPhoto, PhotoFilter, PhotoOrder, PhotoSource, ReviewState};
    let disk = OnDisk::new();
    let store = &disk.store;
    store.conn.execute_batch("PRAGMA synchronous = off").unwrap();
    let class = store.ensure_class("apple").unwrap();
    for number in 0..10_000_u64 {
        let photo = NewPhoto {
            file_name: format!("{number}.jpg"),
            sha256: format!("{number:064x}"),
            dhash: number.wrapping_mul(0x9e37_79b9_7f4a_7c15),
            width: 640,
            height: 480,
            taken_at: NOW,
            source: PhotoSource::Capture,
            session: format!("s{}", number / 50),
            class_hint: None,
        };
        let Added::New { id } = store.add_photo(&photo, ("x", NOW)).unwrap() else {
            panic!()
        };
        let new = |x0: f32| {
            let bbox = CornerBox::new(x0, 0.1, x0 + 0.2, 0.4);
            LabelOp::Add(NewBox {
                class,
                bbox,
                source: BoxSource::Person,
                difficult: false,
                score: None,
            })
        };
        store
            .edit_labels(id, &[new(0.1), new(0.3), new(0.6)], ("x", NOW))
            .unwrap();
    }
    store.conn.execute_batch("PRAGMA synchronous = full").unwrap();
    let all = PhotoFilter::default();
    timed("first page of photos", || {
        store.photo_page(&all, PhotoOrder::Newest, 0, 60).unwrap()
    });
    timed("last page of photos", || {
        store.photo_page(&all, PhotoOrder::Newest, 9_900, 60).unwrap()
    });
    timed("most unsure first", || {
        store.photo_page(&all, PhotoOrder::MostUnsure, 0, 60).unwrap()
    });
    let of = PhotoFilter {
        class: Some(class),
        state: Some(ReviewState::Labelled),
        ..all
    };
    timed("by class and state", || {
        store.photo_page(&of, PhotoOrder::Oldest, 5_000, 60).unwrap()
    });
    timed("counting by class", || store.class_counts().unwrap());
    timed("near duplicates of all", || store.duplicate_pairs(6).unwrap());
    timed("one edit", || {
        store
            .edit_labels(77, &[LabelOp::SetState(ReviewState::Checked)], ("x", NOW))
            .unwrap()
    });
    timed("undo", || store.undo_labels(77, ("x", NOW)).unwrap());
    timed("freezing a data set", || {
        store
            .freeze(&crate::store::datasets::FreezeRequest::default(), ("x", NOW))
            .unwrap()
    });
}
