//! What the page of photos shows, and what is asked for on it.

use std::{path::PathBuf, sync::Arc};

use crate::{
    domain::codes::Sku,
    frame::{Frame, GrayImage},
    geom::CornerBox,
    ui::view::Photo,
};

/// So many photos of a product are enough to teach it.
pub const TARGET: u64 = 30;

/// A product that can be photographed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProductCount {
    /// Which.
    pub sku: Sku,
    /// Its name.
    pub name: String,
    /// How many photos there are of it.
    pub photos: u64,
}

/// What is photographed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Subject {
    /// Nothing has been chosen yet.
    #[default]
    None,
    /// A product.
    Product(Sku),
    /// Things that the shop does not sell, or nothing at all: the model must learn to leave them alone.
    Nothing,
}

/// Whether the page knows the empty tray.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TrayStatus {
    /// It was never photographed.
    #[default]
    Missing,
    /// It is being photographed: so many of so many pictures.
    Learning(u32, u32),
    /// It is known.
    Ready,
}

/// What to tell the person, in order of urgency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Guidance {
    /// No picture comes.
    NoCamera,
    /// Choose a product first.
    Choose,
    /// Empty the tray and photograph it.
    EmptyTray,
    /// Keep the tray empty for a moment.
    KeepEmpty,
    /// The camera stands elsewhere than before: photograph the empty tray again.
    CameraMoved,
    /// More light.
    TooDark,
    /// Less light.
    TooBright,
    /// Put the product down.
    PutDown,
    /// Take the hand away.
    HandAway,
    /// Hold still, or clean the lens.
    Blurred,
    /// Turn it a little.
    Turn,
    /// The outline is not clear.
    Unclear,
    /// Good: take it.
    Good,
    /// Check the outline.
    CheckOutline,
    /// There is no outline: nothing was found.
    NoOutline,
    /// Enough photos.
    Enough,
}

/// What the till has cut out.
#[derive(Debug, Clone)]
pub struct Overlay {
    /// Another number stands for another mask.
    pub stamp: u64,
    /// How much of every pixel is the product.
    pub mask: Arc<GrayImage>,
    /// The boxes around its parts.
    pub boxes: Vec<CornerBox>,
    /// How sure that is, 0 to 1.
    pub confidence: f32,
}

/// What the page is doing.
#[derive(Debug, Clone, Default)]
pub enum Mode {
    /// Looking.
    #[default]
    Live,
    /// A photo has been taken and is to be confirmed.
    Shot {
        /// The photo.
        picture: Photo,
    },
    /// A product is turned on the tray, and photographed and labelled by itself.
    Turning {
        /// Seconds that are left.
        seconds_left: u32,
        /// Photos so far.
        taken: u32,
    },
}

/// How an import goes, or went.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ImportReport {
    /// Photos looked at so far, of how many.
    pub done: (usize, usize),
    /// Photos that are new.
    pub added: usize,
    /// Files that are here already, byte for byte.
    pub same: usize,
    /// New photos that look almost like one that is here.
    pub alike: usize,
    /// Why others were refused, one sentence each.
    pub refused: Vec<String>,
}

impl ImportReport {
    /// Whether it is still going on.
    #[must_use]
    pub const fn is_busy(&self) -> bool {
        self.done.0 < self.done.1
    }
}

/// What the page shows.
#[derive(Debug, Clone, Default)]
pub struct PhotosView {
    /// What can be photographed.
    pub products: Arc<Vec<ProductCount>>,
    /// Photos of nothing that is sold here.
    pub negatives: u64,
    /// What is photographed.
    pub subject: Subject,
    /// The camera's newest picture.
    pub live: Option<Frame>,
    /// Whether the empty tray is known.
    pub tray: TrayStatus,
    /// What to say.
    pub guidance: Option<Guidance>,
    /// What the till has cut out.
    pub overlay: Option<Overlay>,
    /// What it is doing.
    pub mode: Mode,
    /// The last photos, the newest first.
    pub recent: Vec<Photo>,
    /// How an import goes.
    pub import: Option<Box<ImportReport>>,
}

/// A stroke of the brush over the photo; lengths in parts of its width, places in parts of width and height.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BrushStroke {
    /// Where it begins.
    pub from: (f32, f32),
    /// Where it ends.
    pub to: (f32, f32),
    /// Half its width.
    pub radius: f32,
    /// Whether it adds to the product or takes away.
    pub adds: bool,
}

/// What is asked for on the page.
#[derive(Debug, Clone, PartialEq)]
pub enum PhotosCommand {
    /// Photograph this.
    Choose(Subject),
    /// The tray is empty now: photograph it.
    EmptyTray,
    /// Take a photo.
    Take,
    /// Keep the photo with its outline.
    Confirm,
    /// Throw the photo away.
    Discard,
    /// Mend the outline. The first piece of a stroke begins a step of undo.
    Brush {
        /// A piece of the stroke.
        stroke: BrushStroke,
        /// Whether it is the first.
        first: bool,
    },
    /// Begin or end turning.
    Turn(bool),
    /// Choose files to import.
    ChooseFiles,
    /// Import these files and folders.
    Import(Vec<PathBuf>),
    /// Stop the import, or close its report.
    CloseImport,
}
