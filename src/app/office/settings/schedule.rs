//! What happens by itself while the program runs: backups, and deleting what was kept long enough.

use std::path::PathBuf;

use crate::{
    app::{
        office::{
            Desk,
            settings::{files, jobs, read},
        },
        pricing::DATABASE,
    },
    domain::time::Timestamp,
    store::Store,
};

/// How often the plan of backups is looked at.
const BACKUP_EVERY_MS: i64 = 60_000;
/// How often what was kept too long is looked for.
const PURGE_EVERY_MS: i64 = 3_600_000;

/// When it was looked at last.
#[derive(Debug, Default)]
pub(super) struct Schedule {
    backups_at: Option<Timestamp>,
    purge_at: Option<Timestamp>,
}

/// Whether it is time again; a clock that was set back makes it so.
fn is_due(last: &mut Option<Timestamp>, now: Timestamp, every_ms: i64) -> bool {
    let since = last.and_then(|last| now.checked_since(last));
    let is_due = since.is_none_or(|since| since >= every_ms);
    if is_due {
        *last = Some(now);
    }
    is_due
}

impl Schedule {
    /// Looks whether something is to be done.
    pub(super) fn tick(&mut self, desk: &mut Desk) {
        let now = desk.now();
        if is_due(&mut self.backups_at, now, BACKUP_EVERY_MS) {
            desk.read(
                move |store| store.backup_due(now),
                |office, desk, folder| {
                    if let Some(folder) = folder.filter(|_| !office.settings.is_backing_up) {
                        office.settings.is_backing_up = true;
                        back_up(desk, folder, "schedule".to_owned());
                    }
                },
            );
        }
        if is_due(&mut self.purge_at, now, PURGE_EVERY_MS) {
            desk.read(
                move |store| {
                    jobs::purge_old(store, now)?;
                    // Also what an interrupted purge has left.
                    store.files_to_delete()
                },
                |_, desk, files| delete_files(desk, files),
            );
        }
    }
}

/// Backs up on a thread and a connection of its own: no sale waits for it.
pub(super) fn back_up(desk: &mut Desk, folder: PathBuf, name: String) {
    let (database, now) = (desk.data().join(DATABASE), desk.now());
    desk.work(
        "backup",
        move || {
            std::fs::create_dir_all(&folder).map_err(|error| {
                format!(
                    "the folder {} for backups cannot be used ({error}): choose another",
                    folder.display()
                )
            })?;
            let store = Store::open(&database).map_err(|error| error.to_string())?;
            let made = store.backup_into(&folder, (&name, now));
            made.map_err(|error| error.to_string())
        },
        |office, desk, made| {
            office.settings.is_backing_up = false;
            match made.map_err(|trouble| trouble.sentence) {
                Ok(Ok(_)) => desk.saved(),
                Ok(Err(sentence)) | Err(sentence) => desk.problem(sentence),
            }
            read(desk);
        },
    );
}

/// Deletes the files of purged photos, then says that they are gone and gives the room back.
pub(super) fn delete_files(desk: &mut Desk, names: Vec<String>) {
    if names.is_empty() {
        return;
    }
    let data = desk.data().clone();
    desk.work(
        "files",
        move || files::remove_photos(&data, &names),
        |_, desk, gone| match gone {
            Ok(gone) => desk.read(
                move |store| jobs::files_gone(store, &gone),
                |_, desk, ()| read(desk),
            ),
            Err(trouble) => desk.problem(trouble.sentence),
        },
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_looked_at_once_in_a_while() {
        let mut last = None;
        assert!(is_due(&mut last, Timestamp(1_000), 500), "the first time at once");
        assert!(!is_due(&mut last, Timestamp(1_499), 500));
        assert!(is_due(&mut last, Timestamp(1_500), 500));
        assert!(is_due(&mut last, Timestamp(100), 500), "the clock was set back");
    }
}
