//! Visits told as events, and properties of any sequence of events.

mod flows;
mod properties;

use std::sync::Arc;

use super::effect::{Cue, JournalEntry};
use super::event::{HelpReason, PaymentAttempt, PaymentStage, VoidReason};
use super::*;
use crate::domain::line::{LineId, Origin, TrackKey};
use crate::domain::money::Currency;
use crate::domain::product::Product;
use crate::domain::quantity::Quantity;
use crate::domain::sale::{PaymentMethod, Sale, SaleKey};
use crate::domain::tax::PriceMode;

const SEED: u128 = 1_000;

fn settings(price_mode: PriceMode) -> LaneSettings {
    LaneSettings {
        currency: Currency::EUR,
        price_mode,
        receipt_header: vec!["Shop".to_owned()],
        receipt_footer: Vec::new(),
    }
}

/// A session with its clock and everything it ever asked for.
struct Told {
    session: Session,
    now: Timestamp,
    effects: Vec<Effect>,
}

impl Told {
    fn new() -> Self {
        Self::with(PriceMode::TaxInclusive)
    }

    fn with(price_mode: PriceMode) -> Self {
        Self {
            session: Session::new(settings(price_mode), SEED),
            now: Timestamp(0),
            effects: Vec::new(),
        }
    }

    /// Applies one event and gives back what it asked for.
    fn tell(&mut self, event: Event) -> Vec<Effect> {
        let (session, effects) = self.session.clone().apply(event, self.now);
        self.session = session;
        self.effects.extend(effects.iter().cloned());
        effects
    }

    fn count(&mut self, track: u64, product: &Product) -> Vec<Effect> {
        self.tell(Event::ItemCounted {
            track: TrackKey(track),
            product: Arc::new(product.clone()),
        })
    }

    fn wait(&mut self, ms: i64) -> Vec<Effect> {
        self.now = self.now.plus_ms(ms);
        self.tell(Event::Tick)
    }

    fn state(&self) -> &'static str {
        self.session.state_name()
    }

    fn total(&self) -> Option<i64> {
        self.session.basket().map(|basket| basket.total().minor())
    }

    /// Scans one item and goes as far as the running payment.
    fn pay(&mut self, product: &Product) -> PaymentAttempt {
        self.count(1, product);
        self.tell(Event::ReviewAsked);
        self.tell(Event::PaymentChosen {
            method: PaymentMethod::Card,
        });
        self.attempt().expect("a payment runs")
    }

    fn attempt(&self) -> Option<PaymentAttempt> {
        if let Session::Paying(paying) = &self.session {
            Some(paying.attempt())
        } else {
            None
        }
    }

    fn sales(&self) -> Vec<Sale> {
        self.effects.iter().filter_map(sale_of).cloned().collect()
    }

    fn journal(&self) -> Vec<JournalEntry> {
        self.effects.iter().filter_map(entry_of).cloned().collect()
    }
}

fn sale_of(effect: &Effect) -> Option<&Sale> {
    if let Effect::CommitSale(sale) = effect {
        Some(sale)
    } else {
        None
    }
}

fn entry_of(effect: &Effect) -> Option<&JournalEntry> {
    if let Effect::Journal(entry) = effect {
        Some(entry)
    } else {
        None
    }
}

fn saved_by(effect: &Effect) -> Option<&Basket> {
    if let Effect::SaveBasket(basket) = effect {
        Some(basket)
    } else {
        None
    }
}
