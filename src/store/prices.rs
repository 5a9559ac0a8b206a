//! Prices over time: what holds, what will hold, what was taken back, and many changed at once.
//!
//! The history only grows. A planned price that is taken back before it holds keeps its row.

use rusqlite::{Connection, Transaction, params};

use crate::domain::catalog::CatalogError;
use crate::domain::codes::Sku;
use crate::domain::money::Money;
use crate::domain::product::Product;
use crate::domain::repricing::PriceChange;
use crate::domain::time::Timestamp;
use crate::store::Store;
use crate::store::audit::{self, By, Change, record_change};
use crate::store::edits;
use crate::store::error::{Fault, StoreError};
use crate::store::products::{exists, read_product};
use crate::store::rows::{currency, get, money, sku, time};

/// A price and the time from which it holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PriceEntry {
    /// From when on.
    pub effective_from: Timestamp,
    /// The price.
    pub price: Money,
    /// When it was entered.
    pub recorded_at: Timestamp,
}

/// A price that does not hold yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PendingPrice {
    /// Number, to take it back by.
    pub id: i64,
    /// Which product.
    pub sku: Sku,
    /// Its name.
    pub name: String,
    /// From when on.
    pub effective_from: Timestamp,
    /// The price.
    pub price: Money,
    /// When it was entered.
    pub recorded_at: Timestamp,
}

impl Store {
    /// Enters a price that holds from `effective_from` on.
    ///
    /// # Errors
    /// No such product, a negative price, or any other [`StoreError`].
    pub fn set_price(
        &self,
        sku: &Sku,
        price: Money,
        effective_from: Timestamp,
        by: By<'_>,
    ) -> Result<(), StoreError> {
        self.write("saving a price", |tx| {
            let edited = enter(tx, sku, (price, effective_from), ("", by))?;
            edits::remember(tx, "price", edited.as_slice(), by)
        })
    }

    /// Enters many prices that hold from `effective_from` on, all of them or none.
    ///
    /// # Errors
    /// [`StoreError::PreviewStale`] when a price is no longer what the preview says was there before,
    /// [`StoreError::ReasonMissing`], an unknown product, a negative price, or any other [`StoreError`].
    pub fn apply_prices(
        &self,
        changes: &[PriceChange],
        effective_from: Timestamp,
        reason: &str,
        by: By<'_>,
    ) -> Result<(), StoreError> {
        let reason = audit::reason(reason, "a change of many prices")?;
        self.write("saving prices", |tx| {
            let mut edited = Vec::new();
            for change in changes {
                let unknown = || StoreError::UnknownProduct {
                    sku: change.sku.to_string(),
                };
                let now = read_product(tx, &change.sku, by.1)?.ok_or_else(unknown)?;
                if now.price != change.before {
                    return Err(StoreError::PreviewStale {
                        sku: change.sku.clone(),
                    }
                    .into());
                }
                edited.extend(enter(
                    tx,
                    &change.sku,
                    (change.after, effective_from),
                    (&reason, by),
                )?);
            }
            edits::remember(tx, "prices", &edited, by)
        })
    }

