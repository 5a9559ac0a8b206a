//! The store as a whole: what it keeps, what it refuses, and what it says about a bad file.

mod bad_files;
mod catalog;
mod datasets;
mod day;
mod labels;
mod prices;
mod sales;
mod staff;
mod upkeep;

use std::path::Path;

use tempfile::TempDir;

use super::*;
use crate::domain::basket::Basket;
use crate::domain::codes::Sku;
use crate::domain::line::{Origin, TrackKey};
use crate::domain::money::{Currency, Money};
use crate::domain::product::Product;
use crate::domain::quantity::Quantity;
use crate::domain::sale::{PaymentMethod, Sale, SaleKey};
use crate::domain::session::Session;
use crate::domain::session::effect::Effect;
use crate::domain::session::event::{Event, VoidReason};
use crate::domain::session::state::LaneSettings;
use crate::domain::session::testing::{by_weight, piece};
use crate::domain::tax::PriceMode;
use crate::domain::time::Timestamp;

const NOW: Timestamp = Timestamp(1_700_000_000_000);

/// A store in a file, with a connection beside it for looking and for tampering.
struct OnDisk {
    store: Store,
    folder: TempDir,
}

impl OnDisk {
    fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let store = Store::open(&folder.path().join("shop.db")).unwrap();
        Self { store, folder }
    }

    fn path(&self) -> &Path {
        self.store.path()
    }

    fn beside(&self) -> Connection {
        Connection::open(self.path()).unwrap()
    }
}

fn settings() -> LaneSettings {
    LaneSettings {
        currency: Currency::EUR,
        price_mode: PriceMode::TaxInclusive,
        receipt_header: Vec::new(),
        receipt_footer: Vec::new(),
    }
}

/// Runs a whole visit through the session and gives back everything it asked for.
fn visit(seed: u128, events: Vec<Event>) -> (Session, Vec<Effect>) {
    let mut session = Session::new(settings(), seed);
    let mut asked = Vec::new();
    for event in events {
        let (next, effects) = session.apply(event, NOW);
        session = next;
        asked.extend(effects);
    }
    (session, asked)
}

fn counted(track: u64, product: &Product) -> Event {
    Event::ItemCounted {
        track: TrackKey(track),
        product: std::sync::Arc::new(product.clone()),
    }
}

/// A paid sale with pieces, a weight and a voided line.
pub(super) fn sale(seed: u128) -> Sale {
    let weighed = Event::ItemAdded {
        product: std::sync::Arc::new(by_weight("GRAPES", 399, 10)),
        quantity: Quantity::Weight { grams: 445 },
        origin: Origin::Plu,
    };
    let (session, _) = visit(
        seed,
        vec![
            counted(1, &piece("APPLE", 59)),
            counted(2, &piece("APPLE", 59)),
            counted(3, &piece("MILK", 129)),
            weighed,
            Event::LineRemoved {
                line: crate::domain::line::LineId(2),
            },
            Event::ReviewAsked,
            Event::PaymentChosen {
                method: PaymentMethod::Card,
            },
            Event::PaymentApproved {
                attempt: crate::domain::session::event::PaymentAttempt(1),
                reference: "ref 1".to_owned(),
            },
        ],
    );
    let Session::Committing(committing) = session else {
        panic!("{}", session.state_name())
    };
    committing.sale().clone()
}

fn basket() -> Basket {
    let (session, _) = visit(5, vec![counted(1, &piece("APPLE", 59))]);
    session.basket().unwrap().clone()
}

/// Everything that is in the database, table by table.
fn contents(store: &Store) -> Vec<String> {
    let names = |sql: &str| -> Vec<String> {
        let mut query = store.conn.prepare(sql).unwrap();
        query
            .query_map([], |row| row.get(0))
            .unwrap()
            .map(Result::unwrap)
            .collect()
    };
    let mut rows = Vec::new();
    for table in names("SELECT name FROM main.sqlite_schema WHERE type = 'table' ORDER BY name") {
        if table == "sqlite_sequence" {
            continue;
        }
        let mut query = store
            .conn
            .prepare(&format!("SELECT * FROM main.{table}"))
            .unwrap();
        let columns = query.column_count();
        let mut found = query.query([]).unwrap();
        while let Some(row) = found.next().unwrap() {
            let cells: Vec<rusqlite::types::Value> = (0..columns).map(|at| row.get(at).unwrap()).collect();
            rows.push(format!("{table} {cells:?}"));
        }
    }
    rows
}

/// Lets a change fail at the first row it writes, then at the second, and so on until it goes through. After
/// each failure the database must be as it was before; gives back how many steps there were.
fn cut_at_every_step<T>(store: &Store, change: impl Fn(&Store) -> Result<T, StoreError>) -> (T, u32) {
    let tables: Vec<String> = store
        .conn
        .prepare("SELECT name FROM main.sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'")
        .unwrap()
        .query_map([], |row| row.get(0))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    store
        .conn
        .execute_batch("CREATE TEMP TABLE cut (steps INTEGER); INSERT INTO cut VALUES (0)")
        .unwrap();
    for table in &tables {
        for event in ["INSERT", "UPDATE", "DELETE"] {
            let sql = format!(
                "CREATE TEMP TRIGGER cut_{table}_{event} BEFORE {event} ON main.{table} BEGIN
                     UPDATE cut SET steps = steps - 1;
                     SELECT RAISE(ABORT, 'the plug was pulled') WHERE (SELECT steps FROM cut) < 0;
                 END"
            );
            store.conn.execute_batch(&sql).unwrap();
        }
    }
    let before = contents(store);
    let mut steps = 0;
    let done = loop {
        store
            .conn
            .execute("UPDATE temp.cut SET steps = ?1", [steps])
            .unwrap();
        match change(store) {
            Ok(done) => break done,
            Err(error) => assert!(format!("{error:?}").contains("the plug was pulled"), "{error:?}"),
        }
        assert_eq!(contents(store), before, "after {steps} steps");
        steps += 1;
    };
    for table in &tables {
        for event in ["INSERT", "UPDATE", "DELETE"] {
            store
                .conn
                .execute_batch(&format!("DROP TRIGGER cut_{table}_{event}"))
                .unwrap();
        }
    }
    store.conn.execute_batch("DROP TABLE temp.cut").unwrap();
    (done, steps)
}
