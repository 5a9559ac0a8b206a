//! One line of a basket: a product as it was sold, how much of it, and what that costs.
//!
//! A line carries its own copy of name, price and tax, so that a later price change never rewrites it.

use serde::{Deserialize, Serialize};

use crate::domain::codes::Sku;
use crate::domain::money::Money;
use crate::domain::product::Product;
use crate::domain::quantity::{MAX_COUNT, Quantity, Unit};
use crate::domain::tax::TaxRate;
use crate::domain::time::Timestamp;

/// Number of a line, unique within its basket and never reused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct LineId(pub u64);

/// Number of a camera track, unique within one run of the lane.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct TrackKey(pub u64);

/// How an item came into the basket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// Seen by the camera.
    Camera {
        /// The track that was counted.
        track: TrackKey,
    },
    /// Chosen from the search.
    Search,
    /// Typed as a PLU number.
    Plu,
    /// Scanned or typed as a barcode.
    Barcode,
}

impl Origin {
    /// The track, when the camera saw the item.
    #[must_use]
    pub fn track(self) -> Option<TrackKey> {
        match self {
            Self::Camera { track } => Some(track),
            Self::Search | Self::Plu | Self::Barcode => None,
        }
    }

    /// The word used in files.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Camera { .. } => "camera",
            Self::Search => "search",
            Self::Plu => "plu",
            Self::Barcode => "barcode",
        }
    }
}

/// One line. Only a basket makes and changes lines; everybody else reads them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Number within the basket.
    pub id: LineId,
    /// SKU of the product.
    pub sku: Sku,
    /// Name in the default language when it was added.
    pub name: String,
    /// What the unit price is for.
    pub unit: Unit,
    /// Price per piece or kilogram when it was added.
    pub unit_price: Money,
    /// Tax rate when it was added.
    pub tax: TaxRate,
    /// Age below which it must not be sold.
    pub age_limit: Option<u8>,
    /// Pieces, or net weight.
    pub quantity: Quantity,
    /// Weight of the packing that was taken off, in grams.
    pub tare_grams: u32,
    /// What the line costs: the one rounded amount that is printed and added up.
    pub amount: Money,
    /// How its first item came in.
    pub origin: Origin,
    /// Every camera track whose item is on this line, in the order they were counted.
    pub tracks: Vec<TrackKey>,
    /// Whether it was removed again; a voided line costs nothing and is not printed.
    pub voided: bool,
    /// When it was last added to or changed, to light up the newest one.
    pub changed_at: Timestamp,
}

impl Line {
    /// Whether one more piece of `product` can be counted on this line.
    #[must_use]
    pub fn holds_same(&self, product: &Product) -> bool {
        !self.voided
            && self.unit == Unit::Each
            && self.sku == product.sku
            && self.unit_price == product.price
            && self.tax == product.tax
    }

    /// Whether `more` can be added without passing [`MAX_COUNT`].
    pub(super) fn has_room_for(&self, more: Quantity) -> bool {
        match (self.quantity, more) {
            (Quantity::Count(count), Quantity::Count(more)) => count.saturating_add(more) <= MAX_COUNT,
            (Quantity::Weight { .. }, _) | (_, Quantity::Weight { .. }) => false,
        }
    }
}
