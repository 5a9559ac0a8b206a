//! Settings by name, each change with what was there before.
//!
//! What a value means is not known here: whoever reads a setting decides what nonsense counts as.

use rusqlite::{Connection, OptionalExtension as _, Transaction};

use crate::store::Store;
use crate::store::audit::{By, Change, record_change};
use crate::store::error::{Fault, StoreError};

impl Store {
    /// A setting.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub fn setting(&self, key: &str) -> Result<Option<String>, StoreError> {
        self.read("reading a setting", |conn| read(conn, key))
    }

    /// All settings whose names begin with `prefix`, by name.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub fn settings(&self, prefix: &str) -> Result<Vec<(String, String)>, StoreError> {
        self.read("reading the settings", |conn| {
            let mut query = conn.prepare_cached(
                "SELECT key, value FROM settings WHERE substr(key, 1, length(?1)) = ?1 ORDER BY key",
            )?;
            let found = query.query_map([prefix], |row| Ok((row.get(0)?, row.get(1)?)))?;
            Ok(found.collect::<Result<_, _>>()?)
        })
    }

    /// Changes a setting.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub fn set_setting(&self, key: &str, value: &str, by: By<'_>) -> Result<(), StoreError> {
        self.set_settings(&[(key, Some(value))], "", by)
    }

    /// Changes many settings, all of them or none; no value takes a setting away, so that the usual one
    /// holds again. What stays as it was leaves no trace in the audit.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub fn set_settings(
        &self,
        values: &[(&str, Option<&str>)],
        reason: &str,
        by: By<'_>,
    ) -> Result<(), StoreError> {
        self.write("saving the settings", |tx| {
            for (key, value) in values {
                put(tx, (key, *value), reason, by)?;
            }
            Ok(())
        })
    }
}

fn read(conn: &Connection, key: &str) -> Result<Option<String>, Fault> {
    Ok(conn
        .prepare_cached("SELECT value FROM settings WHERE key = ?1")?
        .query_row([key], |row| row.get(0))
        .optional()?)
}

fn put(
    tx: &Transaction<'_>,
    (key, value): (&str, Option<&str>),
    reason: &str,
    by: By<'_>,
) -> Result<(), Fault> {
    let before = read(tx, key)?;
    if before.as_deref() == value {
        return Ok(());
    }
    match value {
        Some(value) => tx.execute(
            "INSERT OR REPLACE INTO settings (key, value) VALUES (?1, ?2)",
            [key, value],
        )?,
        None => tx.execute("DELETE FROM settings WHERE key = ?1", [key])?,
    };
    let change = Change {
        action: "setting",
        subject: key,
        detail: value.unwrap_or("as usual"),
        before: before.as_deref(),
        after: value,
        reason: Some(reason).filter(|reason| !reason.is_empty()),
    };
    record_change(tx, by, &change)
}
