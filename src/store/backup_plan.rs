//! Backups on schedule: where, how often, and what came of each.
//!
//! The plan is two settings, so that it is audited as they are: `backup.folder`, and `backup.hours`, the hours
//! from one backup to the next.

use std::path::{Path, PathBuf};

use rusqlite::{OptionalExtension as _, params};

use crate::domain::time::Timestamp;
use crate::store::Store;
use crate::store::audit::{By, record};
use crate::store::error::{Fault, StoreError};
use crate::store::rows::{get, small_or_none, time};

/// The setting that names the folder.
pub const FOLDER: &str = "backup.folder";
/// The setting that says how many hours lie between two backups.
pub const HOURS: &str = "backup.hours";
const HOUR_MS: i64 = 3_600_000;
/// After a failure it is tried again so soon.
const RETRY_MS: i64 = HOUR_MS;

/// What came of a backup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackupRecord {
    /// When.
    pub at: Timestamp,
    /// Where to.
    pub path: String,
    /// How large it is.
    pub bytes: Option<u64>,
    /// Why there is none.
    pub failed: Option<String>,
}

impl Store {
    /// Backs up into a new file in `folder`, named after the time, and writes down what came of it.
    ///
    /// # Errors
    /// As [`Store::backup`]; the failure is written down, too.
    pub fn backup_into(&self, folder: &Path, by: By<'_>) -> Result<PathBuf, StoreError> {
        let at = by.1.to_utc();
        let name = format!(
            "tillsight-{:04}{:02}{:02}-{:02}{:02}{:02}.db",
            at.year, at.month, at.day, at.hour, at.minute, at.second
        );
        let path = folder.join(name);
        let done = self.backup(&path);
        let bytes = std::fs::metadata(&path).ok().map(|metadata| metadata.len());
        let failed = done.as_ref().err().map(ToString::to_string);
        self.write("writing a backup down", |tx| {
            let text = path.display().to_string();
            let size = bytes
                .filter(|_| failed.is_none())
                .map(i64::try_from)
                .transpose()?;
            tx.execute(
                "INSERT INTO backups (at, path, bytes, failed) VALUES (?1, ?2, ?3, ?4)",
                params![by.1.0, text, size, failed],
            )?;
            let detail = failed.as_deref().unwrap_or("made");
            record(tx, (by.1, by.0), "backup", &text, detail)
        })?;
        done.map(|()| path)
    }

    /// Where the next backup on schedule goes, when it is time for it; none when there is no plan.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub fn backup_due(&self, now: Timestamp) -> Result<Option<PathBuf>, StoreError> {
        let folder = self.setting(FOLDER)?.filter(|folder| !folder.is_empty());
        let hours = self
            .setting(HOURS)?
            .and_then(|hours| hours.trim().parse::<i64>().ok());
        let (Some(folder), Some(hours)) = (folder, hours.filter(|hours| (1..=8760).contains(hours))) else {
            return Ok(None);
        };
        let last = self.backups(1)?.pop();
        let wait = match &last {
            Some(last) if last.failed.is_some() => RETRY_MS.min(hours * HOUR_MS),
            Some(_) | None => hours * HOUR_MS,
        };
        let since = |last: &BackupRecord| now.checked_since(last.at);
        // A clock that was set back since the last backup makes one due.
        let due = last.as_ref().and_then(since).is_none_or(|since| since >= wait);
        Ok(due.then(|| PathBuf::from(folder)))
    }

    /// What came of the newest backups, the newest first, `limit` at most.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub fn backups(&self, limit: u32) -> Result<Vec<BackupRecord>, StoreError> {
        self.read("reading the backups", |conn| {
            conn.prepare_cached("SELECT * FROM backups ORDER BY id DESC LIMIT ?1")?
                .query_and_then([limit], |row| {
                    Ok(BackupRecord {
                        at: time(row, "at")?,
                        path: get(row, "path")?,
                        bytes: small_or_none(row, "bytes")?,
                        failed: get(row, "failed")?,
                    })
                })?
                .collect()
        })
    }
}

/// What is told of the database to whoever helps from afar: sizes and counts, no name, text or amount.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Diagnostics {
    /// Version of the schema.
    pub schema: i64,
    /// Version of SQLite.
    pub sqlite: String,
    /// Size of the database in bytes, with free pages.
    pub bytes: u64,
    /// Bytes in free pages.
    pub free_bytes: u64,
    /// How many rows each table has.
    pub rows: Vec<(String, u64)>,
    /// When the last backup was made.
    pub last_backup: Option<Timestamp>,
    /// When the day was last closed.
    pub last_z_report: Option<Timestamp>,
}

impl Store {
    /// What may be told of this database.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub fn diagnostics(&self) -> Result<Diagnostics, StoreError> {
        self.read("gathering diagnostics", |conn| {
            let pragma = |name: &str| -> Result<i64, Fault> {
                Ok(conn.pragma_query_value(None, name, |row| row.get(0))?)
            };
            let page = pragma("page_size")?;
            let newest = |sql: &str| -> Result<Option<Timestamp>, Fault> {
                let found: Option<Option<i64>> = conn.query_row(sql, [], |row| row.get(0)).optional()?;
                Ok(found.flatten().map(Timestamp))
            };
            let tables: Vec<String> = conn
                .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name")?
                .query_map([], |row| row.get(0))?
                .collect::<Result<_, _>>()?;
            let mut rows = Vec::new();
            for table in tables {
                let sql = format!("SELECT count(*) FROM {table}");
                let count: i64 = conn.query_row(&sql, [], |row| row.get(0))?;
                rows.push((table, u64::try_from(count)?));
            }
            Ok(Diagnostics {
                schema: pragma("user_version")?,
                sqlite: rusqlite::version().to_owned(),
                bytes: u64::try_from(page.saturating_mul(pragma("page_count")?))?,
                free_bytes: u64::try_from(page.saturating_mul(pragma("freelist_count")?))?,
                rows,
                last_backup: newest("SELECT max(at) FROM backups WHERE failed IS NULL")?,
                last_z_report: newest("SELECT max(at) FROM z_reports")?,
            })
        })
    }
}
