//! What a session asks the outside world to do, and what it wants written into the journal.

use serde::{Deserialize, Serialize};

use crate::domain::basket::Basket;
use crate::domain::codes::Sku;
use crate::domain::line::{LineId, Origin, TrackKey};
use crate::domain::money::Money;
use crate::domain::quantity::Quantity;
use crate::domain::sale::{PaymentMethod, Sale, SaleKey};
use crate::domain::session::event::{HelpReason, PaymentAttempt, VoidReason};

/// Something to be heard and seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Cue {
    /// An item is in the basket.
    Added {
        /// On this line.
        line: LineId,
    },
    /// Something was not clear.
    NotSure,
    /// Something could not be done.
    Wrong,
    /// The sale is complete.
    Paid,
    /// Is anybody there? The basket is about to be cleared.
    StillThere,
}

/// Something that has to happen outside, in the order given.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Start a payment.
    StartPayment {
        /// Number of the attempt, to be given back with every answer.
        attempt: PaymentAttempt,
        /// How much.
        amount: Money,
        /// How.
        method: PaymentMethod,
    },
    /// Ask the terminal to cancel.
    CancelPayment {
        /// Which attempt.
        attempt: PaymentAttempt,
    },
    /// Write the sale down, once, under its key.
    CommitSale(Box<Sale>),
    /// Keep the basket against a power cut.
    SaveBasket(Box<Basket>),
    /// The kept basket is no longer needed.
    ClearSavedBasket,
    /// Make something heard and seen.
    Announce(Cue),
    /// Call an attendant.
    CallAttendant {
        /// Why.
        reason: HelpReason,
    },
    /// Ask for the weight of something the camera counted.
    AskWeight {
        /// Its track.
        track: TrackKey,
        /// The product.
        sku: Sku,
    },
    /// Forget all tracks: what lies in view is to be counted anew, under new track numbers.
    ResetTracker,
    /// Append to the journal.
    Journal(JournalEntry),
}

/// What the journal keeps. Replaying the entries of one key gives exactly the lines of its basket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum JournalEntry {
    /// A basket was begun.
    BasketStarted {
        /// Key of the sale it may become.
        key: SaleKey,
    },
    /// Something was added, on a new line or on an old one.
    LineAdded {
        /// Key of the basket.
        key: SaleKey,
        /// The line.
        line: LineId,
        /// The product.
        sku: Sku,
        /// How much was added.
        quantity: Quantity,
        /// What the whole line costs now.
        amount: Money,
        /// How it was entered.
        origin: Origin,
    },
    /// The number of pieces was set.
    QuantityChanged {
        /// Key of the basket.
        key: SaleKey,
        /// The line.
        line: LineId,
        /// Pieces before.
        from: Quantity,
        /// Pieces now.
        to: Quantity,
        /// What the whole line costs now.
        amount: Money,
    },
    /// A line was voided.
    LineVoided {
        /// Key of the basket.
        key: SaleKey,
        /// The line.
        line: LineId,
        /// The product.
        sku: Sku,
        /// What the line had cost.
        amount: Money,
    },
    /// A basket was given up.
    BasketVoided {
        /// Key of the basket.
        key: SaleKey,
        /// Why.
        reason: VoidReason,
        /// What it had cost.
        total: Money,
        /// How many items it had.
        items: u64,
    },
    /// An item was counted while or after its basket was paid, and was not charged.
    ItemNotCharged {
        /// Key of the basket.
        key: SaleKey,
        /// Its track.
        track: TrackKey,
        /// The product.
        sku: Sku,
    },
    /// An item that should have been weighed was given up.
    WeighingDeclined {
        /// Key of the basket.
        key: SaleKey,
        /// Its track.
        track: TrackKey,
        /// The product.
        sku: Sku,
    },
    /// A payment was begun.
    PaymentStarted {
        /// Key of the basket.
        key: SaleKey,
        /// Number of the attempt.
        attempt: PaymentAttempt,
        /// How much.
        amount: Money,
        /// How.
        method: PaymentMethod,
    },
    /// A payment ended.
    PaymentEnded {
        /// Key of the basket.
        key: SaleKey,
        /// Number of the attempt.
        attempt: PaymentAttempt,
        /// How.
        outcome: PaymentOutcome,
    },
    /// A terminal answered an attempt that was over; somebody has to look whether money moved.
    LateApproval {
        /// Number of the attempt.
        attempt: PaymentAttempt,
        /// What the terminal noted.
        reference: String,
    },
    /// A paid sale could not be written down yet.
    CommitFailed {
        /// Key of the sale.
        key: SaleKey,
        /// What the store said.
        reason: String,
    },
    /// An attendant was called.
    AttendantCalled {
        /// Key of the basket, when there is one.
        key: Option<SaleKey>,
        /// Why.
        reason: HelpReason,
    },
    /// An attendant has helped.
    AttendantDone {
        /// Key of the basket, when there is one.
        key: Option<SaleKey>,
        /// With what.
        reason: HelpReason,
    },
    /// An interrupted basket was taken up again.
    BasketResumed {
        /// Key of the basket.
        key: SaleKey,
        /// What it costs.
        total: Money,
    },
}

