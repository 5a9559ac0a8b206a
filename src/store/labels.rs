//! Labels: the boxes on photos, saved with every change, with undo and redo that never end.
//!
//! Every change is one small transaction, and one step of undo of its photo. An edit keeps the labels before
//! and after it as a whole; undoing writes those before. The audit has a row for each step, also for undo.

pub(in crate::store) mod kept;

use rusqlite::{Connection, OptionalExtension as _, Transaction, params};

use crate::domain::time::Timestamp;
use crate::geom::{ClassId, CornerBox};
use crate::store::Store;
use crate::store::audit::{By, Change, record_change};
use crate::store::error::{Fault, StoreError};
use crate::store::photos::{ReviewState, known_class};
use crate::store::rows::{get, small, time};

/// Who drew a box.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum BoxSource {
    /// A person.
    Person,
    /// The model in use, accepted by a person.
    Model,
    /// The difference from the empty tray.
    Cutout,
    /// A shopper's correction at the lane.
    Correction,
}

impl BoxSource {
    const ALL: [Self; 4] = [Self::Person, Self::Model, Self::Cutout, Self::Correction];

    /// The word used in files.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Model => "model",
            Self::Cutout => "cutout",
            Self::Correction => "correction",
        }
    }
}

/// A box that is to be drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NewBox {
    /// What is in it.
    pub class: ClassId,
    /// Where it is.
    pub bbox: CornerBox,
    /// Who drew it.
    pub source: BoxSource,
    /// Hard to see: it counts neither as found nor as missed.
    pub difficult: bool,
    /// How sure the model was, for its boxes.
    pub score: Option<f32>,
}

/// A box on a photo.
#[derive(Debug, Clone, PartialEq)]
pub struct LabelBox {
    /// Number, kept by undo and redo.
    pub id: i64,
    /// What it is.
    pub of: NewBox,
    /// Who drew or last changed it.
    pub actor: String,
    /// When.
    pub at: Timestamp,
}

/// Everything that is labelled on a photo.
#[derive(Debug, Clone, PartialEq)]
pub struct PhotoLabel {
    /// The boxes, in the order in which they were drawn.
    pub boxes: Vec<LabelBox>,
    /// How far they are.
    pub state: ReviewState,
    /// Whether somebody has said that nothing is there.
    pub nothing_here: bool,
    /// When the photo was deleted.
    pub deleted_at: Option<Timestamp>,
}

/// A change of the labels of one photo.
#[derive(Debug, Clone, PartialEq)]
pub enum LabelOp {
    /// Draw a box. A photo that was new is labelled then, and something is there.
    Add(NewBox),
    /// Move or resize a box.
    Move {
        /// Which.
        id: i64,
        /// To where.
        bbox: CornerBox,
    },
    /// Say what is in a box.
    SetClass {
        /// Which.
        id: i64,
        /// What is in it.
        class: ClassId,
    },
    /// Say that a box is hard to see, or not.
    SetDifficult {
        /// Which.
        id: i64,
        /// Whether it is.
        difficult: bool,
    },
    /// Take a box away.
    Remove {
        /// Which.
        id: i64,
    },
    /// Put these boxes in place of all that are there.
    Replace(Vec<NewBox>),
    /// Say how far the labels are.
    SetState(ReviewState),
    /// Say that nothing is there; then there must be no boxes.
    NothingHere(bool),
    /// Mark the photo as deleted.
    Delete,
    /// Take the mark away.
    Restore,
}

/// An edit of a photo.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LabelEdit {
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub actor: String,
    /// What.
    pub what: String,
    /// Whether it is undone at present.
    pub undone: bool,
}

/// How many photos and boxes there are of a class.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClassCount {
    /// The class.
    pub class: ClassId,
    /// Its name.
    pub name: String,
    /// Photos with at least one box of it, that are neither deleted nor ignored.
    pub photos: u64,
    /// Boxes on those photos.
    pub boxes: u64,
    /// Photos among them that were checked.
    pub checked: u64,
}

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
            write(tx, photo, &target)?;
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

pub(super) fn edit(
    tx: &Transaction<'_>,
    photo: i64,
    ops: &[LabelOp],
    by: By<'_>,
) -> Result<PhotoLabel, Fault> {
    let before = read(tx, photo)?;
    let mut label = before.clone();
    for op in ops {
        apply(tx, &mut label, op, by)?;
    }
    if label.nothing_here && !label.boxes.is_empty() {
        return Err(StoreError::SomethingHere.into());
    }
    if label == before {
        return Ok(label);
    }
    write(tx, photo, &label)?;
    // A new edit ends the way forward.
    tx.execute(
        "DELETE FROM label_edits WHERE photo_id = ?1 AND undone = 1",
        [photo],
    )?;
    let what = ops.iter().map(word).collect::<Vec<_>>().join(", ");
    let (old, new) = (kept::write(&before)?, kept::write(&label)?);
    tx.prepare_cached(
        "INSERT INTO label_edits (photo_id, at, actor, what, before, after) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?
    .execute(params![photo, by.1.0, by.0, what, old, new])?;
    note(tx, (photo, &what), (&old, &new), by)?;
    Ok(label)
}

fn word(op: &LabelOp) -> &'static str {
    match op {
        LabelOp::Add(_) => "box added",
        LabelOp::Move { .. } => "box moved",
        LabelOp::SetClass { .. } => "class set",
        LabelOp::SetDifficult { .. } => "difficulty set",
        LabelOp::Remove { .. } => "box removed",
        LabelOp::Replace(_) => "boxes replaced",
        LabelOp::SetState(_) => "state set",
        LabelOp::NothingHere(_) => "nothing here",
        LabelOp::Delete => "deleted",
        LabelOp::Restore => "restored",
    }
}

