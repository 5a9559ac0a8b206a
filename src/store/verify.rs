//! Checking that nothing that was written down has been touched.

use std::collections::BTreeSet;

use rusqlite::Connection;

use crate::store::day::{self, Z_REPORT};
use crate::store::error::{Fault, StoreError};
use crate::store::journal::{GENESIS, Record};
use crate::store::refunds::{self, REFUND_COMMITTED};
use crate::store::rows::{get, time};
use crate::store::sales::{SALE_COMMITTED, read_sale, seal};
use crate::store::{Store, digest};

/// What a check of the journal found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verification {
    /// How many records there are.
    pub records: u64,
    /// The first record that does not hold, and why.
    pub first_bad: Option<BadRecord>,
}

impl Verification {
    /// Whether everything holds.
    #[must_use]
    pub fn is_ok(&self) -> bool {
        self.first_bad.is_none()
    }
}

/// A record that does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadRecord {
    /// Number of the record; none for a sale that no record seals.
    pub seq: Option<i64>,
    /// What is wrong.
    pub reason: String,
}

impl Store {
    /// Follows the chain from its beginning, and checks that every sale reads as it did when it was sealed
    /// and that no sale is there unsealed.
    ///
    /// # Errors
    /// Any [`StoreError`]; a record that does not hold is a finding, not an error.
    pub fn verify(&self) -> Result<Verification, StoreError> {
        self.read("checking the journal", |conn| {
            let mut query = conn.prepare_cached("SELECT * FROM journal ORDER BY seq")?;
            let mut rows = query.query([])?;
            let mut records = 0_u64;
            let mut first_bad = None;
            let mut previous = GENESIS.to_owned();
            let mut sealed = BTreeSet::new();
            while let Some(row) = rows.next()? {
                records += 1;
                let seq: i64 = get(row, "seq")?;
                let record = Record {
                    at: time(row, "at")?,
                    kind: get(row, "kind")?,
                    sale_key: get(row, "sale_key")?,
                    amount_minor: get(row, "amount_minor")?,
                    body: get(row, "body")?,
                };
                let hash: String = get(row, "hash")?;
                let chained = seq.unsigned_abs() == records && get::<String>(row, "previous")? == previous;
                let reason = if !chained {
                    Some("the record before it was removed or changed".to_owned())
                } else if record.hash(seq, &previous) != hash {
                    Some("it was changed after it was written".to_owned())
                } else {
                    unsealed(conn, &record, &mut sealed)?
                };
                first_bad = first_bad.or(reason.map(|reason| BadRecord {
                    seq: Some(seq),
                    reason,
                }));
                previous = hash;
            }
            let first_bad = match first_bad {
                Some(bad) => Some(bad),
                None => sale_without_record(conn, &sealed)?,
            };
            Ok(Verification { records, first_bad })
        })
    }
}

/// Why what a record seals does not read as it did.
fn unsealed(conn: &Connection, record: &Record, sealed: &mut BTreeSet<i64>) -> Result<Option<String>, Fault> {
    let is_refund = match record.kind.as_str() {
        SALE_COMMITTED => false,
        REFUND_COMMITTED => true,
        Z_REPORT => return day::unsealed(conn, &record.body),
        _ => return Ok(None),
    };
    let body: serde_json::Value = serde_json::from_str(&record.body)?;
    let Some(number) = body.get("receipt_number").and_then(serde_json::Value::as_i64) else {
        return Ok(Some("it names no receipt".to_owned()));
    };
    sealed.insert(number);
    let changed = |detail: &str| Ok(Some(format!("receipt {number} {detail}")));
    match read_sale(conn, number) {
        Ok(None) => changed("is gone"),
        Ok(Some(sale)) => {
            let digest = digest::of_sale(&sale);
            // Three columns stand outside the sale itself: what kind it is, the digest that a retry is
            // compared with, and the model.
            let (kind, written, model): (String, String, Option<String>) = conn
                .prepare_cached("SELECT kind, digest, model FROM sales WHERE receipt_number = ?1")?
                .query_row([number], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
            let (expected_kind, resealed) = if is_refund {
                ("refund", refunds::reseal(conn, &sale, (number, &digest))?)
            } else {
                let seal = seal(&sale, u64::try_from(number)?, (&digest, model.as_deref()))?;
                ("sale", Some(seal))
            };
            let holds = resealed.as_ref() == Some(&record.body) && kind == expected_kind && written == digest;
            if holds {
                Ok(None)
            } else {
                changed("was changed after it was written")
            }
        }
        // A row that cannot even be read was certainly not written so.
        Err(Fault::Row(detail)) => changed(&format!("cannot be read: {detail}")),
        Err(other @ (Fault::Sql(_) | Fault::Told(_))) => Err(other),
    }
}

fn sale_without_record(conn: &Connection, sealed: &BTreeSet<i64>) -> Result<Option<BadRecord>, Fault> {
    let mut query = conn.prepare_cached("SELECT receipt_number FROM sales ORDER BY receipt_number")?;
    let mut rows = query.query([])?;
    while let Some(row) = rows.next()? {
        let number: i64 = get(row, "receipt_number")?;
        if !sealed.contains(&number) {
            let reason = format!("receipt {number} has no record in the journal");
            return Ok(Some(BadRecord { seq: None, reason }));
        }
    }
    Ok(None)
}
