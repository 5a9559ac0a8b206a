//! What the page of data sets shows and what can be asked for on it.

use std::sync::Arc;

use crate::ui::office::Page;

/// What the page shows.
#[derive(Debug, Clone, Default)]
pub struct DataSetsView {
    /// How many photos there are, by how far they are.
    pub counts: PhotoCounts,
    /// The products that are taught.
    pub classes: Arc<[ClassRow]>,
    /// Everything counted; none until it is.
    pub stats: Option<Arc<StatsView>>,
    /// What the check says.
    pub check: CheckView,
    /// Frozen versions, the newest first.
    pub versions: Arc<[VersionRow]>,
    /// Long work that is under way.
    pub work: Option<WorkView>,
    /// What is about to be brought in.
    pub incoming: Option<Arc<IncomingView>>,
    /// What was done last, in a sentence.
    pub outcome: Option<String>,
}

/// How many photos there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PhotoCounts {
    /// All of them.
    pub photos: u64,
    /// That nobody has looked at.
    pub new: u64,
    /// With boxes, or the word that nothing is there.
    pub labelled: u64,
    /// That somebody looked at twice.
    pub checked: u64,
    /// That are left out.
    pub ignored: u64,
    /// On which nothing is.
    pub nothing: u64,
}

/// A product that is taught.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClassRow {
    /// Its name.
    pub name: String,
    /// Photos that show it.
    pub photos: u64,
    /// Boxes on them.
    pub boxes: u64,
    /// Photos among them that were looked at twice.
    pub checked: u64,
}

/// Everything counted.
#[derive(Debug, Clone, Default)]
pub struct StatsView {
    /// Photos and boxes of the parts: to learn from, to judge by, to test with.
    pub parts: Vec<PartRow>,
    /// Names of the products, and their boxes in each part.
    pub classes: Vec<(String, Vec<f64>)>,
    /// Boxes by size: side as a share of the photo's, in tenths.
    pub sizes: Vec<(String, Vec<f64>)>,
    /// How many boxes lie over each place.
    pub places: Vec<Vec<u32>>,
}

/// One part of a split.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartRow {
    /// Which part.
    pub part: Part,
    /// Photos in it.
    pub photos: usize,
    /// Boxes on them.
    pub boxes: usize,
}

/// A part of a split.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// To learn from.
    Learn,
    /// To judge by while learning.
    Judge,
    /// To test with afterwards.
    Test,
}

/// What the check says.
#[derive(Debug, Clone, Default)]
pub enum CheckView {
    /// It was not made since the program started.
    #[default]
    Never,
    /// It was made.
    Done {
        /// When, as the clock shows it.
        at: String,
        /// Whether photos have changed since.
        stale: bool,
        /// What is wrong, the worst first.
        faults: Arc<[FaultGroup]>,
    },
}

/// Faults of one kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FaultGroup {
    /// The key of the kind.
    pub key: &'static str,
    /// Whether training on it loses something.
    pub is_bad: bool,
    /// How many there are.
    pub count: usize,
    /// Where: a product or a photo, in words.
    pub places: Vec<String>,
    /// How many of them one press mends.
    pub mendable: usize,
    /// The page on which the others are mended.
    pub page: Option<Page>,
}

/// A frozen version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionRow {
    /// Its number.
    pub number: u64,
    /// When it was frozen.
    pub at: String,
    /// By whom.
    pub by: String,
    /// What for.
    pub note: String,
    /// Photos to learn from, to judge by, to test with.
    pub photos: [u64; 3],
    /// Boxes.
    pub boxes: u64,
    /// Photos that were deleted for good since.
    pub purged: u64,
    /// Whether it is still what was frozen; none until somebody asked.
    pub sound: Option<bool>,
}

/// Long work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WorkView {
    /// What is done.
    pub kind: WorkKind,
    /// How many are done.
    pub done: usize,
    /// Of how many; 0 until that is known.
    pub total: usize,
}

/// What is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WorkKind {
    /// Photos are looked over before they come in.
    Looking,
    /// Photos come in.
    Importing,
    /// Photos are written out.
    Exporting,
    /// Photos are checked.
    Checking,
    /// Photos are counted.
    Counting,
}

/// What is about to be brought in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IncomingView {
    /// From where.
    pub source: String,
    /// Photos that can be used.
    pub photos: usize,
    /// Boxes on them.
    pub boxes: usize,
    /// Photos on which nothing is.
    pub nothing: usize,
    /// Photos that somebody has to look at.
    pub unlabelled: usize,
    /// Products that are not known here.
    pub new_classes: Vec<String>,
    /// What was mended, skipped and refused.
    pub faults: Vec<FaultGroup>,
}

/// What labels are written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LabelStyle {
    /// Pascal VOC, one XML file a photo.
    #[default]
    Voc,
    /// COCO, one JSON file.
    Coco,
    /// One table.
    Table,
}

/// What is asked for on the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DataSetsCommand {
    /// Choose a folder of photos and look it over.
    ChooseFolder {
        /// Whether photos without labels show none of the products.
        empty_place: bool,
    },
    /// Choose a label file and look its photos over.
    ChooseFile {
        /// Whether photos without labels show none of the products.
        empty_place: bool,
    },
    /// Bring in what was looked over.
    BringIn,
    /// Do not bring it in.
    LeaveOut,
    /// Write photos and labels into a new folder.
    WriteOut {
        /// As what.
        style: LabelStyle,
        /// Only the eight columns that every program knows.
        plain: bool,
        /// A frozen version; what is there now if none.
        version: Option<u64>,
    },
    /// Look all photos over.
    Check,
    /// Mend what one press can mend of a kind of fault; all kinds if none.
    Mend(Option<&'static str>),
    /// Stop what is under way.
    Stop,
    /// Freeze a version.
    Freeze {
        /// What for.
        note: String,
        /// Whether only photos that were looked at twice are in it.
        checked_only: bool,
        /// Per cent to judge by and per cent to test with.
        shares: (u8, u8),
    },
    /// See whether a version is still what was frozen.
    Verify(u64),
    /// Close the sentence about what was done.
    DismissOutcome,
}
