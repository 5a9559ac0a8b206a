//! Data sets, frozen under a number: which photos, with which boxes, in which part.
//!
//! What was frozen never changes, so that a model can say what it was trained on. A capture session is never
//! divided, and keeps its part in every later version: what a model was tested on yesterday it is not trained
//! on tomorrow.

mod split;

pub use split::Split;

use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension as _, Transaction, params};
use sha2::{Digest as _, Sha256};

use crate::domain::time::Timestamp;
use crate::geom::{ClassId, CornerBox};
use crate::store::Store;
use crate::store::audit::{By, Change, record_change};
use crate::store::error::{Fault, StoreError};
use crate::store::journal::hex;
use crate::store::labels::kept::corners;
use crate::store::photos::ReviewState;
use crate::store::rows::{get, signed, small, time};

/// How a data set is put together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FreezeRequest {
    /// Which photos are in it: usually labelled and checked ones.
    pub states: Vec<ReviewState>,
    /// Per cent of the photos to judge a model by while it is trained.
    pub val_percent: u8,
    /// Per cent of the photos to judge models by afterwards.
    pub test_percent: u8,
    /// What it is for.
    pub note: String,
}

impl Default for FreezeRequest {
    fn default() -> Self {
        Self {
            states: vec![ReviewState::Labelled, ReviewState::Checked],
            val_percent: 15,
            test_percent: 15,
            note: String::new(),
        }
    }
}

/// A data set in the list of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataSetSummary {
    /// Its number.
    pub number: u64,
    /// When it was frozen.
    pub at: Timestamp,
    /// By whom.
    pub actor: String,
    /// What it is for.
    pub note: String,
    /// SHA-256 over all that is in it.
    pub digest: String,
    /// Photos to train on, to judge by, to test with.
    pub photos: [u64; 3],
    /// How many boxes there are.
    pub boxes: u64,
    /// Photos that were purged since.
    pub purged: u64,
}

/// A photo of a data set.
#[derive(Debug, Clone, PartialEq)]
pub struct DataSetPhoto {
    /// Its number.
    pub id: i64,
    /// Name of the file in the photo folder.
    pub file_name: String,
    /// SHA-256 of the file.
    pub sha256: String,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// Its capture session.
    pub session: String,
    /// Its part.
    pub split: Split,
    /// Whether nothing is there, as somebody said.
    pub nothing_here: bool,
    /// Whether the file was purged since.
    pub purged: bool,
    /// What is on it.
    pub boxes: Vec<DataSetBox>,
}

/// A box of a data set.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DataSetBox {
    /// What is in it.
    pub class: ClassId,
    /// Where it is.
    pub bbox: CornerBox,
    /// Hard to see.
    pub difficult: bool,
}

impl Store {
    /// Freezes the photos of now, with their boxes, under the next number. Photos with neither boxes nor the
    /// word that nothing is there are left out.
    ///
    /// # Errors
    /// [`StoreError::EmptyDataSet`], or any other [`StoreError`].
    pub fn freeze(&self, request: &FreezeRequest, by: By<'_>) -> Result<DataSetSummary, StoreError> {
        self.write("freezing a data set", |tx| {
            let mut photos = candidates(tx, &request.states)?;
            if photos.is_empty() {
                return Err(StoreError::EmptyDataSet.into());
            }
            assign(tx, &mut photos, request)?;
            let number: i64 = tx.query_row(
                "SELECT coalesce(max(number), 0) + 1 FROM dataset_versions",
                [],
                |row| row.get(0),
            )?;
            let digest = digest(&photos);
            tx.execute(
                "INSERT INTO dataset_versions (number, at, actor, note, digest) VALUES (?1, ?2, ?3, ?4, ?5)",
                params![number, by.1.0, by.0, request.note.trim(), digest],
            )?;
            for photo in &photos {
                insert(tx, number, photo)?;
            }
            let change = Change {
                action: "data set",
                subject: &number.to_string(),
                detail: &format!("{} photos frozen", photos.len()),
                after: Some(&digest),
                ..Change::default()
            };
            record_change(tx, by, &change)?;
            let found = summaries(tx, Some(number))?.pop();
            found.ok_or_else(|| Fault::row("no data set"))
        })
    }

