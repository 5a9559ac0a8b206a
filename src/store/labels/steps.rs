//! What the store does with labels: reads them, takes edits, undoes and counts them.

use rusqlite::{Connection, OptionalExtension as _, Transaction, params};

use super::{BoxSource, ClassCount, LabelEdit, LabelOp, NewBox, PhotoLabel, edit, kept, read};
use crate::geom::ClassId;
use crate::store::Store;
use crate::store::audit::{By, Change, record_change};
use crate::store::error::{Fault, StoreError};
use crate::store::rows::{get, small, time};

impl Store {
    /// The labels of a photo.
    ///
    /// # Errors
    /// [`StoreError::UnknownPhoto`], or any other [`StoreError`].
    pub fn labels(&self, photo: i64) -> Result<PhotoLabel, StoreError> {
        self.read("reading labels", |conn| read(conn, photo))
    }

    /// Changes the labels of a photo: all of `ops` or none, as one step of undo.
    ///
    /// # Errors
    /// [`StoreError::UnknownPhoto`], [`StoreError::UnknownBox`], [`StoreError::UnknownClass`],
    /// [`StoreError::BadBox`], [`StoreError::SomethingHere`], or any other [`StoreError`].
    pub fn edit_labels(&self, photo: i64, ops: &[LabelOp], by: By<'_>) -> Result<PhotoLabel, StoreError> {
        self.write("saving labels", |tx| edit(tx, photo, ops, by))
    }

    /// Puts the boxes of one photo on another, in place of its own: the next shot of the same scene.
    ///
    /// # Errors
    /// [`StoreError::UnknownPhoto`], or any other [`StoreError`].
    pub fn copy_labels(&self, from: i64, to: i64, by: By<'_>) -> Result<PhotoLabel, StoreError> {
        self.write("copying labels", |tx| {
            let copies = read(tx, from)?.boxes.into_iter().map(|drawn| NewBox {
                source: BoxSource::Person,
                score: None,
                ..drawn.of
            });
            edit(tx, to, &[LabelOp::Replace(copies.collect())], by)
        })
    }

    /// Deletes photos so that it can be undone, all of them or none.
    ///
    /// # Errors
    /// [`StoreError::UnknownPhoto`], or any other [`StoreError`].
    pub fn delete_photos(&self, photos: &[i64], by: By<'_>) -> Result<(), StoreError> {
        self.write("deleting photos", |tx| {
            photos
                .iter()
                .try_for_each(|photo| edit(tx, *photo, &[LabelOp::Delete], by).map(drop))
        })
    }

    /// Brings deleted photos back, all of them or none.
    ///
    /// # Errors
    /// [`StoreError::UnknownPhoto`], or any other [`StoreError`].
    pub fn restore_photos(&self, photos: &[i64], by: By<'_>) -> Result<(), StoreError> {
        self.write("restoring photos", |tx| {
            photos
                .iter()
                .try_for_each(|photo| edit(tx, *photo, &[LabelOp::Restore], by).map(drop))
        })
    }

