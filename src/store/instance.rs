//! One program at a time works on a database: it holds the place by a heart beat, and a second one is told.
//!
//! SQLite itself would let two programs write in turn, but two lanes on one basket and two trainings of one
//! run would not be told apart. A program that was killed leaves its place after [`STALE_MS`].

use rusqlite::{OptionalExtension as _, Transaction, params};

use crate::domain::time::Timestamp;
use crate::store::Store;
use crate::store::error::{Fault, StoreError};

/// So often a program should beat.
pub const BEAT_MS: i64 = 5_000;
/// A heart that has not beaten for so long does not beat any more.
pub const STALE_MS: i64 = 20_000;

impl Store {
    /// Takes the place of the one program that works on this database, or beats again. `token` is drawn at
    /// random when a program starts.
    ///
    /// # Errors
    /// [`StoreError::SecondWindow`] when another program holds it, or any other [`StoreError`].
    pub fn claim_instance(&self, token: &str, now: Timestamp) -> Result<(), StoreError> {
        self.write("taking the place of the one program", |tx| {
            let holder: Option<(String, i64)> = holder(tx)?;
            let held = holder.is_some_and(|(other, beat)| {
                // A clock that was set back makes a beat lie in the future; that one, too, grows stale.
                other != token && now.0.abs_diff(beat) < STALE_MS.unsigned_abs()
            });
            if held {
                let path = self.path().to_owned();
                return Err(StoreError::SecondWindow { path }.into());
            }
            tx.execute(
                "INSERT INTO instance (slot, token, started_at, beat_at) VALUES (1, ?1, ?2, ?2)
                 ON CONFLICT (slot) DO UPDATE SET
                     started_at = CASE token WHEN excluded.token THEN started_at ELSE excluded.started_at END,
                     token = excluded.token, beat_at = excluded.beat_at",
                params![token, now.0],
            )?;
            Ok(())
        })
    }

    /// Gives the place up, at the end of a program.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub fn release_instance(&self, token: &str) -> Result<(), StoreError> {
        self.write("giving the place up", |tx| {
            tx.execute("DELETE FROM instance WHERE token = ?1", [token])?;
            Ok(())
        })
    }
}

fn holder(tx: &Transaction<'_>) -> Result<Option<(String, i64)>, Fault> {
    Ok(tx
        .prepare_cached("SELECT token, beat_at FROM instance WHERE slot = 1")?
        .query_row([], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?)
}
