//! Labels: the boxes on photos, saved with every change, with undo and redo that never end.
//!
//! Every change is one small transaction, and one step of undo of its photo. An edit keeps the labels before
//! and after it as a whole; undoing writes those before. The audit has a row for each step, also for undo.
//! Here is what labels are; `steps` is what the store does with them.

mod edit;
pub(in crate::store) mod kept;
mod steps;

pub(in crate::store) use edit::edit;
pub(in crate::store) use kept::read_labels as read;

use crate::domain::time::Timestamp;
use crate::geom::{ClassId, CornerBox};
use crate::store::photos::ReviewState;

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
