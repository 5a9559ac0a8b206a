//! What can happen to a session: by the shopper, the camera, the terminal, the store or the clock.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::domain::basket::Basket;
use crate::domain::line::{LineId, Origin, TrackKey};
use crate::domain::product::Product;
use crate::domain::quantity::Quantity;
use crate::domain::sale::{PaymentMethod, SaleKey};

/// Number of an attempt to pay, unique within one run of the lane, so that a late answer is recognised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct PaymentAttempt(pub u64);

/// Where a payment is, in the order it usually goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaymentStage {
    /// The terminal is being reached.
    Connecting,
    /// Present, insert or swipe a card.
    PresentCard,
    /// Enter the PIN.
    EnterPin,
    /// The bank is being asked; from here on nobody but the bank can stop it.
    AskingBank,
    /// The attendant is on the way.
    WaitingForAttendant,
}

impl PaymentStage {
    /// Whether the payment can still be cancelled.
    #[must_use]
    pub fn can_cancel(self) -> bool {
        match self {
            Self::Connecting | Self::PresentCard | Self::EnterPin | Self::WaitingForAttendant => true,
            Self::AskingBank => false,
        }
    }
}

/// Why an attendant is needed.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HelpReason {
    /// The shopper asked.
    Asked,
    /// Something in the basket must not be sold below this age.
    AgeCheck {
        /// Years.
        age: u8,
    },
    /// The camera is gone.
    SourceLost {
        /// What it said.
        reason: String,
    },
    /// The detector cannot work.
    DetectorLost {
        /// What it said.
        reason: String,
    },
    /// A part of the program ended.
    WorkerDied {
        /// Its name.
        name: String,
        /// What it said.
        reason: String,
    },
    /// The paid sale could not be written down.
    CommitFailed {
        /// What the store said.
        reason: String,
    },
    /// A payment was approved after it had been given up: somebody has to look whether money moved.
    PaymentUnclear {
        /// What the terminal noted.
        reference: String,
    },
    /// Something else that the store could not do.
    StoreFailed {
        /// What it said.
        reason: String,
    },
}

/// Why a basket was given up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VoidReason {
    /// The shopper cancelled.
    Shopper,
    /// An attendant cancelled.
    Attendant,
    /// Nobody answered.
    TimedOut,
    /// An interrupted basket was not taken up again.
    RecoveryDeclined,
}

/// One thing that happened. An event that makes no sense in the present state leaves the session as it is.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// Somebody touched the attract screen.
    Started,
    /// The camera counted an item.
    ItemCounted {
        /// Its track.
        track: TrackKey,
        /// What its class stands for.
        product: Arc<Product>,
    },
    /// Somebody entered an item by search, PLU or barcode, or weighed one that the camera saw.
    ItemAdded {
        /// The product.
        product: Arc<Product>,
        /// Pieces, or the weight on the scale with its packing.
        quantity: Quantity,
        /// How it was entered.
        origin: Origin,
    },
    /// An item that had to be weighed is not wanted after all.
    WeighingDeclined {
        /// Its track.
        track: TrackKey,
    },
    /// Plus or minus on a line.
    QuantityChanged {
        /// The line.
        line: LineId,
        /// New number of pieces; 0 voids the line.
        count: u32,
    },
    /// A line was taken out.
    LineRemoved {
        /// The line.
        line: LineId,
    },
    /// The whole basket was given up.
    BasketVoided {
        /// Why.
        reason: VoidReason,
    },
    /// "Pay" on the scanning screen.
    ReviewAsked,
    /// "Back" on the review screen.
    BackToScanning,
    /// A way to pay was chosen.
    PaymentChosen {
        /// The way.
        method: PaymentMethod,
    },
    /// The terminal says where it is.
    PaymentProgress {
        /// Which attempt.
        attempt: PaymentAttempt,
        /// Where it is.
        stage: PaymentStage,
    },
    /// The payment went through.
    PaymentApproved {
        /// Which attempt.
        attempt: PaymentAttempt,
        /// What the terminal noted.
        reference: String,
    },
    /// The payment was refused.
    PaymentDeclined {
        /// Which attempt.
        attempt: PaymentAttempt,
        /// Why.
        reason: String,
    },
    /// The terminal gave up waiting.
    PaymentTimedOut {
        /// Which attempt.
        attempt: PaymentAttempt,
    },
    /// "Cancel" during a payment.
    PaymentCancelAsked,
    /// The terminal has cancelled.
    PaymentCancelled {
        /// Which attempt.
        attempt: PaymentAttempt,
    },
    /// The sale is written down.
    SaleCommitted {
        /// Its key.
        key: SaleKey,
        /// The number on the receipt.
        receipt_number: u64,
    },
    /// The sale could not be written down.
    CommitFailed {
        /// Its key.
        key: SaleKey,
        /// What the store said.
        reason: String,
    },
    /// Write the sale down again.
    CommitRetried,
    /// "Done" on the receipt.
    ReceiptDismissed,
    /// An attendant is needed.
    HelpAsked {
        /// Why.
        reason: HelpReason,
    },
    /// An attendant has helped; for an age check this says that the age is right.
    HelpResolved,
    /// Any touch.
    TouchSeen,
    /// "I need more time".
    MoreTimeAsked,
    /// Time went by.
    Tick,
    /// The store holds a basket that was interrupted.
    Recovered {
        /// The basket.
        basket: Box<Basket>,
    },
    /// Go on with the interrupted basket.
    RecoveryAccepted,
    /// Do not go on with it.
    RecoveryDeclined,
}