    /// What freezing would give, without doing it: the photos with their boxes and parts.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub fn preview_freeze(&self, request: &FreezeRequest) -> Result<Vec<DataSetPhoto>, StoreError> {
        self.read("looking a data set over", |conn| {
            let mut photos = candidates(conn, &request.states)?;
            assign(conn, &mut photos, request)?;
            Ok(photos)
        })
    }

    /// The photos that would be frozen now, with their boxes; nothing is written, and all are to train on.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub fn freezable(&self, states: &[ReviewState]) -> Result<Vec<DataSetPhoto>, StoreError> {
        self.read("looking at the photos", |conn| candidates(conn, states))
    }

    /// All data sets, the newest first.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub fn data_sets(&self) -> Result<Vec<DataSetSummary>, StoreError> {
        self.read("listing data sets", |conn| summaries(conn, None))
    }

    /// The photos and boxes of a data set, by number.
    ///
    /// # Errors
    /// [`StoreError::UnknownDataSet`], or any other [`StoreError`].
    pub fn data_set(&self, number: u64) -> Result<Vec<DataSetPhoto>, StoreError> {
        self.read("reading a data set", |conn| {
            let version = signed(number)?;
            if summaries(conn, Some(version))?.is_empty() {
                return Err(StoreError::UnknownDataSet { number }.into());
            }
            frozen(conn, version)
        })
    }

    /// Whether a data set is still what was frozen.
    ///
    /// # Errors
    /// [`StoreError::UnknownDataSet`], or any other [`StoreError`].
    pub fn verify_data_set(&self, number: u64) -> Result<bool, StoreError> {
        let photos = self.data_set(number)?;
        let found = self.data_sets()?.into_iter().find(|set| set.number == number);
        Ok(found.is_some_and(|set| set.digest == digest(&photos)))
    }
}

fn candidates(conn: &Connection, states: &[ReviewState]) -> Result<Vec<DataSetPhoto>, Fault> {
    let mut boxes: BTreeMap<i64, Vec<DataSetBox>> = BTreeMap::new();
    let mut query = conn.prepare_cached("SELECT * FROM boxes ORDER BY photo_id, id")?;
    let mut rows = query.query([])?;
    while let Some(row) = rows.next()? {
        let of = DataSetBox {
            class: ClassId(small(row, "class_id")?),
            bbox: corners(row)?,
            difficult: get(row, "difficult")?,
        };
        boxes.entry(get(row, "photo_id")?).or_default().push(of);
    }
    let mut query = conn.prepare_cached("SELECT * FROM photos WHERE deleted_at IS NULL ORDER BY id")?;
    let mut rows = query.query([])?;
    let mut photos = Vec::new();
    while let Some(row) = rows.next()? {
        let id = get(row, "id")?;
        let boxes = boxes.remove(&id).unwrap_or_default();
        let nothing_here = get(row, "nothing_here")?;
        let said = nothing_here || !boxes.is_empty();
        if said && states.contains(&crate::store::photos::state_of(row)?) {
            photos.push(DataSetPhoto {
                id,
                file_name: get(row, "file_name")?,
                sha256: get(row, "sha256")?,
                width: small(row, "width")?,
                height: small(row, "height")?,
                session: get(row, "session")?,
                split: Split::Train,
                nothing_here,
                purged: false,
                boxes,
            });
        }
    }
    Ok(photos)
}

/// Gives every photo the part of its session.
fn assign(conn: &Connection, photos: &mut [DataSetPhoto], request: &FreezeRequest) -> Result<(), Fault> {
    let mut sizes: BTreeMap<String, usize> = BTreeMap::new();
    for photo in photos.iter() {
        *sizes.entry(photo.session.clone()).or_default() += 1;
    }
    let mut earlier: BTreeMap<String, Split> = BTreeMap::new();
    let mut query =
        conn.prepare_cached("SELECT session, split FROM dataset_photos ORDER BY version, photo_id")?;
    let mut rows = query.query([])?;
    while let Some(row) = rows.next()? {
        earlier.insert(get(row, "session")?, Split::from_row(row)?);
    }
    let shares = (request.val_percent, request.test_percent);
    let splits = split::assign(&sizes, &earlier, shares);
    for photo in photos {
        photo.split = splits.get(&photo.session).copied().unwrap_or(Split::Train);
    }
    Ok(())
}

