//! The basket: lines, what they add up to, and which camera tracks were charged.
//!
//! Invariants: a change either happens whole or not at all; lines are voided, never removed; the cached
//! totals are those of the lines that are not voided; a track is charged at most once, also after its line
//! was voided; no amount is negative.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::domain::codes::Sku;
use crate::domain::line::{Line, LineId, Origin, TrackKey};
use crate::domain::money::{Currency, Money, MoneyError};
use crate::domain::product::Product;
use crate::domain::quantity::{MAX_COUNT, MAX_GRAMS, Quantity, Unit, net_grams};
use crate::domain::sale::{Paid, SaleKey};
use crate::domain::tax::{PriceMode, Totals};
use crate::domain::time::Timestamp;

/// Why a change of the basket was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BasketError {
    /// The amount cannot be computed exactly.
    #[error(transparent)]
    Money(#[from] MoneyError),
    /// The track is on a line already, or was voided.
    #[error("this item was counted before")]
    TrackCharged {
        /// The track.
        track: TrackKey,
    },
    /// No such line, or it is voided.
    #[error("there is no line {} to change", line.0)]
    UnknownLine {
        /// The line.
        line: LineId,
    },
    /// Pieces of something sold by weight, or a weight of something sold by the piece.
    #[error("{sku} is sold by the {}: enter that", unit.code())]
    WrongUnit {
        /// The product.
        sku: Sku,
        /// What it is sold by.
        unit: Unit,
    },
    /// No pieces, too many, or a weight that is not above the tare or too heavy.
    #[error("{quantity} is not a quantity that can be sold: check it")]
    BadQuantity {
        /// What was entered.
        quantity: Quantity,
    },
    /// A price below zero.
    #[error("the price of {sku} is negative: correct it in the catalog")]
    NegativePrice {
        /// The product.
        sku: Sku,
    },
    /// Taken off sale.
    #[error("{sku} is not sold at present")]
    NotSold {
        /// The product.
        sku: Sku,
    },
    /// A saved basket that does not add up.
    #[error("the saved basket does not add up: start a new one")]
    Inconsistent,
}

/// Something the camera counted that has to be put on the scale first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unweighed {
    /// The track.
    pub track: TrackKey,
    /// The product.
    pub sku: Sku,
    /// Its name.
    pub name: String,
}

/// What one visit has gathered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "SavedBasket", into = "SavedBasket")]
pub struct Basket {
    saved: SavedBasket,
    totals: Totals,
}

/// The part of a basket that is written down; the totals are recomputed when it is read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct SavedBasket {
    key: SaleKey,
    started_at: Timestamp,
    currency: Currency,
    price_mode: PriceMode,
    lines: Vec<Line>,
    next_line: u64,
    charged: BTreeSet<TrackKey>,
    unweighed: Vec<Unweighed>,
    age_cleared: u8,
    paid: Option<Paid>,
}

impl Basket {
    /// An empty basket.
    #[must_use]
    pub fn new(key: SaleKey, started_at: Timestamp, currency: Currency, price_mode: PriceMode) -> Self {
        let saved = SavedBasket {
            key,
            started_at,
            currency,
            price_mode,
            lines: Vec::new(),
            next_line: 1,
            charged: BTreeSet::new(),
            unweighed: Vec::new(),
            age_cleared: 0,
            paid: None,
        };
        Self {
            saved,
            totals: Totals::zero(currency),
        }
    }

    /// The key under which this basket is sold, once.
    #[must_use]
    pub fn key(&self) -> SaleKey {
        self.saved.key
    }

    /// When the visit began.
    #[must_use]
    pub fn started_at(&self) -> Timestamp {
        self.saved.started_at
    }

    /// Currency of all amounts.
    #[must_use]
    pub fn currency(&self) -> Currency {
        self.saved.currency
    }

    /// Whether prices include tax.
    #[must_use]
    pub fn price_mode(&self) -> PriceMode {
        self.saved.price_mode
    }

    /// All lines in the order they were added, voided ones too.
    #[must_use]
    pub fn lines(&self) -> &[Line] {
        &self.saved.lines
    }

    /// The lines that are sold.
    pub fn live_lines(&self) -> impl DoubleEndedIterator<Item = &Line> {
        self.saved.lines.iter().filter(|line| !line.voided)
    }

    /// A line by its number, voided or not.
    #[must_use]
    pub fn line(&self, id: LineId) -> Option<&Line> {
        self.saved.lines.iter().find(|line| line.id == id)
    }