    /// The price of a product at a time; none when it had none yet.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub fn price_at(&self, sku: &Sku, at: Timestamp) -> Result<Option<Money>, StoreError> {
        let history = self.price_history(sku)?;
        Ok(history
            .into_iter()
            .rfind(|entry| entry.effective_from <= at)
            .map(|entry| entry.price))
    }

    /// Every price a product had, has and will have, in the order in which they hold; without those that were
    /// taken back.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub fn price_history(&self, sku: &Sku) -> Result<Vec<PriceEntry>, StoreError> {
        self.read("reading prices", |conn| {
            let mut query = conn.prepare_cached(
                "SELECT minor, currency, effective_from, recorded_at FROM prices
                 WHERE sku = ?1 AND NOT EXISTS (SELECT 1 FROM price_cancellations WHERE price_id = prices.id)
                 ORDER BY effective_from, id",
            )?;
            query
                .query_and_then([sku.as_str()], |row| {
                    Ok(PriceEntry {
                        effective_from: time(row, "effective_from")?,
                        price: money(row, "minor", currency(row)?)?,
                        recorded_at: time(row, "recorded_at")?,
                    })
                })?
                .collect()
        })
    }

    /// All prices that do not hold yet, the next first.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub fn pending_prices(&self, now: Timestamp) -> Result<Vec<PendingPrice>, StoreError> {
        self.read("reading prices", |conn| pending(conn, now))
    }

    /// When the next planned price begins to hold: the catalog in use has to be read again then.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub fn next_price_change(&self, now: Timestamp) -> Result<Option<Timestamp>, StoreError> {
        Ok(self.pending_prices(now)?.first().map(|next| next.effective_from))
    }

    /// Takes back a price that does not hold yet.
    ///
    /// # Errors
    /// [`StoreError::UnknownPrice`] when there is none or it holds already, [`StoreError::ReasonMissing`], or
    /// any other [`StoreError`].
    pub fn cancel_price(&self, id: i64, reason: &str, (actor, now): By<'_>) -> Result<(), StoreError> {
        let reason = audit::reason(reason, "taking a price back")?;
        self.write("taking a price back", |tx| {
            let found = pending(tx, now)?.into_iter().find(|price| price.id == id);
            let price = found.ok_or(StoreError::UnknownPrice)?;
            tx.execute(
                "INSERT INTO price_cancellations (price_id, at, actor, reason) VALUES (?1, ?2, ?3, ?4)",
                params![id, now.0, actor, reason],
            )?;
            let text = format!("{} from {}", price.price, price.effective_from.to_utc());
            let change = Change {
                action: "price",
                subject: price.sku.as_str(),
                detail: "planned price taken back",
                before: Some(&text),
                after: None,
                reason: Some(&reason),
            };
            record_change(tx, (actor, now), &change)
        })
    }
}

fn pending(conn: &Connection, now: Timestamp) -> Result<Vec<PendingPrice>, Fault> {
    let mut query = conn.prepare_cached(
        "SELECT id, sku, name, minor, currency, effective_from, recorded_at
         FROM prices JOIN products USING (sku)
         WHERE effective_from > ?1
           AND NOT EXISTS (SELECT 1 FROM price_cancellations WHERE price_id = prices.id)
         ORDER BY effective_from, id",
    )?;
    query
        .query_and_then([now.0], |row| {
            Ok(PendingPrice {
                id: get(row, "id")?,
                sku: sku(row, "sku")?,
                name: get(row, "name")?,
                effective_from: time(row, "effective_from")?,
                price: money(row, "minor", currency(row)?)?,
                recorded_at: time(row, "recorded_at")?,
            })
        })?
        .collect()
}

/// Enters one price; what it changed already, to be undone.
fn enter(
    tx: &Transaction<'_>,
    sku: &Sku,
    (price, effective_from): (Money, Timestamp),
    (reason, by): (&str, By<'_>),
) -> Result<Option<(Option<Product>, Product)>, Fault> {
    if price.is_negative() {
        let sku = sku.clone();
        return Err(StoreError::from(CatalogError::NegativePrice { sku }).into());
    }
    if !exists(tx, sku)? {
        return Err(StoreError::UnknownProduct { sku: sku.to_string() }.into());
    }
    let old = read_product(tx, sku, by.1)?;
    write_price(tx, sku, price, effective_from, by.1)?;
    let before = old.as_ref().map(|old| old.price.to_string());
    let change = Change {
        action: "price",
        subject: sku.as_str(),
        detail: &format!("price {price} from {}", effective_from.to_utc()),
        before: before.as_deref(),
        after: Some(&price.to_string()),
        reason: Some(reason).filter(|reason| !reason.is_empty()),
    };
    record_change(tx, by, &change)?;
    let new = read_product(tx, sku, by.1)?;
    Ok(match (old, new) {
        (Some(old), Some(new)) if old != new => Some((Some(old), new)),
        (Some(_) | None, _) => None,
    })
}

/// Appends to the history.
pub(super) fn write_price(
    tx: &Transaction<'_>,
    sku: &Sku,
    price: Money,
    effective_from: Timestamp,
    now: Timestamp,
) -> Result<(), Fault> {
    tx.prepare_cached(
        "INSERT INTO prices (sku, minor, currency, effective_from, recorded_at) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?
    .execute(params![
        sku.as_str(),
        price.minor(),
        price.currency().code(),
        effective_from.0,
        now.0
    ])?;
    Ok(())
}