fn insert(tx: &Transaction<'_>, version: i64, photo: &DataSetPhoto) -> Result<(), Fault> {
    tx.prepare_cached(
        "INSERT INTO dataset_photos (version, photo_id, file_name, sha256, width, height, session, split,
                                     nothing_here)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    )?
    .execute(params![
        version,
        photo.id,
        photo.file_name,
        photo.sha256,
        photo.width,
        photo.height,
        photo.session,
        photo.split.code(),
        photo.nothing_here,
    ])?;
    for (position, drawn) in (0_i64..).zip(&photo.boxes) {
        tx.prepare_cached(
            "INSERT INTO dataset_boxes (version, photo_id, position, class_id, x0, y0, x1, y1, difficult)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        )?
        .execute(params![
            version,
            photo.id,
            position,
            drawn.class.0,
            f64::from(drawn.bbox.x0),
            f64::from(drawn.bbox.y0),
            f64::from(drawn.bbox.x1),
            f64::from(drawn.bbox.y1),
            drawn.difficult,
        ])?;
    }
    Ok(())
}

fn frozen(conn: &Connection, version: i64) -> Result<Vec<DataSetPhoto>, Fault> {
    let mut boxes: BTreeMap<i64, Vec<DataSetBox>> = BTreeMap::new();
    let mut query =
        conn.prepare_cached("SELECT * FROM dataset_boxes WHERE version = ?1 ORDER BY photo_id, position")?;
    let mut rows = query.query([version])?;
    while let Some(row) = rows.next()? {
        let of = DataSetBox {
            class: ClassId(small(row, "class_id")?),
            bbox: corners(row)?,
            difficult: get(row, "difficult")?,
        };
        boxes.entry(get(row, "photo_id")?).or_default().push(of);
    }
    conn.prepare_cached("SELECT * FROM dataset_photos WHERE version = ?1 ORDER BY photo_id")?
        .query_and_then([version], |row| {
            let id = get(row, "photo_id")?;
            Ok(DataSetPhoto {
                id,
                file_name: get(row, "file_name")?,
                sha256: get(row, "sha256")?,
                width: small(row, "width")?,
                height: small(row, "height")?,
                session: get(row, "session")?,
                split: Split::from_row(row)?,
                nothing_here: get(row, "nothing_here")?,
                purged: get::<Option<i64>>(row, "purged_at")?.is_some(),
                boxes: boxes.remove(&id).unwrap_or_default(),
            })
        })?
        .collect()
}

fn summaries(conn: &Connection, only: Option<i64>) -> Result<Vec<DataSetSummary>, Fault> {
    let mut query = conn.prepare_cached(
        "SELECT number, at, actor, note, digest,
                (SELECT count(*) FROM dataset_boxes AS b WHERE b.version = number) AS boxes,
                coalesce(sum(split = 'train'), 0) AS train, coalesce(sum(split = 'val'), 0) AS val,
                coalesce(sum(split = 'test'), 0) AS test, count(purged_at) AS purged
         FROM dataset_versions LEFT JOIN dataset_photos ON version = number
         WHERE ?1 IS NULL OR number = ?1 GROUP BY number ORDER BY number DESC",
    )?;
    query
        .query_and_then([only], |row| {
            Ok(DataSetSummary {
                number: small(row, "number")?,
                at: time(row, "at")?,
                actor: get(row, "actor")?,
                note: get(row, "note")?,
                digest: get(row, "digest")?,
                photos: [small(row, "train")?, small(row, "val")?, small(row, "test")?],
                boxes: small(row, "boxes")?,
                purged: small(row, "purged")?,
            })
        })?
        .collect()
}

/// SHA-256 over every photo and box. Whether a photo was purged since is not part of it.
fn digest(photos: &[DataSetPhoto]) -> String {
    let mut hasher = Sha256::new();
    let mut text = |part: &str| {
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part.as_bytes());
    };
    for photo in photos {
        text("photo");
        for part in [&photo.sha256, &photo.session] {
            text(part);
        }
        text(photo.split.code());
        text(if photo.nothing_here {
            "nothing"
        } else {
            "something"
        });
        for drawn in &photo.boxes {
            let edges = [drawn.bbox.x0, drawn.bbox.y0, drawn.bbox.x1, drawn.bbox.y1];
            let bits = edges.map(|edge| format!("{:08x}", edge.to_bits())).join(" ");
            text(&format!("{} {bits} {}", drawn.class.0, drawn.difficult));
        }
    }
    hex(&hasher.finalize())
}

/// Whether a version is there, for what refers to one.
pub(super) fn known_version(conn: &Connection, number: u64) -> Result<(), Fault> {
    let found: Option<i64> = conn
        .prepare_cached("SELECT 1 FROM dataset_versions WHERE number = ?1")?
        .query_row([signed(number)?], |row| row.get(0))
        .optional()?;
    found
        .map(drop)
        .ok_or_else(|| StoreError::UnknownDataSet { number }.into())
}