/// How a payment ended.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaymentOutcome {
    /// The money moved.
    Approved {
        /// What the terminal noted.
        reference: String,
    },
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

impl JournalEntry {
    /// The word by which the journal is searched; the same as the tag in JSON.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::BasketStarted { .. } => "basket_started",
            Self::LineAdded { .. } => "line_added",
            Self::QuantityChanged { .. } => "quantity_changed",
            Self::LineVoided { .. } => "line_voided",
            Self::BasketVoided { .. } => "basket_voided",
            Self::ItemNotCharged { .. } => "item_not_charged",
            Self::WeighingDeclined { .. } => "weighing_declined",
            Self::PaymentStarted { .. } => "payment_started",
            Self::PaymentEnded { .. } => "payment_ended",
            Self::LateApproval { .. } => "late_approval",
            Self::CommitFailed { .. } => "commit_failed",
            Self::AttendantCalled { .. } => "attendant_called",
            Self::AttendantDone { .. } => "attendant_done",
            Self::BasketResumed { .. } => "basket_resumed",
        }
    }

    /// The basket or sale that the entry is about.
    #[must_use]
    pub fn key(&self) -> Option<SaleKey> {
        match self {
            Self::BasketStarted { key }
            | Self::LineAdded { key, .. }
            | Self::QuantityChanged { key, .. }
            | Self::LineVoided { key, .. }
            | Self::BasketVoided { key, .. }
            | Self::ItemNotCharged { key, .. }
            | Self::WeighingDeclined { key, .. }
            | Self::PaymentStarted { key, .. }
            | Self::PaymentEnded { key, .. }
            | Self::CommitFailed { key, .. }
            | Self::BasketResumed { key, .. } => Some(*key),
            Self::AttendantCalled { key, .. } | Self::AttendantDone { key, .. } => *key,
            Self::LateApproval { .. } => None,
        }
    }

    /// The amount that reports add up, where the entry has one.
    #[must_use]
    pub fn amount(&self) -> Option<Money> {
        match self {
            Self::LineAdded { amount, .. }
            | Self::QuantityChanged { amount, .. }
            | Self::LineVoided { amount, .. }
            | Self::PaymentStarted { amount, .. } => Some(*amount),
            Self::BasketVoided { total, .. } | Self::BasketResumed { total, .. } => Some(*total),
            Self::BasketStarted { .. }
            | Self::ItemNotCharged { .. }
            | Self::WeighingDeclined { .. }
            | Self::PaymentEnded { .. }
            | Self::LateApproval { .. }
            | Self::CommitFailed { .. }
            | Self::AttendantCalled { .. }
            | Self::AttendantDone { .. } => None,
        }
    }
}
