//! The one SQLite file: catalog, sales, journal, staff, and the basket of the visit that is going on.
//!
//! rusqlite lives only here, and nothing here knows a screen or a clock: times come in as
//! [`Timestamp`](crate::domain::time::Timestamp). A [`Store`] is owned by one thread. Invariants:
//!
//! - what is written survives a power cut: WAL with `synchronous=FULL`, one transaction per request;
//! - a sale counts once, under its key; sales, prices, journal and audit are only ever appended to;
//! - a class id belongs to its class for ever;
//! - every failure is one [`StoreError`] that says in a sentence what to do.

pub mod audit;
mod backup;
pub mod backup_plan;
mod bulk;
pub mod cash;
pub mod catalog_csv;
mod csv_lines;
pub mod datasets;
pub mod day;
mod digest;
pub mod edits;
pub mod error;
mod health;
pub mod imports;
pub mod instance;
mod journal;
pub mod labels;
mod local_time;
pub mod models;
pub mod photos;
pub mod pictures;
pub mod price_csv;
pub mod prices;
pub mod products;
pub mod purge;
pub mod refunds;
pub mod report;
mod rows;
pub mod sales;
pub mod sales_csv;
pub mod sales_list;
mod saved;
mod schema;
pub mod series;
pub mod settings;
pub mod staff;
mod text_encoding;
pub mod training_runs;
pub mod verify;

#[cfg(test)]
mod tests;

use std::cell::RefCell;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior};

use crate::store::error::{Fault, StoreError};

/// How long a request waits for another program to let go of the file.
const BUSY_TIMEOUT: Duration = Duration::from_secs(3);

/// An open database of the newest schema.
#[derive(Debug)]
pub struct Store {
    conn: Connection,
    path: PathBuf,
    /// Locked while this program holds the place on the database.
    place: RefCell<Option<File>>,
}

impl Store {
    /// Opens the database at `path`, creates it when there is none, and brings its schema up to date.
    ///
    /// # Errors
    /// A file that is locked, newer than this program, read-only, damaged or not a database, or a disk
    /// that is full; each has its own variant of [`StoreError`].
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        Self::open_with(path, OpenFlags::default(), BUSY_TIMEOUT)
    }

    /// A database in memory, for demonstrations and tests.
    ///
    /// # Errors
    /// None that a working machine has.
    pub fn in_memory() -> Result<Self, StoreError> {
        let path = PathBuf::from(":memory:");
        let conn = Connection::open_in_memory()
            .map_err(|source| error::classify("opening the database", &path, source))?;
        Self::prepare(conn, path, BUSY_TIMEOUT)
    }

    fn open_with(path: &Path, flags: OpenFlags, busy: Duration) -> Result<Self, StoreError> {
        let conn = Connection::open_with_flags(path, flags)
            .map_err(|source| error::classify("opening the database", path, source))?;
        Self::prepare(conn, path.to_owned(), busy)
    }

    /// Settings belong to a connection, not to the file, so they are made here and not in a migration.
    /// A database of a newer program is left untouched.
    fn prepare(mut conn: Connection, path: PathBuf, busy: Duration) -> Result<Self, StoreError> {
        let failed = |source| error::classify("opening the database", &path, source);
        conn.busy_timeout(busy).map_err(failed)?;
        if conn.is_readonly("main").map_err(failed)? {
            return Err(StoreError::ReadOnly { path });
        }
        schema::check_version(&conn, &path)?;
        conn.pragma_update_and_check(None, "journal_mode", "wal", |_| Ok(()))
            .map_err(failed)?;
        conn.pragma_update(None, "synchronous", "full").map_err(failed)?;
        conn.pragma_update(None, "foreign_keys", true).map_err(failed)?;
        // What was deleted is overwritten, so that a purge leaves nothing to be read in free pages.
        conn.pragma_update_and_check(None, "secure_delete", true, |_| Ok(()))
            .map_err(failed)?;
        if let Some(detail) = health::damage(&conn, health::CHECKED_WHOLE_BYTES).map_err(failed)? {
            return Err(StoreError::Corrupt { path, detail });
        }
        schema::migrate(&mut conn, &path)?;
        Ok(Self {
            conn,
            path,
            place: RefCell::default(),
        })
    }

    /// Where the database is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Reads; `doing` names the request in an error.
    fn read<T>(
        &self,
        doing: &'static str,
        request: impl FnOnce(&Connection) -> Result<T, Fault>,
    ) -> Result<T, StoreError> {
        request(&self.conn).map_err(|fault| fault.told(doing, &self.path))
    }

    /// Writes and takes it all back: what would happen.
    fn try_out<T>(
        &self,
        doing: &'static str,
        request: impl FnOnce(&Transaction<'_>) -> Result<T, Fault>,
    ) -> Result<T, StoreError> {
        self.transact(doing, request, |transaction| transaction.rollback())
    }

    /// Writes in one transaction that takes the write lock at once: it happens whole or not at all.
    fn write<T>(
        &self,
        doing: &'static str,
        request: impl FnOnce(&Transaction<'_>) -> Result<T, Fault>,
    ) -> Result<T, StoreError> {
        self.transact(doing, request, |transaction| transaction.commit())
    }

    fn transact<T>(
        &self,
        doing: &'static str,
        request: impl FnOnce(&Transaction<'_>) -> Result<T, Fault>,
        end: impl FnOnce(Transaction<'_>) -> rusqlite::Result<()>,
    ) -> Result<T, StoreError> {
        let run = || {
            let transaction = Transaction::new_unchecked(&self.conn, TransactionBehavior::Immediate)?;
            let done = request(&transaction)?;
            end(transaction)?;
            Ok(done)
        };
        run().map_err(|fault: Fault| fault.told(doing, &self.path))
    }
}