fn apply(tx: &Transaction<'_>, label: &mut PhotoLabel, op: &LabelOp, by: By<'_>) -> Result<(), Fault> {
    match op {
        LabelOp::Add(new) => {
            draw(tx, label, *new, by)?;
        }
        LabelOp::Move { id, bbox } => {
            sound(*bbox)?;
            change(label, *id, by, |drawn| drawn.bbox = *bbox)?;
        }
        LabelOp::SetClass { id, class } => {
            known_class(tx, *class)?;
            change(label, *id, by, |drawn| drawn.class = *class)?;
        }
        LabelOp::SetDifficult { id, difficult } => {
            change(label, *id, by, |drawn| drawn.difficult = *difficult)?;
        }
        LabelOp::Remove { id } => {
            let count = label.boxes.len();
            label.boxes.retain(|drawn| drawn.id != *id);
            if label.boxes.len() == count {
                return Err(StoreError::UnknownBox.into());
            }
        }
        LabelOp::Replace(boxes) => {
            label.boxes.clear();
            for new in boxes {
                draw(tx, label, *new, by)?;
            }
        }
        LabelOp::SetState(state) => label.state = *state,
        LabelOp::NothingHere(nothing) => {
            label.nothing_here = *nothing;
            if *nothing && label.state == ReviewState::New {
                label.state = ReviewState::Labelled;
            }
        }
        LabelOp::Delete => label.deleted_at = label.deleted_at.or(Some(by.1)),
        LabelOp::Restore => label.deleted_at = None,
    }
    Ok(())
}

fn draw(tx: &Transaction<'_>, label: &mut PhotoLabel, new: NewBox, (actor, at): By<'_>) -> Result<(), Fault> {
    sound(new.bbox)?;
    known_class(tx, new.class)?;
    // The number comes from the table of numbers that were ever given, so that undo can bring a box back
    // under its own.
    let last: Option<i64> = tx
        .prepare_cached("SELECT seq FROM sqlite_sequence WHERE name = 'boxes'")?
        .query_row([], |row| row.get(0))
        .optional()?;
    let unsaved = label.boxes.iter().map(|drawn| drawn.id).max().unwrap_or(0);
    label.boxes.push(LabelBox {
        id: last.unwrap_or(0).max(unsaved) + 1,
        of: NewBox {
            score: new.score.filter(|score| score.is_finite()),
            ..new
        },
        actor: actor.to_owned(),
        at,
    });
    label.nothing_here = false;
    if label.state == ReviewState::New {
        label.state = ReviewState::Labelled;
    }
    Ok(())
}

fn change(
    label: &mut PhotoLabel,
    id: i64,
    (actor, at): By<'_>,
    change: impl FnOnce(&mut NewBox),
) -> Result<(), Fault> {
    let drawn = label
        .boxes
        .iter_mut()
        .find(|drawn| drawn.id == id)
        .ok_or(StoreError::UnknownBox)?;
    let old = drawn.of;
    change(&mut drawn.of);
    if drawn.of != old {
        actor.clone_into(&mut drawn.actor);
        drawn.at = at;
    }
    Ok(())
}

/// A box lies inside the photo and has an area.
fn sound(bbox: CornerBox) -> Result<(), StoreError> {
    let inside = [bbox.x0, bbox.y0, bbox.x1, bbox.y1]
        .iter()
        .all(|edge| (0.0..=1.0).contains(edge));
    if inside && bbox.x0 < bbox.x1 && bbox.y0 < bbox.y1 {
        Ok(())
    } else {
        Err(StoreError::BadBox)
    }
}

pub(super) fn read(conn: &Connection, photo: i64) -> Result<PhotoLabel, Fault> {
    let mut label = conn
        .prepare_cached("SELECT state, nothing_here, deleted_at FROM photos WHERE id = ?1")?
        .query_and_then([photo], |row| -> Result<_, Fault> {
            Ok(PhotoLabel {
                boxes: Vec::new(),
                state: crate::store::photos::state_of(row)?,
                nothing_here: get(row, "nothing_here")?,
                deleted_at: get::<Option<i64>>(row, "deleted_at")?.map(Timestamp),
            })
        })?
        .next()
        .ok_or(StoreError::UnknownPhoto { id: photo })??;
    label.boxes = conn
        .prepare_cached("SELECT * FROM boxes WHERE photo_id = ?1 ORDER BY id")?
        .query_and_then([photo], kept::of_row)?
        .collect::<Result<_, _>>()?;
    Ok(label)
}

/// Writes the labels as they are to be. Boxes that stay are not touched.
fn write(tx: &Transaction<'_>, photo: i64, label: &PhotoLabel) -> Result<(), Fault> {
    let known = read(tx, photo)?;
    for old in &known.boxes {
        if !label.boxes.contains(old) {
            tx.prepare_cached("DELETE FROM boxes WHERE id = ?1")?
                .execute([old.id])?;
        }
    }
    for new in &label.boxes {
        if !known.boxes.contains(new) {
            kept::insert(tx, photo, new)?;
        }
    }
    tx.prepare_cached("UPDATE photos SET state = ?2, nothing_here = ?3, deleted_at = ?4 WHERE id = ?1")?
        .execute(params![
            photo,
            label.state.code(),
            label.nothing_here,
            label.deleted_at.map(|at| at.0)
        ])?;
    Ok(())
}

fn note(
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
