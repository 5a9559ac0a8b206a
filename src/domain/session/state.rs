//! The data inside the states of a session.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::domain::basket::Basket;
use crate::domain::line::TrackKey;
use crate::domain::money::Currency;
use crate::domain::product::Product;
use crate::domain::receipt::Receipt;
use crate::domain::sale::{PaymentMethod, Sale, SaleKey};
use crate::domain::session::event::{HelpReason, PaymentAttempt, PaymentStage};
use crate::domain::tax::PriceMode;
use crate::domain::time::Timestamp;

/// Without a touch for this long, the lane asks whether anybody is there.
pub const IDLE_ASK_MS: i64 = 45_000;
/// So long it waits for an answer before it gives the basket up.
pub const IDLE_ANSWER_MS: i64 = 20_000;
/// So long a receipt stays on the screen.
pub const RECEIPT_MS: i64 = 8_000;

/// What the shop decides, the same for every visit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LaneSettings {
    /// Currency of all prices.
    pub currency: Currency,
    /// Whether prices include tax.
    pub price_mode: PriceMode,
    /// Rows at the head of a receipt.
    pub receipt_header: Vec<String>,
    /// Rows at the foot of a receipt.
    pub receipt_footer: Vec<String>,
}

/// What outlives a visit: settings, number sequences and the tracks of the visit before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lane {
    pub(super) settings: Arc<LaneSettings>,
    next_key: u128,
    next_attempt: u64,
    /// The attempt that was last approved; the terminal may say so twice.
    pub(super) approved: Option<PaymentAttempt>,
    /// Tracks of the last basket, sold or given up: what still lies there is not the next shopper's.
    pub(super) settled: BTreeSet<TrackKey>,
}

impl Lane {
    pub(super) fn new(settings: LaneSettings, seed: u128) -> Self {
        Self {
            settings: Arc::new(settings),
            next_key: seed,
            next_attempt: 1,
            approved: None,
            settled: BTreeSet::new(),
        }
    }

    pub(super) fn new_basket(&mut self, now: Timestamp) -> Basket {
        let key = SaleKey(self.next_key);
        self.next_key = self.next_key.wrapping_add(1);
        Basket::new(key, now, self.settings.currency, self.settings.price_mode)
    }

    pub(super) fn new_attempt(&mut self) -> PaymentAttempt {
        let attempt = PaymentAttempt(self.next_attempt);
        self.next_attempt += 1;
        attempt
    }

    /// Whether an attempt with this number was ever begun.
    pub(super) fn has_begun(&self, attempt: PaymentAttempt) -> bool {
        (1..self.next_attempt).contains(&attempt.0)
    }

    pub(super) fn settle(&mut self, basket: &Basket) {
        self.settled.clone_from(basket.charged_tracks());
        self.settled
            .extend(basket.unweighed().iter().map(|waiting| waiting.track));
    }
}

/// Nobody is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Idle {
    pub(super) lane: Lane,
    pub(super) offer: Option<Box<Offer>>,
}

impl Idle {
    /// The interrupted basket that waits for "go on" or "start anew".
    #[must_use]
    pub fn offered(&self) -> Option<&Basket> {
        self.offer.as_ref().map(|offer| &offer.basket)
    }
}

/// An interrupted basket on offer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Offer {
    pub(super) basket: Basket,
    /// What the camera counted meanwhile: taken to be the items of that basket.
    pub(super) in_view: BTreeSet<TrackKey>,
}

/// When somebody last did something, and when the lane asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Attention {
    last_seen: Timestamp,
    asked_at: Option<Timestamp>,
}

/// What a tick means for a visit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Patience {
    /// Nothing to do.
    Waiting,
    /// The lane asks from now on.
    Asks,
    /// Nobody has answered.
    Over,
}

impl Attention {
    pub(super) fn at(now: Timestamp) -> Self {
        Self {
            last_seen: now,
            asked_at: None,
        }
    }

    /// Time went by. However late a tick comes, the question is always up for its full time: the answer
    /// time counts from when the question was shown, not from when it should have been.
    pub(super) fn tick(&mut self, now: Timestamp) -> Patience {
        let since = self.asked_at.unwrap_or(self.last_seen);
        let Some(waited) = now.checked_since(since) else {
            // The clock was set back: start to wait again rather than for hours.
            *self = Self::at(now);
            return Patience::Waiting;
        };
        match self.asked_at {
            Some(_) if waited >= IDLE_ANSWER_MS => Patience::Over,
            None if waited >= IDLE_ASK_MS => {
                self.asked_at = Some(now);
                Patience::Asks
            }
            Some(_) | None => Patience::Waiting,
        }
    }

