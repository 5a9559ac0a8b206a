//! Sales over time, for plots: by hour of the day, and in steps of any length.

use rusqlite::params;

use crate::domain::money::{Currency, Money};
use crate::domain::time::Timestamp;
use crate::store::Store;
use crate::store::error::{Fault, StoreError};
use crate::store::report::Tally;
use crate::store::rows::{get, money, small};

/// An hour in milliseconds.
pub const HOUR_MS: i64 = 3_600_000;
/// A day in milliseconds.
pub const DAY_MS: i64 = 24 * HOUR_MS;

/// A period and what is counted in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SeriesRequest {
    /// Beginning, included.
    pub from: Timestamp,
    /// End, not included.
    pub to: Timestamp,
    /// Only amounts in this currency.
    pub currency: Currency,
    /// How far the clock on the wall is ahead of UTC, in milliseconds.
    pub utc_offset_ms: i64,
}

/// One step of a series.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SeriesPoint {
    /// When the step begins.
    pub from: Timestamp,
    /// What was sold in it.
    pub sold: Tally,
}

impl Store {
    /// What was sold in each of the 24 hours of the day by the clock on the wall, all days of the period
    /// together.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub fn sales_by_hour(&self, request: &SeriesRequest) -> Result<[Tally; 24], StoreError> {
        self.read("adding up sales by hour", |conn| {
            let nothing = Tally { count: 0, amount: Money::zero(request.currency) };
            let mut hours = [nothing; 24];
            let mut query = conn.prepare_cached(
                "SELECT ((completed_at + ?4) / 3600000) % 24 AS hour, count(*) AS count, sum(total_minor) AS amount
                 FROM sales WHERE completed_at >= ?1 AND completed_at < ?2 AND currency = ?3 AND kind = 'sale'
                 GROUP BY hour",
            )?;
            let SeriesRequest { from, to, currency, utc_offset_ms } = *request;
            let found = query.query_and_then(params![from.0, to.0, currency.code(), utc_offset_ms], |row| {
                let hour: usize = small(row, "hour")?;
                let tally = Tally { count: small(row, "count")?, amount: money(row, "amount", currency)? };
                Ok::<_, Fault>((hour, tally))
            })?;
            for pair in found {
                let (hour, tally) = pair?;
                if let Some(slot) = hours.get_mut(hour) {
                    *slot = tally;
                }
            }
            Ok(hours)
        })
    }

    /// What was sold in steps of `step_ms` (an hour, a day), of one product or of all; steps in which nothing
    /// was sold are left out. Pieces count one each, and so does every weighing.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub fn sales_series(
        &self,
        request: &SeriesRequest,
        step_ms: i64,
        sku: Option<&str>,
    ) -> Result<Vec<SeriesPoint>, StoreError> {
        let step = step_ms.max(1);
        let sql = if sku.is_some() {
            "SELECT (completed_at + ?4) / ?5 AS step,
                    sum(CASE unit WHEN 'each' THEN quantity ELSE 1 END) AS count, sum(amount_minor) AS amount
             FROM sale_lines JOIN sales USING (receipt_number)
             WHERE sku = ?6 AND voided = 0 AND kind = 'sale'
               AND completed_at >= ?1 AND completed_at < ?2 AND currency = ?3
             GROUP BY step ORDER BY step"
        } else {
            "SELECT (completed_at + ?4) / ?5 AS step, count(*) AS count, sum(total_minor) AS amount
             FROM sales WHERE completed_at >= ?1 AND completed_at < ?2 AND currency = ?3
               AND kind = 'sale' AND ?6 IS NULL
             GROUP BY step ORDER BY step"
        };
        self.read("adding up sales over time", |conn| {
            let SeriesRequest {
                from,
                to,
                currency,
                utc_offset_ms,
            } = *request;
            let mut query = conn.prepare_cached(sql)?;
            let found = query.query_and_then(
                params![from.0, to.0, currency.code(), utc_offset_ms, step, sku],
                |row| {
                    let number: i64 = get(row, "step")?;
                    Ok(SeriesPoint {
                        from: Timestamp(number.saturating_mul(step).saturating_sub(utc_offset_ms)),
                        sold: Tally {
                            count: small(row, "count")?,
                            amount: money(row, "amount", currency)?,
                        },
                    })
                },
            )?;
            found.collect()
        })
    }
}
