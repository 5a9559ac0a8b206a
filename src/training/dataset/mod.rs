//! Labelled pictures: the one form in which training and measuring see data, and its readers.
//!
//! A picture has boxes in normalised corners, in the orientation in which a person sees it. All files go
//! through [`crate::frame::picture`], so EXIF orientation is applied once, here as everywhere. This room
//! never resizes for a network and never decides what a box is worth; it reports `difficult` as labelled.

mod check;
mod cifar_canvas;
mod classes;
mod coco;
mod dice;
mod error;
mod export;
pub mod files;
mod memory;
mod mix;
mod rendered;
mod table;
mod voc;
mod voc_xml;

pub use check::{ClassCount, DatasetReport, check};
pub use cifar_canvas::{CanvasChanges, CanvasDataset, CanvasStream};
pub use classes::ClassNames;
pub use coco::CocoDataset;
pub use dice::Dice;
pub use error::DatasetError;
pub use export::{ExportFormat, Exporter};
pub use memory::{FolderDataset, MemoryDataset};
pub use mix::{Mix, Part, Source};
pub use rendered::RenderedDataset;
pub use table::CsvDataset;
pub use voc::VocDataset;
pub use voc_xml::{VocAnnotation, VocObject};

use crate::{
    frame::RgbImage,
    geom::{ClassId, CornerBox},
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

/// A picture with everything of our classes in it boxed.
#[derive(Debug, Clone, PartialEq)]
pub struct LabelledPicture {
    /// The pixels, upright.
    pub picture: RgbImage,
    /// The objects; empty for a picture without any.
    pub boxes: Vec<LabelledBox>,
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
