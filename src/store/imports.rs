//! Photos with their labels from elsewhere: a batch comes in whole or not at all.
//!
//! A file lies in the photo folder before its row is written. So that a power cut in between leaves no file
//! that nobody knows, its name is written down first as one to be deleted ([`Store::expect_files`]), and the
//! import that takes it in strikes it off again.

use rusqlite::{OptionalExtension as _, Transaction, params};

use crate::domain::time::Timestamp;
use crate::geom::{ClassId, CornerBox};
use crate::store::Store;
use crate::store::audit::{By, Change, record_change};
use crate::store::error::{Fault, StoreError};
use crate::store::labels::{self, BoxSource, LabelOp, NewBox};
use crate::store::photos::{Added, NewPhoto, ReviewState, take_in};
use crate::store::products::class_id;

/// A box that comes in, with the place of its class in the batch's list.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ImportedBox {
    /// Place in [`ImportBatch::classes`].
    pub class: usize,
    /// Where it is.
    pub bbox: CornerBox,
    /// Hard to see.
    pub difficult: bool,
}

/// A photo that comes in.
#[derive(Debug, Clone, PartialEq)]
pub struct ImportedPhoto {
    /// The photo; its class hint is not read.
    pub photo: NewPhoto,
    /// Place in [`ImportBatch::classes`] of the class it was taken for.
    pub hint: Option<usize>,
    /// Its boxes.
    pub boxes: Vec<ImportedBox>,
    /// How far its labels are.
    pub state: ReviewState,
    /// Whether somebody has said that nothing is there.
    pub nothing_here: bool,
}

/// Photos that come in together.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ImportBatch {
    /// Names of the classes; those that are not known yet become classes without a product.
    pub classes: Vec<String>,
    /// The photos.
    pub photos: Vec<ImportedPhoto>,
}

/// What came of an import.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Imported {
    /// Photos that are new here.
    pub added: Vec<i64>,
    /// Photos that were here without labels and have them now.
    pub labelled: Vec<i64>,
    /// Photos that were here, and stay as they are.
    pub known: u64,
    /// Photos that were deleted here, and stay so.
    pub deleted: u64,
    /// Boxes that came in.
    pub boxes: u64,
    /// Classes that are new here.
    pub classes: Vec<String>,
}

impl Imported {
    /// Takes over the account of a further batch.
    pub fn absorb(&mut self, other: Self) {
        self.added.extend(other.added);
        self.labelled.extend(other.labelled);
        self.known += other.known;
        self.deleted += other.deleted;
        self.boxes += other.boxes;
        self.classes.extend(other.classes);
    }
}

