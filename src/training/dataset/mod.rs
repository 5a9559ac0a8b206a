//! Labelled pictures: the one form in which training and measuring see data, and its readers.
//!
//! A picture has boxes in normalised corners, in the orientation in which a person sees it. All files go
//! through [`crate::frame::picture`], so EXIF orientation is applied once, here as everywhere. This room
//! never resizes for a network and never decides what a box is worth; it reports `difficult` as labelled.
//!
//! One way through for labels in files: a reader (`voc`, `coco`, `table`, `folders`, `manifest`) makes a
//! [`LabelSet`] and notes every fault as an [`Issue`]; a [`survey()`] puts its boxes on the pictures; from
//! there go [`check()`], [`stats()`], [`import_set`] and [`export_set`]. For training and measuring a
//! [`LabelDataset`] reads one picture at a time.

mod check;
mod cifar_canvas;
mod classes;
mod coco;
mod coco_json;
mod convert;
mod dice;
mod duplicates;
mod error;
mod export;
pub mod files;
mod folders;
mod header;
mod issue;
mod label_dataset;
mod labels;
mod manifest;
mod memory;
mod mix;
mod orientation;
mod plots;
mod rendered;
mod report;
mod source_spec;
mod stats;
mod survey;
mod table;
#[cfg(test)]
mod testing;
mod text;
mod voc;
mod voc_xml;

pub use check::{CheckReport, Finding, check, findings};
pub use cifar_canvas::{CanvasChanges, CanvasDataset, CanvasStream};
pub use classes::ClassNames;
pub use coco::CocoDataset;
pub use convert::{
    Beside, PictureCopy, WriteOptions, Written, export_set, export_set_with, import_set, split_anew,
};
pub use dice::Dice;
pub use duplicates::{Pair, families, pairs};
pub use error::DatasetError;
pub use export::{ExportFormat, ExportPage, Exporter};
pub use header::PictureHeader;
pub use issue::{Fate, Issue, Severity};
pub use label_dataset::LabelDataset;
pub use labels::{LabelSet, ObjectFlags, ObjectLabel, PictureLabels, Placed};
pub use manifest::Manifest;
pub use memory::{FolderDataset, MemoryDataset};
pub use mix::{Mix, Part, Pictures, Source};
pub use orientation::Orientation;
pub use plots::write_plots;
pub use rendered::RenderedDataset;
pub use report::{Note, ReadReport};
pub use source_spec::{LabelFormat, SetSpec};
pub use stats::{ClassStats, SHAPE_ENDS, SIZE_ENDS, SetStats, SplitStats, stats};
pub use survey::{
    Depth, Fingerprint, PictureFault, Survey, SurveyedPicture, difference_hash, short_look, survey,
};
pub use table::CsvDataset;
pub use voc::VocDataset;
pub use voc_xml::{VocAnnotation, VocFault, VocObject};

use crate::{
    frame::RgbImage,
    geom::{ClassId, CornerBox},
    vision::loss::Truth,
};

/// One object in a picture, as labelled.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LabelledBox {
    /// What it is; never the background.
    pub class: ClassId,
    /// Where it is, normalised, inside the picture.
    pub bbox: CornerBox,
    /// Labelled as hard to see: a detector that finds it is not wrong, and one that misses it neither.
    pub difficult: bool,
}

impl From<&LabelledBox> for Truth {
    fn from(labelled: &LabelledBox) -> Self {
        Self {
            class: labelled.class,
            bbox: labelled.bbox,
            difficult: labelled.difficult,
        }
    }
}

/// A picture with everything of our classes in it boxed.
#[derive(Debug, Clone, PartialEq)]
pub struct LabelledPicture {
    /// The pixels, upright.
    pub picture: RgbImage,
    /// The objects; empty for a picture without any.
    pub boxes: Vec<LabelledBox>,
}

impl LabelledPicture {
    /// The objects as the loss wants them.
    #[must_use]
    pub fn truths(&self) -> Vec<Truth> {
        self.boxes.iter().map(Truth::from).collect()
    }
}

/// A finite set of labelled pictures.
pub trait Dataset: Send + Sync {
    /// How many pictures there are.
    fn len(&self) -> usize;

    /// Whether there are none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Reads picture `index`.
    ///
    /// # Errors
    /// [`DatasetError`] if there is no such picture or it cannot be read.
    fn get(&self, index: usize) -> Result<LabelledPicture, DatasetError>;
}
