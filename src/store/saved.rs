//! The basket of the visit that is going on, kept against a power cut.

use rusqlite::{Connection, OptionalExtension as _, params};

use crate::domain::basket::Basket;
use crate::domain::sale::SaleKey;
use crate::domain::time::Timestamp;
use crate::store::Store;
use crate::store::error::{Fault, StoreError};

impl Store {
    /// Keeps a basket in place of the one kept before.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub fn save_basket(&self, basket: &Basket, now: Timestamp) -> Result<(), StoreError> {
        self.write("saving the basket", |tx| {
            tx.prepare_cached(
                "INSERT OR REPLACE INTO saved_basket (slot, sale_key, body, saved_at) VALUES (1, ?1, ?2, ?3)",
            )?
            .execute(params![
                basket.key().to_string(),
                serde_json::to_string(basket)?,
                now.0
            ])?;
            Ok(())
        })
    }

    /// The basket of a visit that was interrupted, and when it was kept. One whose sale was written down
    /// is not offered again.
    ///
    /// # Errors
    /// [`StoreError::BadRow`] for a basket that does not add up, or any other [`StoreError`].
    pub fn saved_basket(&self) -> Result<Option<(Basket, Timestamp)>, StoreError> {
        self.read("reading the saved basket", |conn| {
            let found: Option<(String, i64)> = conn
                .prepare_cached(
                    "SELECT body, saved_at FROM saved_basket
                     WHERE NOT EXISTS (SELECT 1 FROM sales WHERE sales.sale_key = saved_basket.sale_key)",
                )?
                .query_row([], |row| Ok((row.get(0)?, row.get(1)?)))
                .optional()?;
            found
                .map(|(body, at)| Ok((serde_json::from_str(&body)?, Timestamp(at))))
                .transpose()
        })
    }

    /// Forgets the kept basket.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub fn clear_saved_basket(&self) -> Result<(), StoreError> {
        self.write("forgetting the saved basket", |tx| {
            tx.execute("DELETE FROM saved_basket", [])?;
            Ok(())
        })
    }
}

/// Forgets the kept basket when it is the one that has become a sale.
pub(super) fn forget(conn: &Connection, key: SaleKey) -> Result<(), Fault> {
    conn.prepare_cached("DELETE FROM saved_basket WHERE sale_key = ?1")?
        .execute([key.to_string()])?;
    Ok(())
}
