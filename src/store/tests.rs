//! The store as a whole: what it keeps, what it refuses, and what it says about a bad file.

mod bad_files;
mod catalog;
mod sales;
mod staff;

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
fn sale(seed: u128) -> Sale {
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