    /// Whole seconds left to answer, rounded up, while the question is up.
    pub(super) fn seconds_left(self, now: Timestamp) -> Option<u32> {
        let waited = now.checked_since(self.asked_at?).unwrap_or(0).min(IDLE_ANSWER_MS);
        u32::try_from((IDLE_ANSWER_MS - waited + 999) / 1_000).ok()
    }
}

/// Somebody is there, with a basket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visit {
    pub(super) lane: Lane,
    pub(super) basket: Basket,
    pub(super) attention: Attention,
}

impl Visit {
    /// The basket.
    #[must_use]
    pub fn basket(&self) -> &Basket {
        &self.basket
    }
}

/// Why the last payment did not go through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PaymentNotice {
    /// It was refused.
    Declined {
        /// Why.
        reason: String,
    },
    /// The terminal gave up waiting.
    TimedOut,
    /// It was cancelled.
    Cancelled,
}

/// The list is read once more before paying.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reviewing {
    pub(super) visit: Visit,
    pub(super) notice: Option<PaymentNotice>,
}

impl Reviewing {
    /// The basket.
    #[must_use]
    pub fn basket(&self) -> &Basket {
        &self.visit.basket
    }

    /// Why the last payment did not go through.
    #[must_use]
    pub fn notice(&self) -> Option<&PaymentNotice> {
        self.notice.as_ref()
    }
}

/// A payment runs. The basket does not change meanwhile; what the camera counts is parked.
#[derive(Debug, Clone, PartialEq)]
pub struct Paying {
    pub(super) visit: Visit,
    pub(super) attempt: PaymentAttempt,
    pub(super) method: PaymentMethod,
    pub(super) stage: PaymentStage,
    pub(super) cancelling: bool,
    pub(super) parked: Vec<Parked>,
}

/// An item that was counted while a payment ran.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Parked {
    pub(super) track: TrackKey,
    pub(super) product: Arc<Product>,
}

impl Paying {
    /// The basket that is being paid.
    #[must_use]
    pub fn basket(&self) -> &Basket {
        &self.visit.basket
    }

    /// Number of the attempt.
    #[must_use]
    pub fn attempt(&self) -> PaymentAttempt {
        self.attempt
    }

    /// How it is paid.
    #[must_use]
    pub fn method(&self) -> PaymentMethod {
        self.method
    }

    /// Where the payment is.
    #[must_use]
    pub fn stage(&self) -> PaymentStage {
        self.stage
    }

    /// Whether "Cancel" would do something now.
    #[must_use]
    pub fn can_cancel(&self) -> bool {
        !self.cancelling && self.stage.can_cancel()
    }

    /// Whether the terminal has been asked to cancel and has not answered.
    #[must_use]
    pub fn is_cancelling(&self) -> bool {
        self.cancelling
    }
}

/// The basket is paid and being written down.
#[derive(Debug, Clone, PartialEq)]
pub struct Committing {
    pub(super) lane: Lane,
    pub(super) basket: Basket,
    pub(super) sale: Box<Sale>,
    pub(super) parked: Vec<Parked>,
}

impl Committing {
    /// The basket that was paid.
    #[must_use]
    pub fn basket(&self) -> &Basket {
        &self.basket
    }

    /// The sale as it is written down.
    #[must_use]
    pub fn sale(&self) -> &Sale {
        &self.sale
    }
}

/// The sale is complete.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    pub(super) lane: Lane,
    pub(super) receipt: Box<Receipt>,
    pub(super) since: Timestamp,
}

impl Done {
    /// The receipt.
    #[must_use]
    pub fn receipt(&self) -> &Receipt {
        &self.receipt
    }
}

/// An attendant is needed; everything waits, nothing is lost.
#[derive(Debug, Clone, PartialEq)]
pub struct NeedsAssistance {
    pub(super) reason: HelpReason,
    pub(super) since: Timestamp,
    pub(super) resume: Resume,
}

/// Where the session goes on after help.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Resume {
    Idle(Idle),
    Scanning(Box<Visit>),
    Reviewing(Box<Reviewing>),
    Committing(Box<Committing>),
}

impl NeedsAssistance {
    /// Why.
    #[must_use]
    pub fn reason(&self) -> &HelpReason {
        &self.reason
    }

    /// Since when.
    #[must_use]
    pub fn since(&self) -> Timestamp {
        self.since
    }

    /// The basket that waits.
    #[must_use]
    pub fn basket(&self) -> Option<&Basket> {
        match &self.resume {
            Resume::Idle(_) => None,
            Resume::Scanning(visit) => Some(&visit.basket),
            Resume::Reviewing(reviewing) => Some(&reviewing.visit.basket),
            Resume::Committing(committing) => Some(&committing.basket),
        }
    }

    /// Whether the basket is paid already and only has to be written down.
    #[must_use]
    pub fn is_paid(&self) -> bool {
        matches!(self.resume, Resume::Committing(_))
    }
}
