//! How an edit changes the labels of a photo: each operation on what is there, all of them or none.

use rusqlite::{OptionalExtension as _, Transaction, params};

use super::{LabelBox, LabelOp, NewBox, PhotoLabel, kept, read, steps::note};
use crate::geom::CornerBox;
use crate::store::audit::By;
use crate::store::error::{Fault, StoreError};
use crate::store::photos::{ReviewState, known_class};

/// Changes the labels of a photo and keeps the step.
pub(in crate::store) fn edit(
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
    kept::write_labels(tx, photo, &label)?;
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
