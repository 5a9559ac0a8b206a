//! Photos: what lies in the photo folder, in which state of review, and what looks alike.
//!
//! The pixels are files; here is what is known of them. Deleting marks a photo and can be undone; only
//! [`Store::purge`] takes it away for good.

use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension as _, Row, params, params_from_iter};
use serde::{Deserialize, Serialize};

use crate::domain::time::Timestamp;
use crate::geom::{ClassId, cast};
use crate::store::Store;
use crate::store::audit::{By, Change, record_change};
use crate::store::error::{Fault, StoreError};
use crate::store::rows::{get, small, small_or_none, time};

/// How a photo came here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PhotoSource {
    /// Taken to teach a product.
    Capture,
    /// From a file.
    Import,
    /// A frame that a shopper corrected.
    Correction,
}

impl PhotoSource {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Capture, Self::Import, Self::Correction];

    /// The word used in files.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Capture => "capture",
            Self::Import => "import",
            Self::Correction => "correction",
        }
    }
}

/// How far the labels of a photo are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ReviewState {
    /// Nobody has looked at it.
    New,
    /// Somebody has drawn boxes, or said that nothing is there.
    Labelled,
    /// Somebody has looked again.
    Checked,
    /// Not to be used.
    Ignored,
}

impl ReviewState {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::New, Self::Labelled, Self::Checked, Self::Ignored];

    /// The word used in files.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Labelled => "labelled",
            Self::Checked => "checked",
            Self::Ignored => "ignored",
        }
    }
}

/// A photo that is to be taken in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPhoto {
    /// Name of the file in the photo folder.
    pub file_name: String,
    /// SHA-256 of the file, in hexadecimal digits.
    pub sha256: String,
    /// Difference hash of the picture.
    pub dhash: u64,
    /// Width in pixels, as a person sees it.
    pub width: u32,
    /// Height in pixels, as a person sees it.
    pub height: u32,
    /// When it was taken.
    pub taken_at: Timestamp,
    /// How it came here.
    pub source: PhotoSource,
    /// The session in which it was taken: such photos are never divided between training and test.
    pub session: String,
    /// The class it was taken for.
    pub class_hint: Option<ClassId>,
}

/// A photo.
#[derive(Debug, Clone, PartialEq)]
pub struct Photo {
    /// Number, for ever.
    pub id: i64,
    /// What was known when it was taken in.
    pub of: NewPhoto,
    /// How far its labels are.
    pub state: ReviewState,
    /// Whether somebody has said that nothing is there.
    pub nothing_here: bool,
    /// How unsure the model was, 0 to 1.
    pub uncertainty: Option<f32>,
    /// When it was deleted.
    pub deleted_at: Option<Timestamp>,
    /// How many boxes it has.
    pub boxes: u64,
}

/// What came of a photo.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Added {
    /// It is new.
    New {
        /// Its number.
        id: i64,
    },
    /// The very same file is here already.
    Duplicate {
        /// Its number.
        of: i64,
        /// Whether that one was deleted, and could be restored.
        deleted: bool,
    },
}

/// Which photos are listed; what is empty does not restrict.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PhotoFilter {
    /// Only in this state.
    pub state: Option<ReviewState>,
    /// Only with a box of this class, or taken for it.
    pub class: Option<ClassId>,
    /// Only from here.
    pub source: Option<PhotoSource>,
    /// Only of this session.
    pub session: Option<String>,
    /// Only where nothing is, or only where something is.
    pub nothing_here: Option<bool>,
    /// What was deleted, instead of what was not.
    pub deleted: bool,
}

/// The order of a list of photos.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum PhotoOrder {
    /// The newest first.
    #[default]
    Newest,
    /// The oldest first.
    Oldest,
    /// Where the model is least sure first; where it was not asked last.
    MostUnsure,
}

impl Store {
    /// Takes a photo in.
    ///
    /// # Errors
    /// [`StoreError::UnknownClass`], [`StoreError::BadPhoto`], or any other [`StoreError`].
    pub fn add_photo(&self, photo: &NewPhoto, by: By<'_>) -> Result<Added, StoreError> {
        self.write("taking a photo in", |tx| take_in(tx, photo, by))
    }