impl Store {
    /// Notes files that are about to be written into the photo folder and belong to no photo yet: they are to
    /// be deleted unless an import takes them in.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub fn expect_files(&self, names: &[String], now: Timestamp) -> Result<(), StoreError> {
        self.write("noting files to come", |tx| {
            for name in names {
                let known: i64 = tx
                    .prepare_cached("SELECT count(*) FROM photos WHERE file_name = ?1")?
                    .query_row([name], |row| row.get(0))?;
                if known == 0 {
                    tx.prepare_cached(
                        "INSERT OR IGNORE INTO files_to_delete (file_name, at) VALUES (?1, ?2)",
                    )?
                    .execute(params![name, now.0])?;
                }
            }
            Ok(())
        })
    }

    /// Takes photos in with their labels: all of them or none. A photo that is here already keeps its labels
    /// if it has any.
    ///
    /// # Errors
    /// [`StoreError::BadPhoto`], [`StoreError::BadBox`], [`StoreError::SomethingHere`], or any other
    /// [`StoreError`].
    pub fn import_photos(&self, batch: &ImportBatch, by: By<'_>) -> Result<Imported, StoreError> {
        self.write("importing photos", |tx| {
            let mut done = Imported::default();
            let classes = take_classes(tx, batch, &mut done)?;
            for photo in &batch.photos {
                take_photo(tx, photo, &classes, (by, &mut done))?;
            }
            let change = Change {
                action: "import",
                subject: "photos",
                detail: &format!(
                    "{} photos new, {} labelled, {} here already, {} boxes",
                    done.added.len(),
                    done.labelled.len(),
                    done.known + done.deleted,
                    done.boxes
                ),
                ..Change::default()
            };
            record_change(tx, by, &change)?;
            Ok(done)
        })
    }

    /// Puts photos into one session, so that a split never parts them.
    ///
    /// # Errors
    /// [`StoreError::UnknownPhoto`], or any other [`StoreError`].
    pub fn set_session(&self, photos: &[i64], session: &str, by: By<'_>) -> Result<(), StoreError> {
        self.write("putting photos together", |tx| {
            for id in photos {
                let before: String = tx
                    .prepare_cached("SELECT session FROM photos WHERE id = ?1")?
                    .query_row([id], |row| row.get(0))
                    .optional()?
                    .ok_or(StoreError::UnknownPhoto { id: *id })?;
                tx.prepare_cached("UPDATE photos SET session = ?2 WHERE id = ?1")?
                    .execute(params![id, session])?;
                let change = Change {
                    action: "photo",
                    subject: &id.to_string(),
                    detail: "session set",
                    before: Some(&before),
                    after: Some(session),
                    reason: None,
                };
                record_change(tx, by, &change)?;
            }
            Ok(())
        })
    }

    /// Notes the size that the file of a photo really has.
    ///
    /// # Errors
    /// [`StoreError::UnknownPhoto`], [`StoreError::BadPhoto`], or any other [`StoreError`].
    pub fn set_photo_size(&self, id: i64, size: (u32, u32), by: By<'_>) -> Result<(), StoreError> {
        self.write("noting the size of a photo", |tx| {
            let (name, width, height): (String, u32, u32) = tx
                .prepare_cached("SELECT file_name, width, height FROM photos WHERE id = ?1")?
                .query_row([id], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
                .optional()?
                .ok_or(StoreError::UnknownPhoto { id })?;
            if size.0 == 0 || size.1 == 0 {
                return Err(StoreError::BadPhoto { file: name }.into());
            }
            tx.prepare_cached("UPDATE photos SET width = ?2, height = ?3 WHERE id = ?1")?
                .execute(params![id, size.0, size.1])?;
            let change = Change {
                action: "photo",
                subject: &id.to_string(),
                detail: "size set",
                before: Some(&format!("{width} x {height}")),
                after: Some(&format!("{} x {}", size.0, size.1)),
                reason: None,
            };
            record_change(tx, by, &change)
        })
    }
}

fn take_classes(
    tx: &Transaction<'_>,
    batch: &ImportBatch,
    done: &mut Imported,
) -> Result<Vec<ClassId>, Fault> {
    let mut classes = Vec::with_capacity(batch.classes.len());
    for name in &batch.classes {
        let known: i64 = tx
            .prepare_cached("SELECT count(*) FROM classes WHERE name = ?1")?
            .query_row([name], |row| row.get(0))?;
        if known == 0 {
            done.classes.push(name.clone());
        }
        classes.push(class_id(tx, name)?);
    }
    Ok(classes)
}

fn take_photo(
    tx: &Transaction<'_>,
    from: &ImportedPhoto,
    classes: &[ClassId],
    (by, done): (By<'_>, &mut Imported),
) -> Result<(), Fault> {
    let class = |place: usize| {
        classes
            .get(place)
            .copied()
            .ok_or_else(|| Fault::from(StoreError::UnknownClass { class: 0 }))
    };
    let photo = NewPhoto {
        class_hint: from.hint.map(class).transpose()?,
        ..from.photo.clone()
    };
    let says_something = from.nothing_here || !from.boxes.is_empty();
    let id = match take_in(tx, &photo, by)? {
        Added::New { id } => {
            done.added.push(id);
            tx.prepare_cached("DELETE FROM files_to_delete WHERE file_name = ?1")?
                .execute([&photo.file_name])?;
            id
        }
        Added::Duplicate { deleted: true, .. } => {
            done.deleted += 1;
            return Ok(());
        }
        Added::Duplicate { of, deleted: false } => {
            let label = labels::read(tx, of)?;
            let has_labels = label.nothing_here || !label.boxes.is_empty();
            if has_labels || !says_something {
                done.known += 1;
                return Ok(());
            }
            done.labelled.push(of);
            of
        }
    };
    let mut boxes = Vec::with_capacity(from.boxes.len());
    for drawn in &from.boxes {
        boxes.push(NewBox {
            class: class(drawn.class)?,
            bbox: drawn.bbox,
            source: BoxSource::Person,
            difficult: drawn.difficult,
            score: None,
        });
    }
    done.boxes += u64::try_from(boxes.len())?;
    let ops = [
        LabelOp::Replace(boxes),
        LabelOp::NothingHere(from.nothing_here),
        LabelOp::SetState(from.state),
    ];
    labels::edit(tx, id, &ops, by)?;
    Ok(())
}
