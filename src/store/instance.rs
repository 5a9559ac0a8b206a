//! One program at a time works on a database: it holds the place by a heart beat, and a second one is told.
//!
//! SQLite itself would let two programs write in turn, but two lanes on one basket and two trainings of one
//! run would not be told apart. A program that was killed leaves its place at once: a lock on a file beside the
//! database ends with it. Where the disk knows no locks, and for a program that hangs, the place is free after
//! [`STALE_MS`].

use std::fs::OpenOptions;

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
        let nobody_else_lives = self.locks_anew();
        self.write("taking the place of the one program", |tx| {
            let holder: Option<(String, i64)> = holder(tx)?;
            let held = holder.is_some_and(|(other, beat)| {
                // A clock that was set back makes a beat lie in the future; that one, too, grows stale.
                other != token && now.0.abs_diff(beat) < STALE_MS.unsigned_abs()
            });
            let held = held && !nobody_else_lives;
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

    /// Gives the place up, at the end of a program. The lock goes with the store.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub fn release_instance(&self, token: &str) -> Result<(), StoreError> {
        self.write("giving the place up", |tx| {
            tx.execute("DELETE FROM instance WHERE token = ?1", [token])?;
            Ok(())
        })
    }

    /// Locks the file beside the database; true when it was free, so that whoever holds the place is dead.
    /// False, too, when this store has it already or the disk knows no locks: then the heart beat tells.
    fn locks_anew(&self) -> bool {
        let mut place = self.place.borrow_mut();
        if place.is_some() || !self.path().is_file() {
            return false;
        }
        let mut name = self.path().as_os_str().to_owned();
        name.push(".lock");
        let opened = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(name);
        *place = opened.ok().filter(|file| file.try_lock().is_ok());
        place.is_some()
    }
}

fn holder(tx: &Transaction<'_>) -> Result<Option<(String, i64)>, Fault> {
    Ok(tx
        .prepare_cached("SELECT token, beat_at FROM instance WHERE slot = 1")?
        .query_row([], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?)
}