    /// Whether nothing in it is sold.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.live_lines().next().is_none()
    }

    /// How many items are in it: pieces, and one for each weighed line.
    #[must_use]
    pub fn item_count(&self) -> u64 {
        self.live_lines()
            .map(|line| match line.quantity {
                Quantity::Count(count) => u64::from(count),
                Quantity::Weight { .. } => 1,
            })
            .sum()
    }

    /// What is to be paid.
    #[must_use]
    pub fn total(&self) -> Money {
        self.totals.total
    }

    /// Sums and the tax table.
    #[must_use]
    pub fn totals(&self) -> &Totals {
        &self.totals
    }

    /// Whether a track may not be charged any more.
    #[must_use]
    pub fn has_charged(&self, track: TrackKey) -> bool {
        self.saved.charged.contains(&track)
    }

    /// Every track that was charged, also on lines voided since.
    #[must_use]
    pub fn charged_tracks(&self) -> &BTreeSet<TrackKey> {
        &self.saved.charged
    }

    /// What still has to be weighed.
    #[must_use]
    pub fn unweighed(&self) -> &[Unweighed] {
        &self.saved.unweighed
    }

    /// The age that an attendant still has to check, when anything in the basket asks for one.
    #[must_use]
    pub fn age_to_check(&self) -> Option<u8> {
        self.live_lines()
            .filter_map(|line| line.age_limit)
            .max()
            .filter(|age| *age > self.saved.age_cleared)
    }

    /// The age that an attendant has checked; 0 when none was asked for.
    #[must_use]
    pub fn age_cleared(&self) -> u8 {
        self.saved.age_cleared
    }

    /// What was paid, once it was and until the sale is written down.
    #[must_use]
    pub fn paid(&self) -> Option<&Paid> {
        self.saved.paid.as_ref()
    }

    /// Adds an item. Pieces of a product that has a line with room for them go on that line; everything
    /// weighed gets its own.
    /// A weight is that on the scale; the product's tare is taken off here.
    ///
    /// # Errors
    /// Any [`BasketError`]; the basket is then unchanged.
    pub fn add(
        &mut self,
        product: &Product,
        quantity: Quantity,
        origin: Origin,
        now: Timestamp,
    ) -> Result<LineId, BasketError> {
        if let Some(track) = origin.track().filter(|track| self.has_charged(*track)) {
            return Err(BasketError::TrackCharged { track });
        }
        let quantity = sellable(product, quantity)?;
        let same = self
            .saved
            .lines
            .iter()
            .position(|line| line.holds_same(product) && line.has_room_for(quantity));
        let mut lines = self.saved.lines.clone();
        let id = match (same.and_then(|index| lines.get_mut(index)), quantity) {
            (Some(line), Quantity::Count(more)) => {
                let count = match line.quantity {
                    Quantity::Count(count) => count.saturating_add(more),
                    Quantity::Weight { .. } => more,
                };
                line.recount(count, now)?;
                line.tracks.extend(origin.track());
                line.id
            }
            (_, quantity) => {
                let line = self.new_line(product, quantity, origin, now)?;
                let id = line.id;
                lines.push(line);
                id
            }
        };
        self.replace_lines(lines)?;
        self.saved.next_line = self.saved.next_line.max(id.0 + 1);
        if let Some(track) = origin.track() {
            self.saved.charged.insert(track);
            self.saved.unweighed.retain(|waiting| waiting.track != track);
        }
        Ok(id)
    }

    /// Sets how many pieces a line holds; none voids it.
    ///
    /// # Errors
    /// No such line, a weighed one, or too many pieces; the basket is then unchanged.
    pub fn set_count(&mut self, id: LineId, count: u32, now: Timestamp) -> Result<(), BasketError> {
        if count == 0 {
            return self.void_line(id, now);
        }
        self.change_line(id, |line| line.recount(count, now))
    }

    /// Voids a line. Its tracks stay charged, so that what was taken off does not come back by itself.
    ///
    /// # Errors
    /// No such line, or it is voided already.
    pub fn void_line(&mut self, id: LineId, now: Timestamp) -> Result<(), BasketError> {
        self.change_line(id, |line| {
            line.voided = true;
            line.changed_at = now;
            Ok(())
        })
    }

    /// Notes that something sold by weight lies in view; false when it was counted or noted before.
    pub(super) fn await_weighing(&mut self, track: TrackKey, product: &Product) -> bool {
        let known = self.has_charged(track) || self.saved.unweighed.iter().any(|u| u.track == track);
        if !known {
            let (sku, name) = (product.sku.clone(), product.name.clone());
            self.saved.unweighed.push(Unweighed { track, sku, name });
        }
        !known
    }

    /// Gives up weighing something; its track counts as charged, so that it is not asked for again.
    pub(super) fn decline_weighing(&mut self, track: TrackKey) -> Option<Unweighed> {
        let index = self
            .saved
            .unweighed
            .iter()
            .position(|waiting| waiting.track == track)?;
        self.saved.charged.insert(track);
        Some(self.saved.unweighed.remove(index))
    }

    /// Notes that an attendant checked an age.
    pub(super) fn clear_age(&mut self, age: u8) {
        self.saved.age_cleared = self.saved.age_cleared.max(age);
    }

    /// Notes what was paid, so that a restart writes the sale down instead of asking for money again.
    pub(super) fn mark_paid(&mut self, paid: Paid) {
        self.saved.paid = Some(paid);
    }

    /// Takes up a basket of an earlier run: its track numbers mean nothing any more, and whatever lies in
    /// view now (`in_view`) is taken to be part of it.
    pub(super) fn resume(&mut self, in_view: BTreeSet<TrackKey>) {
        self.saved.charged = in_view;
        self.saved.unweighed.clear();
        for line in &mut self.saved.lines {
            line.tracks.clear();
        }
    }

    fn new_line(
        &self,
        product: &Product,
        quantity: Quantity,
        origin: Origin,
        now: Timestamp,
    ) -> Result<Line, BasketError> {
        Ok(Line {
            id: LineId(self.saved.next_line),
            sku: product.sku.clone(),
            name: product.name.clone(),
            unit: product.unit,
            unit_price: product.price,
            tax: product.tax.clone(),
            age_limit: product.age_limit,
            quantity,
            tare_grams: if product.unit == Unit::Kilogram {
                product.tare_grams
            } else {
                0
            },
            amount: quantity.amount(product.price)?,
            origin,
            tracks: origin.track().into_iter().collect(),
            voided: false,
            changed_at: now,
        })
    }

    fn change_line(
        &mut self,
        id: LineId,
        change: impl FnOnce(&mut Line) -> Result<(), BasketError>,
    ) -> Result<(), BasketError> {
        let mut lines = self.saved.lines.clone();
        let line = lines.iter_mut().find(|line| line.id == id && !line.voided);
        change(line.ok_or(BasketError::UnknownLine { line: id })?)?;
        self.replace_lines(lines)
    }

    /// The one door through which lines change: only lines that add up get in.
    fn replace_lines(&mut self, lines: Vec<Line>) -> Result<(), BasketError> {
        let live = lines
            .iter()
            .filter(|line| !line.voided)
            .map(|line| (&line.tax, line.amount));
        self.totals = Totals::of(self.saved.currency, self.saved.price_mode, live)?;
        self.saved.lines = lines;
        Ok(())
    }
}

