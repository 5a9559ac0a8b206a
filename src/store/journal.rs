//! The journal: append-only, each record sealed with the hash of the one before it.
//!
//! The hash of a record is SHA-256 over the hash before it and its own columns, so that a record that is
//! changed, removed or slipped in breaks the chain from there on.

use rusqlite::{Connection, OptionalExtension as _, params};
use sha2::{Digest as _, Sha256};

use crate::domain::sale::SaleKey;
use crate::domain::session::effect::JournalEntry;
use crate::domain::time::Timestamp;
use crate::store::Store;
use crate::store::error::{Fault, StoreError};

/// The hash before the first record.
pub(super) const GENESIS: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// A record before it is sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Record {
    pub(super) at: Timestamp,
    pub(super) kind: String,
    pub(super) sale_key: Option<String>,
    pub(super) amount_minor: Option<i64>,
    pub(super) body: String,
}

impl Record {
    /// The hash of this record as number `seq` after `previous`. Every part is preceded by its length, so
    /// that no two records read the same.
    pub(super) fn hash(&self, seq: i64, previous: &str) -> String {
        let mut hasher = Sha256::new();
        let amount = self
            .amount_minor
            .map_or_else(String::new, |minor| minor.to_string());
        let parts: [&str; 7] = [
            previous,
            &seq.to_string(),
            &self.at.0.to_string(),
            &self.kind,
            self.sale_key.as_deref().unwrap_or(""),
            &amount,
            &self.body,
        ];
        for part in parts {
            hasher.update((part.len() as u64).to_be_bytes());
            hasher.update(part.as_bytes());
        }
        hex(&hasher.finalize())
    }
}

/// Lower-case hexadecimal digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            // Writing to a string cannot fail.
            let _infallible = write!(text, "{byte:02x}");
            text
        })
}

/// Appends a record and gives back its number.
pub(super) fn append(conn: &Connection, record: &Record) -> Result<i64, Fault> {
    let last: Option<(i64, String)> = conn
        .prepare_cached("SELECT seq, hash FROM journal ORDER BY seq DESC LIMIT 1")?
        .query_row([], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let (last_seq, previous) = last.unwrap_or((0, GENESIS.to_owned()));
    let seq = last_seq + 1;
    conn.prepare_cached(
        "INSERT INTO journal (seq, at, kind, sale_key, amount_minor, body, previous, hash)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?
    .execute(params![
        seq,
        record.at.0,
        record.kind,
        record.sale_key,
        record.amount_minor,
        record.body,
        previous,
        record.hash(seq, &previous),
    ])?;
    Ok(seq)
}

impl Store {
    /// Appends what a session wants remembered.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub fn journal(&self, entry: &JournalEntry, at: Timestamp) -> Result<(), StoreError> {
        self.write("writing the journal", |tx| {
            let record = Record {
                at,
                kind: entry.kind().to_owned(),
                sale_key: entry.key().map(|key: SaleKey| key.to_string()),
                amount_minor: entry.amount().map(crate::domain::money::Money::minor),
                body: serde_json::to_string(entry)?,
            };
            append(tx, &record)?;
            Ok(())
        })
    }
}