    /// A photo.
    ///
    /// # Errors
    /// [`StoreError::UnknownPhoto`], or any other [`StoreError`].
    pub fn photo(&self, id: i64) -> Result<Photo, StoreError> {
        self.read("reading a photo", |conn| {
            let sql = format!("SELECT {COLUMNS} FROM photos WHERE id = ?1");
            let found = conn
                .prepare_cached(&sql)?
                .query_and_then([id], of_row)?
                .next()
                .transpose()?;
            Ok(found.ok_or(StoreError::UnknownPhoto { id })?)
        })
    }

    /// A page of photos: `limit` after the first `skip`.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub fn photo_page(
        &self,
        filter: &PhotoFilter,
        order: PhotoOrder,
        skip: u32,
        limit: u32,
    ) -> Result<Vec<Photo>, StoreError> {
        self.read("listing photos", |conn| {
            let (only, values) = conditions(filter);
            let order = match order {
                PhotoOrder::Newest => "id DESC",
                PhotoOrder::Oldest => "id",
                PhotoOrder::MostUnsure => "uncertainty DESC, id",
            };
            let sql = format!(
                "SELECT {COLUMNS} FROM photos WHERE {only} ORDER BY {order} LIMIT {limit} OFFSET {skip}"
            );
            conn.prepare_cached(&sql)?
                .query_and_then(params_from_iter(values), of_row)?
                .collect()
        })
    }

    /// How many photos a filter lets through.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub fn photo_count(&self, filter: &PhotoFilter) -> Result<u64, StoreError> {
        self.read("counting photos", |conn| {
            let (only, values) = conditions(filter);
            let sql = format!("SELECT count(*) FROM photos WHERE {only}");
            let count: i64 = conn
                .prepare_cached(&sql)?
                .query_row(params_from_iter(values), |row| row.get(0))?;
            Ok(u64::try_from(count)?)
        })
    }

    /// Notes how unsure the model is of photos, 0 to 1. Nobody decides this, so it is not in the audit.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub fn set_uncertainty(&self, scores: &[(i64, f32)]) -> Result<(), StoreError> {
        self.write("noting how unsure the model is", |tx| {
            for (id, score) in scores {
                let score = Some(*score).filter(|score| score.is_finite());
                tx.prepare_cached("UPDATE photos SET uncertainty = ?2 WHERE id = ?1")?
                    .execute(params![id, score.map(f64::from)])?;
            }
            Ok(())
        })
    }

    /// The photos whose difference hash is at most `distance` bits from `dhash`, the nearest first.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub fn near_duplicates(&self, dhash: u64, distance: u32) -> Result<Vec<(i64, u32)>, StoreError> {
        let hashes = self.read("comparing photos", hashes)?;
        let mut near: Vec<(i64, u32)> = hashes
            .into_iter()
            .map(|(id, other)| (id, (dhash ^ other).count_ones()))
            .filter(|(_, bits)| *bits <= distance)
            .collect();
        near.sort_by_key(|(id, bits)| (*bits, *id));
        Ok(near)
    }

    /// All pairs of photos whose difference hashes are at most `distance` bits apart.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub fn duplicate_pairs(&self, distance: u32) -> Result<Vec<(i64, i64, u32)>, StoreError> {
        let hashes = self.read("comparing photos", hashes)?;
        let mut pairs = Vec::new();
        for (index, (id, hash)) in hashes.iter().enumerate() {
            for (other_id, other) in hashes.iter().skip(index + 1) {
                let bits = (hash ^ other).count_ones();
                if bits <= distance {
                    pairs.push((*id, *other_id, bits));
                }
            }
        }
        Ok(pairs)
    }
}