    /// Undoes the last edit of a photo. None when there is nothing to undo.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub fn undo_labels(&self, photo: i64, by: By<'_>) -> Result<Option<PhotoLabel>, StoreError> {
        self.turn_labels(photo, Turn::Undo, by)
    }

    /// Does again what was undone last on a photo. None when there is nothing to redo.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub fn redo_labels(&self, photo: i64, by: By<'_>) -> Result<Option<PhotoLabel>, StoreError> {
        self.turn_labels(photo, Turn::Redo, by)
    }

    /// The photo that was edited last: what "undo" means where no photo is open.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub fn last_edited_photo(&self) -> Result<Option<i64>, StoreError> {
        self.read("reading the edits", |conn| {
            Ok(conn
                .prepare_cached("SELECT photo_id FROM label_edits WHERE undone = 0 ORDER BY id DESC LIMIT 1")?
                .query_row([], |row| row.get(0))
                .optional()?)
        })
    }

    /// Every edit of a photo, the oldest first.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub fn label_history(&self, photo: i64) -> Result<Vec<LabelEdit>, StoreError> {
        self.read("reading the edits", |conn| {
            conn.prepare_cached("SELECT * FROM label_edits WHERE photo_id = ?1 ORDER BY id")?
                .query_and_then([photo], |row| {
                    Ok(LabelEdit {
                        at: time(row, "at")?,
                        actor: get(row, "actor")?,
                        what: get(row, "what")?,
                        undone: get(row, "undone")?,
                    })
                })?
                .collect()
        })
    }

    /// Photos and boxes of every class, also of those that have none yet.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub fn class_counts(&self) -> Result<Vec<ClassCount>, StoreError> {
        self.read("counting labels", |conn| {
            let mut query = conn.prepare_cached(
                "SELECT classes.class_id, name, count(DISTINCT used.photo_id) AS photos,
                        count(used.id) AS boxes,
                        count(DISTINCT CASE WHEN used.state = 'checked' THEN used.photo_id END) AS checked
                 FROM classes LEFT JOIN (
                     SELECT boxes.id, class_id, photo_id, state FROM boxes JOIN photos ON photos.id = photo_id
                     WHERE deleted_at IS NULL AND state <> 'ignored') AS used USING (class_id)
                 GROUP BY classes.class_id ORDER BY classes.class_id",
            )?;
            query
                .query_and_then([], |row| {
                    Ok(ClassCount {
                        class: ClassId(small(row, "class_id")?),
                        name: get(row, "name")?,
                        photos: small(row, "photos")?,
                        boxes: small(row, "boxes")?,
                        checked: small(row, "checked")?,
                    })
                })?
                .collect()
        })
    }

    fn turn_labels(&self, photo: i64, turn: Turn, by: By<'_>) -> Result<Option<PhotoLabel>, StoreError> {
        self.write("undoing labels", |tx| {
            let Some((id, before, after)) = turn.find(tx, photo)? else {
                return Ok(None);
            };
            let (from, to, undone) = match turn {
                Turn::Undo => (after, before, true),
                Turn::Redo => (before, after, false),
            };
            let target = kept::read(&to)?;
            kept::write_labels(tx, photo, &target)?;
            tx.execute(
                "UPDATE label_edits SET undone = ?2 WHERE id = ?1",
                params![id, undone],
            )?;
            note(tx, (photo, turn.word()), (&from, &to), by)?;
            Ok(Some(target))
        })
    }
}

#[derive(Debug, Clone, Copy)]
enum Turn {
    Undo,
    Redo,
}

impl Turn {
    fn word(self) -> &'static str {
        match self {
            Self::Undo => "undo",
            Self::Redo => "redo",
        }
    }

    fn find(self, conn: &Connection, photo: i64) -> Result<Option<(i64, String, String)>, Fault> {
        let sql = match self {
            Self::Undo => {
                "SELECT id, before, after FROM label_edits WHERE photo_id = ?1 AND undone = 0
                 ORDER BY id DESC LIMIT 1"
            }
            Self::Redo => {
                "SELECT id, before, after FROM label_edits WHERE photo_id = ?1 AND undone = 1
                 ORDER BY id LIMIT 1"
            }
        };
        Ok(conn
            .prepare_cached(sql)?
            .query_row([photo], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
            .optional()?)
    }
}

/// Writes a step into the audit.
pub(super) fn note(
    tx: &Transaction<'_>,
    (photo, what): (i64, &str),
    (before, after): (&str, &str),
    by: By<'_>,
) -> Result<(), Fault> {
    let change = Change {
        action: "label",
        subject: &photo.to_string(),
        detail: what,
        before: Some(before),
        after: Some(after),
        reason: None,
    };
    record_change(tx, by, &change)
}
