//! What the page of models shows and what can be asked for on it.

use std::sync::Arc;

use crate::{frame::Frame, geom::CornerBox, ui::view::Photo};

/// What the page shows.
#[derive(Debug, Clone, Default)]
pub struct ModelsView {
    /// Models, the one in use first, then the newest.
    pub models: Arc<[ModelRow]>,
    /// The model that came with the program.
    pub shipped: String,
    /// What is known of the chosen one.
    pub chosen: Option<Arc<ChosenView>>,
    /// What went live when.
    pub history: Arc<[HistoryRow]>,
    /// The model that going back would bring; none if there is none.
    pub earlier: Option<String>,
    /// Whether whoever is signed on may put a model live.
    pub may_promote: bool,
    /// Both models on one picture.
    pub sides: Box<SidesView>,
    /// Whether a model is being put live.
    pub busy: bool,
}

/// How a model stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It is in use.
    Live,
    /// It was made and was never in use.
    Candidate,
    /// It was in use before.
    Earlier,
    /// Its files are gone.
    Removed,
}

/// What a comparison said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Said {
    /// Better.
    Better,
    /// As good.
    AsGood,
    /// Worse.
    Worse,
    /// It cannot be told.
    CannotTell,
}

impl Said {
    /// Whether it is offered without a manager's word.
    #[must_use]
    pub const fn is_offered(self) -> bool {
        match self {
            Self::Better | Self::AsGood => true,
            Self::Worse | Self::CannotTell => false,
        }
    }
}

/// A model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelRow {
    /// Its name.
    pub name: String,
    /// How it stands.
    pub standing: Standing,
    /// When it was made, and from what.
    pub told: String,
    /// What the comparison said.
    pub said: Option<Said>,
    /// Sales that it saw.
    pub sales: u64,
}

/// A change of the model in use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryRow {
    /// Which model.
    pub model: String,
    /// When and by whom.
    pub told: String,
    /// Why.
    pub reason: String,
    /// Whether it was a step back.
    pub back: bool,
    /// Whether a manager overrode that it was worse.
    pub overridden: bool,
}

/// What is known of a model.
#[derive(Debug, Clone)]
pub struct ChosenView {
    /// Its name.
    pub name: String,
    /// How it stands.
    pub standing: Standing,
    /// The comparison; none for a model that was never compared.
    pub judged: Option<JudgedView>,
}

/// A model beside the one that was in use when it was made.
#[derive(Debug, Clone)]
pub struct JudgedView {
    /// The model that was in use.
    pub live: String,
    /// Photos on which they were compared.
    pub photos: usize,
    /// Whether those photos were learned from, which flatters.
    pub flatters: bool,
    /// What came of it.
    pub said: Said,
    /// Why: against or for it, and the words.
    pub reasons: Vec<(bool, String)>,
    /// Figures of both.
    pub figures: Vec<FigureRow>,
    /// Each product: name, how many there are, AP50 of both in per cent.
    pub classes: Vec<ClassFigure>,
    /// What was taken for what by the new model.
    pub confusion: ConfusionView,
    /// The worst mistakes of the new model.
    pub worst: Vec<MistakeView>,
}

/// A figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Figure {
    /// Mean AP50.
    Found,
    /// Mean AP over `IoU` 0.50 to 0.95.
    Tight,
    /// Baskets that are right.
    Baskets,
    /// Money wrongly asked for, a basket.
    WrongCharge,
    /// Items too many or too few, a basket.
    ItemsOff,
    /// Empty trays on which something is seen.
    FalseAlarms,
}

/// A figure of both models.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FigureRow {
    /// Which.
    pub figure: Figure,
    /// Of the model in use.
    pub live: String,
    /// Of the new one.
    pub new: String,
    /// Whether the new one is better; none where they are alike.
    pub better: Option<bool>,
}

/// How well a product is found.
#[derive(Debug, Clone, PartialEq)]
pub struct ClassFigure {
    /// The product.
    pub name: String,
    /// How many there are on the photos.
    pub objects: usize,
    /// AP50 of the model in use, in per cent; none if it does not know it.
    pub live: Option<f64>,
    /// AP50 of the new one.
    pub new: Option<f64>,
    /// Recall and precision of the new one, in per cent.
    pub curve: Vec<[f64; 2]>,
    /// The same of the model in use.
    pub live_curve: Vec<[f64; 2]>,
}

/// What was taken for what.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ConfusionView {
    /// Products; the last row and column stand for nothing.
    pub names: Vec<String>,
    /// How often, by what is there and what was said.
    pub counts: Vec<Vec<usize>>,
}

/// A mistake.
#[derive(Debug, Clone)]
pub struct MistakeView {
    /// The photo.
    pub photo: Option<Photo>,
    /// Where on it.
    pub bbox: CornerBox,
    /// What was wrong.
    pub words: String,
    /// What it would have cost.
    pub cost: String,
}

/// Both models on one picture.
#[derive(Debug, Clone, Default)]
pub struct SidesView {
    /// The picture that both saw.
    pub frame: Option<Frame>,
    /// The model in use.
    pub live: SideView,
    /// The chosen model.
    pub new: SideView,
    /// Whether it is the live picture.
    pub is_live: bool,
    /// Why nothing can be shown.
    pub problem: Option<String>,
}

/// What one model saw.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SideView {
    /// Its name.
    pub model: String,
    /// What it saw: where, what, and how sure in per cent.
    pub boxes: Vec<(CornerBox, String, u32)>,
    /// Milliseconds that it took.
    pub millis: Option<u32>,
}

/// What is asked for on the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ModelsCommand {
    /// Show what is known of a model.
    Choose(String),
    /// Put a model live.
    Promote(String),
    /// Go back to the model before.
    RollBack,
    /// Show both models on a picture, or stop that.
    Compare(bool),
    /// The live picture, or the next demo picture.
    UseLive(bool),
}
