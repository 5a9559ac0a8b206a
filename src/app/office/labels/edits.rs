//! Changes of labels: shown at once, written as one step, and put right by what the store answers.

use std::sync::Arc;

use super::{LabelsPage, state_of, to_store, turns};
use crate::{
    app::office::Desk,
    domain::staff::Permission,
    geom::CornerBox,
    store::{
        Store,
        audit::By,
        error::StoreError,
        labels::{BoxSource, LabelBox, LabelOp, NewBox, PhotoLabel},
        photos::ReviewState,
    },
    ui::{
        office::labels::{LabelEdit, PhotoState},
        words::LabelsWord,
    },
};

/// A turn of the store: undo or redo.
type Turn = fn(&Store, i64, By<'_>) -> Result<Option<PhotoLabel>, StoreError>;

fn person(class: crate::geom::ClassId, bbox: CornerBox) -> NewBox {
    NewBox {
        class,
        bbox,
        source: BoxSource::Person,
        difficult: false,
        score: None,
    }
}

/// What an edit is to the store.
fn op_of(edit: LabelEdit) -> LabelOp {
    match edit {
        LabelEdit::Add { class, bbox } => LabelOp::Add(person(class, bbox)),
        LabelEdit::Move { id, bbox } => LabelOp::Move { id, bbox },
        LabelEdit::SetClass { id, class } => LabelOp::SetClass { id, class },
        LabelEdit::SetDifficult { id, difficult } => LabelOp::SetDifficult { id, difficult },
        LabelEdit::Remove { id } => LabelOp::Remove { id },
        LabelEdit::Accept(proposal) => LabelOp::Add(NewBox {
            source: BoxSource::Model,
            score: Some(proposal.score),
            ..person(proposal.class, proposal.bbox.clipped())
        }),
        LabelEdit::NothingHere(nothing) => LabelOp::NothingHere(nothing),
        LabelEdit::SetState(state) => LabelOp::SetState(to_store(state)),
    }
}

/// The edit as it shows until the store has answered; a new box gets a number that no stored one has.
fn show(label: &mut PhotoLabel, edit: LabelEdit, (actor, at): By<'_>) {
    let new_id = -i64::try_from(label.boxes.len()).unwrap_or(0) - 1;
    let mut change = |id: i64, change: &dyn Fn(&mut NewBox)| {
        let found = label.boxes.iter_mut().find(|drawn| drawn.id == id);
        if let Some(drawn) = found {
            change(&mut drawn.of);
        }
    };
    match edit {
        LabelEdit::Move { id, bbox } => change(id, &|drawn| drawn.bbox = bbox),
        LabelEdit::SetClass { id, class } => change(id, &|drawn| drawn.class = class),
        LabelEdit::SetDifficult { id, difficult } => change(id, &|drawn| drawn.difficult = difficult),
        LabelEdit::Remove { id } => label.boxes.retain(|drawn| drawn.id != id),
        LabelEdit::NothingHere(nothing) => label.nothing_here = nothing,
        LabelEdit::SetState(state) => label.state = to_store(state),
        LabelEdit::Add { .. } | LabelEdit::Accept(_) => {
            if let LabelOp::Add(of) = op_of(edit) {
                label.nothing_here = false;
                label.boxes.push(LabelBox {
                    id: new_id,
                    of,
                    actor: actor.to_owned(),
                    at,
                });
            }
        }
    }
}

impl LabelsPage {
    /// Changes the labels of the open photo; all edits are one step of undo.
    pub(super) fn edit(&mut self, edits: &[LabelEdit], desk: &mut Desk) {
        let Some(open) = &mut self.open else { return };
        if !desk.check(Permission::LabelPhotos) {
            return;
        }
        let has_new_number = |edit: &&LabelEdit| match edit {
            // A box that the store has not numbered yet cannot be changed for a moment.
            LabelEdit::Move { id, .. }
            | LabelEdit::SetClass { id, .. }
            | LabelEdit::SetDifficult { id, .. }
            | LabelEdit::Remove { id } => *id >= 0,
            LabelEdit::Add { .. }
            | LabelEdit::Accept(_)
            | LabelEdit::NothingHere(_)
            | LabelEdit::SetState(_) => true,
        };
        let edits: Vec<LabelEdit> = edits.iter().filter(has_new_number).copied().collect();
        if edits.is_empty() {
            return;
        }
        let id = open.photo.id;
        open.waiting += 1;
        for edit in &edits {
            show(&mut open.label, *edit, (desk.name(), desk.now()));
            if let LabelEdit::Accept(taken) = edit {
                open.proposals.retain(|proposal| proposal != taken);
            }
        }
        let ops: Vec<LabelOp> = edits.into_iter().map(op_of).collect();
        desk.store(
            move |store, by| {
                store.authorise(by.0, Permission::LabelPhotos)?;
                let label = store.edit_labels(id, &ops, by)?;
                Ok((label, turns(store, id)?))
            },
            move |office, desk, done| match done {
                Ok((label, turns)) => {
                    desk.saved();
                    office.labels.confirmed(id, label, turns);
                }
                Err(trouble) => {
                    desk.problem(trouble.sentence);
                    // What shows is not what is stored: read it again.
                    Self::open_photo(id, desk);
                }
            },
        );
    }

    /// The store's word on a photo.
    pub(super) fn confirmed(&mut self, id: i64, label: PhotoLabel, (can_undo, can_redo): (bool, bool)) {
        if let Some(row) = Arc::make_mut(&mut self.rows).iter_mut().find(|row| row.id == id) {
            let (old, new) = (row.state, state_of(label.state));
            row.boxes = u64::try_from(label.boxes.len()).unwrap_or(u64::MAX);
            row.state = new;
            self.count(old, new);
        }
        let Some(open) = self.open.as_mut().filter(|open| open.photo.id == id) else {
            return;
        };
        open.waiting = open.waiting.saturating_sub(1);
        (open.can_undo, open.can_redo) = (can_undo, can_redo);
        // While later changes are on their way, what shows is newer than this answer.
        if open.waiting == 0 {
            open.label = label;
        }
    }

    fn count(&mut self, old: PhotoState, new: PhotoState) {
        for (count, state) in self.counts.iter_mut().zip(PhotoState::ALL) {
            if state == old {
                *count = count.saturating_sub(1);
            }
            if state == new {
                *count += 1;
            }
        }
    }

    /// Takes the last step back, or does it again.
    pub(super) fn turn(&mut self, desk: &mut Desk, turn: Turn) {
        let Some(open) = &mut self.open else { return };
        let id = open.photo.id;
        desk.change(
            Permission::LabelPhotos,
            move |store, by| {
                turn(store, id, by)?;
                Ok((store.labels(id)?, turns(store, id)?))
            },
            move |office, _, (label, turns)| {
                if let Some(open) = &mut office.labels.open {
                    open.waiting = 0;
                }
                office.labels.confirmed(id, label, turns);
            },
        );
    }

    /// Marks the photo as checked, if there is something to check, and opens the next.
    pub(super) fn check_and_step(&mut self, desk: &mut Desk) {
        let Some(open) = &self.open else { return };
        if open.label.boxes.is_empty() && !open.label.nothing_here && open.label.state != ReviewState::Ignored
        {
            let sentence = desk.words().say(LabelsWord::NothingToCheck);
            desk.problem(sentence);
            return;
        }
        // The list may lose this photo when it is read again, so the next one is found before.
        let next = self.neighbour(1);
        if open.label.state != ReviewState::Ignored {
            self.edit(&[LabelEdit::SetState(PhotoState::Checked)], desk);
        }
        match next {
            Some(next) => Self::open_photo(next, desk),
            None => self.step(1, desk),
        }
    }

    /// Copies the boxes to the next photo and opens it.
    pub(super) fn copy_to_next(&self, desk: &mut Desk) {
        let Some(from) = self.open.as_ref().map(|open| open.photo.id) else {
            return;
        };
        let Some(to) = self.neighbour(1) else {
            self.step(1, desk);
            return;
        };
        desk.change(
            Permission::LabelPhotos,
            move |store, by| {
                store.copy_labels(from, to, by)?;
                Ok((store.labels(to)?, turns(store, to)?))
            },
            move |office, desk, (label, turns)| {
                office.labels.confirmed(to, label, turns);
                Self::open_photo(to, desk);
            },
        );
    }
}