/// Writes a photo down, unless the very same file is here.
pub(super) fn take_in(tx: &Connection, photo: &NewPhoto, by: By<'_>) -> Result<Added, Fault> {
    let sound = photo.width > 0
        && photo.height > 0
        && !photo.file_name.is_empty()
        && photo.sha256.len() == 64
        && photo.sha256.bytes().all(|byte| byte.is_ascii_hexdigit());
    if !sound {
        return Err(StoreError::BadPhoto {
            file: photo.file_name.clone(),
        }
        .into());
    }
    let known: Option<(i64, bool)> = tx
        .prepare_cached("SELECT id, deleted_at IS NOT NULL FROM photos WHERE sha256 = ?1")?
        .query_row([&photo.sha256], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    if let Some((of, deleted)) = known {
        return Ok(Added::Duplicate { of, deleted });
    }
    if let Some(class) = photo.class_hint {
        known_class(tx, class)?;
    }
    tx.prepare_cached(
        "INSERT INTO photos (file_name, sha256, dhash, width, height, taken_at, source, session,
                             class_hint, added_at, added_by)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
    )?
    .execute(params![
        photo.file_name,
        photo.sha256,
        photo.dhash.cast_signed(),
        photo.width,
        photo.height,
        photo.taken_at.0,
        photo.source.code(),
        photo.session,
        photo.class_hint.map(|class| class.0),
        by.1.0,
        by.0,
    ])?;
    let id = tx.last_insert_rowid();
    let change = Change {
        action: "photo",
        subject: &id.to_string(),
        detail: &format!("added by {}", photo.source.code()),
        // Not the name of the file: the audit outlives a purge.
        ..Change::default()
    };
    record_change(tx, by, &change)?;
    Ok(Added::New { id })
}

fn hashes(conn: &Connection) -> Result<Vec<(i64, u64)>, Fault> {
    conn.prepare_cached("SELECT id, dhash FROM photos WHERE deleted_at IS NULL ORDER BY id")?
        .query_and_then([], |row| {
            Ok((get(row, "id")?, get::<i64>(row, "dhash")?.cast_unsigned()))
        })?
        .collect()
}

const COLUMNS: &str = "photos.*, (SELECT count(*) FROM boxes WHERE photo_id = photos.id) AS boxes";

fn conditions(filter: &PhotoFilter) -> (String, Vec<Value>) {
    let mut only = vec![if filter.deleted {
        "deleted_at IS NOT NULL"
    } else {
        "deleted_at IS NULL"
    }];
    let mut values: Vec<Value> = Vec::new();
    if let Some(state) = filter.state {
        only.push("state = ?");
        values.push(state.code().to_owned().into());
    }
    if let Some(class) = filter.class {
        only.push("(class_hint = ? OR id IN (SELECT photo_id FROM boxes WHERE class_id = ?))");
        values.extend([i64::from(class.0).into(), i64::from(class.0).into()]);
    }
    if let Some(source) = filter.source {
        only.push("source = ?");
        values.push(source.code().to_owned().into());
    }
    if let Some(session) = &filter.session {
        only.push("session = ?");
        values.push(session.clone().into());
    }
    if let Some(nothing_here) = filter.nothing_here {
        only.push("nothing_here = ?");
        values.push(i64::from(nothing_here).into());
    }
    (only.join(" AND "), values)
}

pub(super) fn state_of(row: &Row<'_>) -> Result<ReviewState, Fault> {
    let code: String = get(row, "state")?;
    let state = ReviewState::ALL.into_iter().find(|state| state.code() == code);
    state.ok_or_else(|| Fault::row(format!("state {code}")))
}

fn of_row(row: &Row<'_>) -> Result<Photo, Fault> {
    let code: String = get(row, "source")?;
    let source = PhotoSource::ALL.into_iter().find(|source| source.code() == code);
    Ok(Photo {
        id: get(row, "id")?,
        of: NewPhoto {
            file_name: get(row, "file_name")?,
            sha256: get(row, "sha256")?,
            dhash: get::<i64>(row, "dhash")?.cast_unsigned(),
            width: small(row, "width")?,
            height: small(row, "height")?,
            taken_at: time(row, "taken_at")?,
            source: source.ok_or_else(|| Fault::row(format!("source {code}")))?,
            session: get(row, "session")?,
            class_hint: small_or_none(row, "class_hint")?.map(ClassId),
        },
        state: state_of(row)?,
        nothing_here: get(row, "nothing_here")?,
        uncertainty: get::<Option<f64>>(row, "uncertainty")?.map(cast::narrow_f32),
        deleted_at: get::<Option<i64>>(row, "deleted_at")?.map(Timestamp),
        boxes: small(row, "boxes")?,
    })
}

pub(super) fn known_class(conn: &Connection, class: ClassId) -> Result<(), Fault> {
    let known: i64 = conn
        .prepare_cached("SELECT count(*) FROM classes WHERE class_id = ?1")?
        .query_row([class.0], |row| row.get(0))?;
    if known > 0 {
        Ok(())
    } else {
        Err(StoreError::UnknownClass { class: class.0 }.into())
    }
}
