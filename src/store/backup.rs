//! A copy of the database, taken while it is in use.

use std::ffi::OsString;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::Connection;
use rusqlite::backup::Backup;

use crate::store::Store;
use crate::store::error::{StoreError, classify};

/// The first bytes of every SQLite file.
const MAGIC: &[u8] = b"SQLite format 3\0";
/// Pages copied before other work on the file may go on.
const PAGES_PER_STEP: i32 = 256;

impl Store {
    /// Copies the database to `target`, replacing an older backup there. The copy is made beside the
    /// target, checked, and only then put in its place.
    ///
    /// # Errors
    /// [`StoreError::BackupTarget`] when the target is the database itself or something that is not a
    /// database; [`StoreError::BackupFile`] or another [`StoreError`] when writing fails.
    pub fn backup(&self, target: &Path) -> Result<(), StoreError> {
        if self.is_own_file(target) || !may_be_replaced(target) {
            return Err(StoreError::BackupTarget {
                path: target.to_owned(),
            });
        }
        let partial = beside(target, ".partial");
        let put_in_place = self.copy_to(&partial).and_then(|()| {
            std::fs::rename(&partial, target).map_err(|source| StoreError::BackupFile {
                path: target.to_owned(),
                source,
            })
        });
        if put_in_place.is_err() {
            // The error already says what happened; what is left of the copy is of no use.
            let _nothing_left = std::fs::remove_file(&partial);
        }
        put_in_place
    }

    fn copy_to(&self, partial: &Path) -> Result<(), StoreError> {
        match std::fs::remove_file(partial) {
            Ok(()) => {}
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(source) => {
                return Err(StoreError::BackupFile {
                    path: partial.to_owned(),
                    source,
                });
            }
        }
        let failed = |source| classify("writing the backup", partial, source);
        let mut copy = Connection::open(partial).map_err(failed)?;
        Backup::new(&self.conn, &mut copy)
            .and_then(|backup| backup.run_to_completion(PAGES_PER_STEP, Duration::ZERO, None))
            .map_err(failed)?;
        // As one plain file it can be carried away on a stick, without a log beside it.
        copy.pragma_update_and_check(None, "journal_mode", "delete", |_| Ok(()))
            .map_err(failed)?;
        let checked: String = copy
            .query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))
            .map_err(failed)?;
        if checked != "ok" {
            return Err(StoreError::Corrupt {
                path: self.path.clone(),
                detail: checked,
            });
        }
        copy.close().map_err(|(_, source)| failed(source))
    }

    fn is_own_file(&self, target: &Path) -> bool {
        let resolve = |path: &Path| path.canonicalize().ok();
        ["", "-wal", "-shm", "-journal"].iter().any(|suffix| {
            let own = beside(&self.path, suffix);
            own == target || resolve(&own).is_some_and(|own| resolve(target) == Some(own))
        })
    }
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(suffix);
    PathBuf::from(name)
}

/// Only an older backup, or an empty file, is worth less than the new backup.
fn may_be_replaced(target: &Path) -> bool {
    let Ok(metadata) = std::fs::metadata(target) else {
        return true;
    };
    if !metadata.is_file() {
        return false;
    }
    let mut head = Vec::new();
    let read = std::fs::File::open(target).and_then(|file| file.take(16).read_to_end(&mut head));
    read.is_ok() && (head.is_empty() || head == MAGIC)
}
