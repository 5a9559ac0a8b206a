//! What the page of boxes shows, and what is asked for on it.

use std::{collections::BTreeMap, sync::Arc};

use crate::{
    geom::{ClassId, CornerBox},
    ui::view::Photo,
};

/// How far the labels of a photo are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PhotoState {
    /// Nobody has looked at it.
    New,
    /// Somebody has drawn boxes, or said that nothing is there.
    Labelled,
    /// Somebody has looked again.
    Checked,
    /// Not to be used.
    Ignored,
}

impl PhotoState {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::New, Self::Labelled, Self::Checked, Self::Ignored];
}

/// A class that a box can have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClassChoice {
    /// Its number, for ever.
    pub class: ClassId,
    /// Name of the product, or of the class where there is none.
    pub name: String,
    /// How many boxes it has.
    pub boxes: u64,
}

/// A photo in the list.
#[derive(Debug, Clone, PartialEq)]
pub struct PhotoRow {
    /// Its number.
    pub id: i64,
    /// How far its labels are.
    pub state: PhotoState,
    /// How many boxes it has.
    pub boxes: u64,
    /// Whether a shopper corrected what was read.
    pub is_correction: bool,
    /// How unsure the model was, 0 to 1.
    pub uncertainty: Option<f32>,
}

/// The order of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum LabelOrder {
    /// The newest first.
    #[default]
    Newest,
    /// Where the model is least sure first.
    MostUnsure,
}

/// Which photos are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LabelFilter {
    /// Only in this state.
    pub state: Option<PhotoState>,
    /// Only of this class.
    pub class: Option<ClassId>,
    /// In this order.
    pub order: LabelOrder,
    /// What was deleted, instead of what was not.
    pub deleted: bool,
}

/// A box on the open photo.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BoxRow {
    /// Its number.
    pub id: i64,
    /// What is in it.
    pub class: ClassId,
    /// Where it is.
    pub bbox: CornerBox,
    /// Hard to see: it counts neither as found nor as missed.
    pub difficult: bool,
}

/// A box that the model proposes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Proposal {
    /// What the model takes it for.
    pub class: ClassId,
    /// Where it is.
    pub bbox: CornerBox,
    /// How sure it is, 0 to 1.
    pub score: f32,
}

/// The open photo.
#[derive(Debug, Clone)]
pub struct OpenPhoto {
    /// Its number.
    pub id: i64,
    /// Its pixels, once they are read.
    pub picture: Option<Photo>,
    /// Why there are none; one sentence.
    pub missing: Option<String>,
    /// Width and height in pixels.
    pub size: (u32, u32),
    /// When it was taken, as the clock shows it.
    pub taken_at: String,
    /// Its boxes.
    pub boxes: Vec<BoxRow>,
    /// What the model proposes besides.
    pub proposals: Vec<Proposal>,
    /// How far its labels are.
    pub state: PhotoState,
    /// Whether nothing is there.
    pub nothing_here: bool,
    /// Whether it is deleted.
    pub deleted: bool,
}

/// What the page shows.
#[derive(Debug, Clone, Default)]
pub struct LabelsView {
    /// What boxes can be.
    pub classes: Arc<Vec<ClassChoice>>,
    /// The photos that the filter lets through.
    pub photos: Arc<Vec<PhotoRow>>,
    /// Small copies of those that were looked at.
    pub thumbs: Arc<BTreeMap<i64, Photo>>,
    /// Which are listed.
    pub filter: LabelFilter,
    /// How many there are in each state, as in [`PhotoState::ALL`], whatever the filter.
    pub counts: [u64; 4],
    /// The open one.
    pub open: Option<Box<OpenPhoto>>,
    /// Whether the model is being asked.
    pub asking: bool,
}

/// One change of the labels of the open photo.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum LabelEdit {
    /// Draw a box.
    Add {
        /// What is in it.
        class: ClassId,
        /// Where.
        bbox: CornerBox,
    },
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
    /// Take a proposal of the model over.
    Accept(Proposal),
    /// Say that nothing is there, or that something is.
    NothingHere(bool),
    /// Say how far the labels are.
    SetState(PhotoState),
}

/// What is asked for on the page.
#[derive(Debug, Clone, PartialEq)]
pub enum LabelsCommand {
    /// List these photos.
    SetFilter(LabelFilter),
    /// Open a photo.
    Open(i64),
    /// Go on by so many photos in the list.
    Step(i32),
    /// These photos of the list are in sight: their small copies are wanted.
    Look(Vec<i64>),
    /// Change the labels; all of it is one step of undo.
    Edit(Vec<LabelEdit>),
    /// Mark the photo as checked and open the next.
    CheckAndStep,
    /// Copy the boxes to the next photo and open it.
    CopyToNext,
    /// Ask the model for proposals.
    Propose,
    /// Ask the model about photos that nobody has looked at, so that the least sure come first.
    Rank,
    /// Delete the photo, after asking.
    Delete,
    /// Take the deletion back.
    Restore,
}
