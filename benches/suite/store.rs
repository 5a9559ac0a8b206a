//! The database: a sale, and the catalog.

use std::sync::Arc;

use divan::Bencher;
use tempfile::TempDir;
use tillsight::{
    domain::{
        line::TrackKey,
        money::Currency,
        product::Product,
        sale::{PaymentMethod, Sale},
        session::{
            Session,
            event::{Event, PaymentAttempt},
            state::LaneSettings,
        },
        tax::PriceMode,
        time::Timestamp,
    },
    store::{Store, catalog_csv},
};

const NOW: Timestamp = Timestamp(1_760_000_000_000);

fn opened() -> (TempDir, Store) {
    let folder = TempDir::new().unwrap();
    let store = Store::open(&folder.path().join("shop.db")).unwrap();
    (folder, store)
}

/// So many products, made of those that came with the program.
fn products(count: usize) -> Vec<Product> {
    let first = catalog_csv::parse(include_bytes!("../../catalog/products.csv")).unwrap();
    (0..count)
        .map(|number| {
            let like = &first[number % first.len()];
            Product {
                sku: tillsight::domain::codes::Sku::new(&format!("P{number}")).unwrap(),
                name: format!("{} {number}", like.name),
                plu: None,
                barcodes: Vec::new(),
                class: None,
                ..like.clone()
            }
        })
        .collect()
}

/// A paid sale of three pieces.
fn sale(seed: u128) -> Sale {
    let settings = LaneSettings {
        currency: Currency::EUR,
        price_mode: PriceMode::TaxInclusive,
        receipt_header: Vec::new(),
        receipt_footer: Vec::new(),
    };
    let product = Arc::new(products(1).remove(0));
    let items = (0..3).map(|track| Event::ItemCounted {
        track: TrackKey(track),
        product: Arc::clone(&product),
    });
    let end = [
        Event::ReviewAsked,
        Event::PaymentChosen {
            method: PaymentMethod::Card,
        },
        Event::PaymentApproved {
            attempt: PaymentAttempt(1),
            reference: "bench".to_owned(),
        },
    ];
    let session = items
        .chain(end)
        .fold(Session::new(settings, seed), |session, event| {
            session.apply(event, NOW).0
        });
    let Session::Committing(committing) = session else {
        panic!("the lane stands at {}", session.state_name())
    };
    committing.sale().clone()
}

/// Writing a sale down so that it survives a power cut.
#[divan::bench]
fn commit(bencher: Bencher<'_, '_>) {
    let (_folder, store) = opened();
    let mut seed = 0;
    bencher
        .with_inputs(|| {
            seed += 1;
            sale(seed)
        })
        .bench_local_values(|sale| store.commit_sale(&sale).unwrap());
}

/// Search as one types, in catalogs of so many products.
#[divan::bench(args = [1000, 100_000])]
fn search(bencher: Bencher<'_, '_>, count: usize) {
    let catalog = tillsight::domain::catalog::Catalog::new(products(count)).unwrap();
    bencher.bench_local(|| catalog.search("gra"));
}

/// The report of a day of a thousand sales.
#[divan::bench(sample_count = 20)]
fn report(bencher: Bencher<'_, '_>) {
    let (_folder, store) = opened();
    for seed in 0..1000 {
        store.commit_sale(&sale(seed)).unwrap();
    }
    bencher.bench_local(|| {
        store
            .report(Timestamp(0), Timestamp(i64::MAX), Currency::EUR)
            .unwrap()
    });
}
