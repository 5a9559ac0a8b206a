//! Deleting for good: rows, what SQLite keeps of them in free pages and in the log, and the files.
//!
//! The names of the files are remembered until each is gone from the disk, so that a power cut in between
//! leaves none behind.

use rusqlite::types::Value;
use rusqlite::{OptionalExtension as _, Transaction, params, params_from_iter};

use crate::domain::time::Timestamp;
use crate::store::Store;
use crate::store::audit::{self, By, Change, record_change};
use crate::store::error::{Fault, StoreError};
use crate::store::photos::PhotoSource;

/// Which photos are purged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PurgeScope {
    /// These.
    Photos(Vec<i64>),
    /// Those that are marked as deleted since before this time.
    DeletedBefore(Timestamp),
    /// Those from here that were taken before this time: how long they are kept is over.
    TakenBefore(PhotoSource, Timestamp),
    /// Every one of them from here.
    All(PhotoSource),
}

/// What was purged.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Purged {
    /// How many photos.
    pub photos: u64,
    /// How many boxes.
    pub boxes: u64,
    /// The files that are now to be deleted; [`Store::file_deleted`] says that one is gone.
    pub files: Vec<String>,
}

impl Store {
    /// Deletes photos, their boxes and their history for good. Data sets that were frozen keep the boxes and
    /// are told that the photo is gone. The files are still to be deleted by whoever owns the folder.
    ///
    /// # Errors
    /// [`StoreError::ReasonMissing`], or any other [`StoreError`].
    pub fn purge(&self, scope: &PurgeScope, reason: &str, by: By<'_>) -> Result<Purged, StoreError> {
        let reason = audit::reason(reason, "deleting for good")?;
        let purged = self.write("purging photos", |tx| {
            let purged = take_away(tx, scope, by.1)?;
            if purged.photos > 0 {
                let change = Change {
                    action: "purge",
                    subject: "photos",
                    detail: &format!("{} photos and {} boxes", purged.photos, purged.boxes),
                    reason: Some(&reason),
                    ..Change::default()
                };
                record_change(tx, by, &change)?;
            }
            Ok(purged)
        })?;
        self.wipe_log()?;
        Ok(purged)
    }

    /// Files that are still to be deleted: also those of a purge that was interrupted.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub fn files_to_delete(&self) -> Result<Vec<String>, StoreError> {
        self.read("reading what is to be deleted", |conn| {
            let mut query =
                conn.prepare_cached("SELECT file_name FROM files_to_delete ORDER BY file_name")?;
            Ok(query.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?)
        })
    }

    /// Says that a file is gone from the disk.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub fn file_deleted(&self, file_name: &str) -> Result<(), StoreError> {
        self.write("noting a deleted file", |tx| {
            tx.execute("DELETE FROM files_to_delete WHERE file_name = ?1", [file_name])?;
            Ok(())
        })
    }

    /// Rewrites the database without free pages. It takes as long as copying the file.
    ///
    /// # Errors
    /// [`StoreError::DiskFull`] when there is no room for the copy, or any other [`StoreError`].
    pub fn compact(&self) -> Result<(), StoreError> {
        self.read(
            "compacting the database",
            |conn| Ok(conn.execute_batch("VACUUM")?),
        )?;
        self.wipe_log()
    }

    /// Empties the write-ahead log: it holds old pages until then. Another reader may keep it for a while.
    fn wipe_log(&self) -> Result<(), StoreError> {
        self.read("emptying the log", |conn| {
            let _busy: Option<i64> = conn
                .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))
                .optional()?;
            Ok(())
        })
    }
}

fn take_away(tx: &Transaction<'_>, scope: &PurgeScope, now: Timestamp) -> Result<Purged, Fault> {
    let (only, values): (&str, Vec<Value>) = match scope {
        PurgeScope::Photos(ids) => {
            let ids = serde_json::to_string(ids)?;
            ("id IN (SELECT value FROM json_each(?1))", vec![ids.into()])
        }
        PurgeScope::DeletedBefore(before) => ("deleted_at < ?1", vec![before.0.into()]),
        PurgeScope::TakenBefore(source, before) => (
            "source = ?1 AND taken_at < ?2",
            vec![source.code().to_owned().into(), before.0.into()],
        ),
        PurgeScope::All(source) => ("source = ?1", vec![source.code().to_owned().into()]),
    };
    let mut purged = Purged::default();
    let found: Vec<(i64, String)> = tx
        .prepare(&format!(
            "SELECT id, file_name FROM photos WHERE {only} ORDER BY id"
        ))?
        .query_map(params_from_iter(values), |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<Result<_, _>>()?;
    for (id, file_name) in found {
        tx.prepare_cached("INSERT OR REPLACE INTO files_to_delete (file_name, at) VALUES (?1, ?2)")?
            .execute(params![file_name, now.0])?;
        let boxes = tx
            .prepare_cached("DELETE FROM boxes WHERE photo_id = ?1")?
            .execute([id])?;
        for sql in [
            "DELETE FROM label_edits WHERE photo_id = ?1",
            "DELETE FROM photos WHERE id = ?1",
        ] {
            tx.prepare_cached(sql)?.execute([id])?;
        }
        tx.prepare_cached(
            "UPDATE dataset_photos SET purged_at = ?2 WHERE photo_id = ?1 AND purged_at IS NULL",
        )?
        .execute(params![id, now.0])?;
        purged.photos += 1;
        purged.boxes += u64::try_from(boxes)?;
        purged.files.push(file_name);
    }
    Ok(purged)
}
