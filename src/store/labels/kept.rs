//! Labels as rows and as the text that an edit keeps.

use rusqlite::{Connection, Row, Transaction, params};
use serde::{Deserialize, Serialize};

use super::{BoxSource, LabelBox, NewBox, PhotoLabel};
use crate::domain::time::Timestamp;
use crate::geom::{ClassId, CornerBox, cast};
use crate::store::error::{Fault, StoreError};
use crate::store::photos::ReviewState;
use crate::store::rows::{get, small, time};

#[derive(Serialize, Deserialize)]
struct KeptLabel {
    boxes: Vec<KeptBox>,
    state: ReviewState,
    nothing_here: bool,
    deleted_at: Option<Timestamp>,
}

#[derive(Serialize, Deserialize)]
struct KeptBox {
    id: i64,
    class: u16,
    corners: [f32; 4],
    source: BoxSource,
    difficult: bool,
    score: Option<f32>,
    actor: String,
    at: Timestamp,
}

pub(super) fn write(label: &PhotoLabel) -> Result<String, Fault> {
    let kept = |drawn: &LabelBox| {
        let bbox = drawn.of.bbox;
        KeptBox {
            id: drawn.id,
            class: drawn.of.class.0,
            corners: [bbox.x0, bbox.y0, bbox.x1, bbox.y1],
            source: drawn.of.source,
            difficult: drawn.of.difficult,
            score: drawn.of.score,
            actor: drawn.actor.clone(),
            at: drawn.at,
        }
    };
    Ok(serde_json::to_string(&KeptLabel {
        boxes: label.boxes.iter().map(kept).collect(),
        state: label.state,
        nothing_here: label.nothing_here,
        deleted_at: label.deleted_at,
    })?)
}

pub(super) fn read(text: &str) -> Result<PhotoLabel, Fault> {
    let kept: KeptLabel = serde_json::from_str(text)?;
    let boxes = kept.boxes.into_iter().map(|kept| {
        let [x0, y0, x1, y1] = kept.corners;
        LabelBox {
            id: kept.id,
            of: NewBox {
                class: ClassId(kept.class),
                bbox: CornerBox { x0, y0, x1, y1 },
                source: kept.source,
                difficult: kept.difficult,
                score: kept.score,
            },
            actor: kept.actor,
            at: kept.at,
        }
    });
    Ok(PhotoLabel {
        boxes: boxes.collect(),
        state: kept.state,
        nothing_here: kept.nothing_here,
        deleted_at: kept.deleted_at,
    })
}

pub(super) fn of_row(row: &Row<'_>) -> Result<LabelBox, Fault> {
    let code: String = get(row, "source")?;
    let source = BoxSource::ALL.into_iter().find(|source| source.code() == code);
    Ok(LabelBox {
        id: get(row, "id")?,
        of: NewBox {
            class: ClassId(small(row, "class_id")?),
            bbox: corners(row)?,
            source: source.ok_or_else(|| Fault::row(format!("source {code}")))?,
            difficult: get(row, "difficult")?,
            score: get::<Option<f64>>(row, "score")?.map(cast::narrow_f32),
        },
        actor: get(row, "actor")?,
        at: time(row, "at")?,
    })
}

/// The corners of a row; columns of 64 bits hold 32 exactly.
pub(in crate::store) fn corners(row: &Row<'_>) -> Result<CornerBox, Fault> {
    let edge = |column| get::<f64>(row, column).map(cast::narrow_f32);
    Ok(CornerBox {
        x0: edge("x0")?,
        y0: edge("y0")?,
        x1: edge("x1")?,
        y1: edge("y1")?,
    })
}

pub(super) fn insert(tx: &Transaction<'_>, photo: i64, drawn: &LabelBox) -> Result<(), Fault> {
    let bbox = drawn.of.bbox;
    tx.prepare_cached(
        "INSERT INTO boxes (id, photo_id, class_id, x0, y0, x1, y1, source, actor, at, difficult, score)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
    )?
    .execute(params![
        drawn.id,
        photo,
        drawn.of.class.0,
        f64::from(bbox.x0),
        f64::from(bbox.y0),
        f64::from(bbox.x1),
        f64::from(bbox.y1),
        drawn.of.source.code(),
        drawn.actor,
        drawn.at.0,
        drawn.of.difficult,
        drawn.of.score.map(f64::from),
    ])?;
    Ok(())
}

/// The labels of a photo.
pub(in crate::store) fn read_labels(conn: &Connection, photo: i64) -> Result<PhotoLabel, Fault> {
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
        .query_and_then([photo], of_row)?
        .collect::<Result<_, _>>()?;
    Ok(label)
}

/// Writes the labels as they are to be. Boxes that stay are not touched.
pub(super) fn write_labels(tx: &Transaction<'_>, photo: i64, label: &PhotoLabel) -> Result<(), Fault> {
    let known = read_labels(tx, photo)?;
    for old in &known.boxes {
        if !label.boxes.contains(old) {
            tx.prepare_cached("DELETE FROM boxes WHERE id = ?1")?
                .execute([old.id])?;
        }
    }
    for new in &label.boxes {
        if !known.boxes.contains(new) {
            insert(tx, photo, new)?;
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