impl Line {
    fn recount(&mut self, count: u32, now: Timestamp) -> Result<(), BasketError> {
        let quantity = Quantity::Count(count);
        if self.unit != Unit::Each {
            return Err(BasketError::WrongUnit {
                sku: self.sku.clone(),
                unit: self.unit,
            });
        }
        if count > MAX_COUNT {
            return Err(BasketError::BadQuantity { quantity });
        }
        self.amount = quantity.amount(self.unit_price)?;
        self.quantity = quantity;
        self.changed_at = now;
        Ok(())
    }
}

/// The net quantity to sell, or why it cannot be sold.
fn sellable(product: &Product, quantity: Quantity) -> Result<Quantity, BasketError> {
    if product.price.is_negative() {
        return Err(BasketError::NegativePrice {
            sku: product.sku.clone(),
        });
    }
    if !product.active {
        return Err(BasketError::NotSold {
            sku: product.sku.clone(),
        });
    }
    if quantity.unit() != product.unit {
        return Err(BasketError::WrongUnit {
            sku: product.sku.clone(),
            unit: product.unit,
        });
    }
    match quantity {
        Quantity::Count(count) => (1..=MAX_COUNT).contains(&count).then_some(quantity),
        Quantity::Weight { grams } => net_grams(grams, product.tare_grams)
            .filter(|_| grams <= MAX_GRAMS)
            .map(|grams| Quantity::Weight { grams }),
    }
    .ok_or(BasketError::BadQuantity { quantity })
}

impl From<Basket> for SavedBasket {
    fn from(basket: Basket) -> Self {
        basket.saved
    }
}

impl TryFrom<SavedBasket> for Basket {
    type Error = BasketError;

    /// Reads a basket back, checking every amount again: a file may have been damaged or edited.
    fn try_from(mut saved: SavedBasket) -> Result<Self, BasketError> {
        let lines = std::mem::take(&mut saved.lines);
        let mut ids = BTreeSet::new();
        let mut basket = Self {
            totals: Totals::zero(saved.currency),
            saved,
        };
        for line in &lines {
            let adds_up = line.quantity.unit() == line.unit
                && !line.unit_price.is_negative()
                && line.quantity.amount(line.unit_price)? == line.amount
                && line.id.0 < basket.saved.next_line
                && ids.insert(line.id);
            if !adds_up {
                return Err(BasketError::Inconsistent);
            }
        }
        basket.replace_lines(lines)?;
        let paid_in_full = basket.paid().is_none_or(|paid| paid.covers(basket.total()));
        if paid_in_full {
            Ok(basket)
        } else {
            Err(BasketError::Inconsistent)
        }
    }
}

#[cfg(test)]
mod tests;
