//! Mending what a check found, one press each, and taking it back.

use crate::{
    geom::{ClassId, CornerBox},
    store::{Store, audit::By, error::StoreError, labels::LabelOp, photos::ReviewState},
};

/// Corners that differ by less than this part of the picture are the same box.
const SAME: f64 = 0.002;

/// A box by what it is and where, because numbers change when labels are edited.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BoxPlace {
    /// The photo.
    pub photo: i64,
    /// What is in it.
    pub class: ClassId,
    /// Left, top, right, bottom as shares of the picture.
    pub corners: [f64; 4],
}

impl BoxPlace {
    fn is(&self, class: ClassId, bbox: CornerBox) -> bool {
        let edges = [bbox.x0, bbox.y0, bbox.x1, bbox.y1].map(f64::from);
        let near = edges
            .iter()
            .zip(self.corners)
            .all(|(edge, wanted)| (edge - wanted).abs() < SAME);
        class == self.class && near
    }
}

/// What mends a fault.
#[derive(Debug, Clone, PartialEq)]
pub enum Mend {
    /// Do not use this photo.
    LeaveOut {
        /// Which.
        photo: i64,
    },
    /// Take a box away.
    RemoveBox(BoxPlace),
    /// Note the size that the file has.
    TakeSize {
        /// Which photo.
        photo: i64,
        /// Its width and height.
        size: (u32, u32),
    },
    /// Put a photo into a session, so that the split does not part it from its like.
    KeepTogether {
        /// Which photo.
        photo: i64,
        /// The session.
        session: String,
    },
}

/// What takes a mend back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unmend {
    /// Give a photo its review state again.
    State(i64, ReviewState),
    /// Undo the last edit of a photo's labels.
    Labels(i64),
    /// Give a photo its size again.
    Size(i64, (u32, u32)),
    /// Give a photo its session again.
    Session(i64, String),
}

/// Mends what is not mended yet; the answer takes it back.
///
/// # Errors
/// Any [`StoreError`]; what was mended before it stays mended.
pub fn mend(store: &Store, mends: &[Mend], by: By<'_>) -> Result<Vec<Unmend>, StoreError> {
    let mut back = Vec::new();
    for one in mends {
        back.extend(mend_one(store, one, by)?);
    }
    Ok(back)
}

fn mend_one(store: &Store, one: &Mend, by: By<'_>) -> Result<Option<Unmend>, StoreError> {
    match one {
        Mend::LeaveOut { photo } => {
            let before = store.labels(*photo)?.state;
            if before == ReviewState::Ignored {
                return Ok(None);
            }
            store.edit_labels(*photo, &[LabelOp::SetState(ReviewState::Ignored)], by)?;
            Ok(Some(Unmend::State(*photo, before)))
        }
        Mend::RemoveBox(place) => {
            let label = store.labels(place.photo)?;
            let found = label
                .boxes
                .iter()
                .find(|drawn| place.is(drawn.of.class, drawn.of.bbox));
            let Some(found) = found else {
                return Ok(None);
            };
            store.edit_labels(place.photo, &[LabelOp::Remove { id: found.id }], by)?;
            Ok(Some(Unmend::Labels(place.photo)))
        }
        Mend::TakeSize { photo, size } => {
            let before = store.photo(*photo)?.of;
            if (before.width, before.height) == *size {
                return Ok(None);
            }
            store.set_photo_size(*photo, *size, by)?;
            Ok(Some(Unmend::Size(*photo, (before.width, before.height))))
        }
        Mend::KeepTogether { photo, session } => {
            let before = store.photo(*photo)?.of.session;
            if before == *session {
                return Ok(None);
            }
            store.set_session(&[*photo], session, by)?;
            Ok(Some(Unmend::Session(*photo, before)))
        }
    }
}

/// Takes mends back, the last one first.
///
/// # Errors
/// Any [`StoreError`].
pub fn unmend(store: &Store, back: &[Unmend], by: By<'_>) -> Result<(), StoreError> {
    for one in back.iter().rev() {
        match one {
            Unmend::State(photo, state) => {
                store.edit_labels(*photo, &[LabelOp::SetState(*state)], by)?;
            }
            Unmend::Labels(photo) => {
                store.undo_labels(*photo, by)?;
            }
            Unmend::Size(photo, size) => store.set_photo_size(*photo, *size, by)?,
            Unmend::Session(photo, session) => store.set_session(&[*photo], session, by)?,
        }
    }
    Ok(())
}
