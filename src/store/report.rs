//! What was sold in a period.

use rusqlite::{Connection, params};
use serde::{Deserialize, Serialize};

use crate::domain::money::{Currency, Money};
use crate::domain::time::Timestamp;
use crate::store::Store;
use crate::store::error::{Fault, StoreError};
use crate::store::rows::{get, money, small};

/// A number of things and what they amount to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// How many.
    pub count: u64,
    /// How much.
    pub amount: Money,
}

/// What one product brought in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProductTally {
    /// SKU.
    pub sku: String,
    /// Name as it was last sold.
    pub name: String,
    /// Pieces sold.
    pub count: u64,
    /// Grams sold.
    pub grams: u64,
    /// How much.
    pub amount: Money,
}

/// What was sold in a period, in one currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SalesReport {
    /// Beginning, included.
    pub from: Timestamp,
    /// End, not included.
    pub to: Timestamp,
    /// How many sales.
    pub count: u64,
    /// What was paid.
    pub gross: Money,
    /// Tax in it.
    pub tax: Money,
    /// Lines that were taken out before paying.
    pub voided_lines: Tally,
    /// Baskets that were given up.
    pub voided_baskets: Tally,
    /// Money that was given back.
    pub refunds: Tally,
    /// Sales that were voided after they were paid.
    pub voided_sales: Tally,
    /// By product, the most first.
    pub by_product: Vec<ProductTally>,
}

impl Store {
    /// Adds up the sales paid from `from` to before `to`; amounts in another currency are left out.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub fn report(
        &self,
        from: Timestamp,
        to: Timestamp,
        currency: Currency,
    ) -> Result<SalesReport, StoreError> {
        self.read("adding up sales", |conn| {
            let sales = sums(conn, (from, to, currency), "kind = 'sale'")?;
            let (refunds, _) = sums(conn, (from, to, currency), GIVEN_BACK)?;
            let (voided_sales, _) = sums(conn, (from, to, currency), VOIDED)?;
            Ok(SalesReport {
                from,
                to,
                count: sales.0.count,
                gross: sales.0.amount,
                tax: sales.1,
                voided_lines: journal_tally(conn, (from, to, currency), "line_voided")?,
                voided_baskets: journal_tally(conn, (from, to, currency), "basket_voided")?,
                refunds,
                voided_sales,
                by_product: by_product(conn, (from, to, currency))?,
            })
        })
    }
}

/// Receipts that give money back for goods.
const GIVEN_BACK: &str = "kind = 'refund' AND NOT EXISTS (SELECT 1 FROM refunds AS r WHERE r.receipt_number = sales.receipt_number AND r.void = 1)";
/// Receipts that take a whole sale back.
const VOIDED: &str = "kind = 'refund' AND EXISTS (SELECT 1 FROM refunds AS r WHERE r.receipt_number = sales.receipt_number AND r.void = 1)";

/// Beginning, end and currency.
type Period = (Timestamp, Timestamp, Currency);

fn sums(conn: &Connection, (from, to, currency): Period, which: &str) -> Result<(Tally, Money), Fault> {
    let sql = format!(
        "SELECT count(*) AS count, coalesce(sum(total_minor), 0) AS gross, coalesce(sum(tax_minor), 0) AS tax
         FROM sales WHERE completed_at >= ?1 AND completed_at < ?2 AND currency = ?3 AND {which}"
    );
    conn.prepare_cached(&sql)?
        .query_and_then(params![from.0, to.0, currency.code()], |row| {
            let tally = Tally {
                count: small(row, "count")?,
                amount: money(row, "gross", currency)?,
            };
            Ok((tally, money(row, "tax", currency)?))
        })?
        .next()
        .unwrap_or_else(|| Err(Fault::row("no sums")))
}

/// Journal records hold amounts in the currency of the lane at that time.
fn journal_tally(conn: &Connection, (from, to, currency): Period, kind: &str) -> Result<Tally, Fault> {
    conn.prepare_cached(
        "SELECT count(*) AS count, coalesce(sum(amount_minor), 0) AS amount
         FROM journal WHERE at >= ?1 AND at < ?2 AND kind = ?3
           AND coalesce(json_extract(body, '$.amount.currency'), json_extract(body, '$.total.currency')) = ?4",
    )?
    .query_and_then(params![from.0, to.0, kind, currency.code()], |row| {
        Ok(Tally { count: small(row, "count")?, amount: money(row, "amount", currency)? })
    })?
    .next()
    .unwrap_or_else(|| Err(Fault::row("no sums")))
}

fn by_product(conn: &Connection, (from, to, currency): Period) -> Result<Vec<ProductTally>, Fault> {
    conn.prepare_cached(
        "SELECT sku, name, max(receipt_number) AS newest,
                sum(CASE unit WHEN 'each' THEN quantity ELSE 0 END) AS count,
                sum(CASE unit WHEN 'kg' THEN quantity ELSE 0 END) AS grams,
                sum(amount_minor) AS amount
         FROM sale_lines JOIN sales USING (receipt_number)
         WHERE completed_at >= ?1 AND completed_at < ?2 AND currency = ?3 AND kind = 'sale' AND voided = 0
         GROUP BY sku ORDER BY amount DESC, sku",
    )?
    .query_and_then(params![from.0, to.0, currency.code()], |row| {
        Ok(ProductTally {
            sku: get(row, "sku")?,
            name: get(row, "name")?,
            count: small(row, "count")?,
            grams: small(row, "grams")?,
            amount: money(row, "amount", currency)?,
        })
    })?
    .collect()
}
