//! Filling a database quickly, so that a shop of full size can be measured.
//!
//! Only for databases that can be made again: while it fills, a power cut may destroy the file. What it writes
//! is what the usual ways write, sealed journal included.

use crate::domain::sale::{Sale, SaleKey};
use crate::domain::time::Timestamp;
use crate::store::Store;
use crate::store::error::StoreError;
use crate::store::sales;

/// Sales in one transaction.
const AT_ONCE: u32 = 50_000;

impl Store {
    /// Writes `count` sales like `sale`, the first after `from` and each `apart_ms` after the one before, and
    /// says when the last one was.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub fn fill_with_sales(
        &self,
        sale: &Sale,
        count: u32,
        (from, apart_ms): (Timestamp, i64),
    ) -> Result<Timestamp, StoreError> {
        let mut at = from;
        for first in (0..count).step_by(AT_ONCE as usize) {
            let last = count.min(first.saturating_add(AT_ONCE));
            at = self.write("filling the database", |tx| {
                let mut at = at;
                for _ in first..last {
                    at = at.plus_ms(apart_ms);
                    let like = Sale {
                        key: SaleKey(u128::try_from(at.0).unwrap_or_default() << 64),
                        started_at: at,
                        completed_at: at,
                        ..sale.clone()
                    };
                    sales::write_down(tx, &like, None)?;
                }
                Ok(at)
            })?;
        }
        Ok(at)
    }

    /// Whether what is written need not survive a power cut. What was written so far is on the disk when it
    /// must again.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub fn trust_in_power(&self, trusts: bool) -> Result<(), StoreError> {
        let sql = if trusts {
            "PRAGMA synchronous = off"
        } else {
            "PRAGMA synchronous = full; PRAGMA wal_checkpoint(TRUNCATE)"
        };
        self.read("setting up the database", |conn| Ok(conn.execute_batch(sql)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::money::Currency;
    use crate::store::tests::sale;

    #[test]
    fn what_was_filled_in_is_reported_and_verified_like_any_other() {
        let store = Store::in_memory().unwrap();
        store.trust_in_power(true).unwrap();
        let from = Timestamp(1_760_000_000_000);
        let last = store.fill_with_sales(&sale(1), 30, (from, 1_000)).unwrap();
        store.trust_in_power(false).unwrap();
        assert_eq!(last, from.plus_ms(30_000));
        let report = store.report(from, last, Currency::EUR).unwrap();
        assert_eq!(report.count, 29, "the last one is not before itself");
        assert!(store.verify().unwrap().is_ok());
    }
}
