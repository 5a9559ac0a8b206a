//! What the page of trainings shows and what can be asked for on it.

use std::sync::Arc;

use crate::ui::office::Page;

/// What the page shows.
#[derive(Debug, Clone, Default)]
pub struct TrainingView {
    /// The recipe: what is done of each step.
    pub steps: StepsView,
    /// What the photos lack, the worst first.
    pub complaints: Arc<[ComplaintView]>,
    /// The training that waits, works or rests.
    pub run: Option<Arc<RunView>>,
    /// Earlier trainings, the newest first.
    pub history: Arc<[RunRow]>,
    /// A model that was made and is not in use yet.
    pub candidate: Option<String>,
    /// Frozen versions that can be learned from, the newest first.
    pub versions: Vec<u64>,
    /// Whether whoever is signed on may train.
    pub may_train: bool,
}

/// The recipe.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StepsView {
    /// The product with the fewest photos among those that are taught, and how many it has.
    pub photos: Option<(String, u64)>,
    /// How many products are taught.
    pub products: usize,
    /// Photos whose boxes nobody has looked at.
    pub unlabelled: u64,
    /// Photos whose boxes are done.
    pub labelled: u64,
}

/// Photos of each product that make a good model.
pub const WANTED: u64 = 30;

/// What the photos lack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ComplaintView {
    /// Whether a training cannot begin before.
    pub stops: bool,
    /// What is missing and what to do.
    pub words: String,
    /// Where it is done.
    pub page: Option<Page>,
}

/// How a training stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunStage {
    /// It waits for its turn.
    Waiting,
    /// It looks at the pictures.
    Preparing,
    /// It learns.
    Learning,
    /// It is compared with the model in use.
    Judging,
    /// It rests and can go on.
    Resting,
    /// It has a model.
    Done,
    /// It was given up.
    Stopped,
    /// It could not go on.
    Failed,
}

/// The training that waits, works or rests.
#[derive(Debug, Clone)]
pub struct RunView {
    /// Its number.
    pub number: i64,
    /// What it teaches.
    pub name: String,
    /// How it stands.
    pub stage: RunStage,
    /// The part that is done, 0 to 1.
    pub share: f32,
    /// Seconds left at this speed.
    pub seconds_left: Option<f64>,
    /// What went wrong, or why it rests.
    pub message: Option<String>,
    /// How wrong it is about the labels, by minutes of work.
    pub loss: Vec<[f64; 2]>,
    /// How far it is from the model in use, by minutes of work.
    pub kept: Vec<[f64; 2]>,
    /// How well it finds each product, in per cent, by rounds.
    pub found: Vec<(String, Vec<[f64; 2]>)>,
}

/// An earlier training.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunRow {
    /// Its number.
    pub number: i64,
    /// What it taught.
    pub name: String,
    /// How it ended.
    pub stage: RunStage,
    /// When, and who asked for it.
    pub told: String,
    /// What went wrong, or what came of it.
    pub message: Option<String>,
}

/// How long a training learns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Effort {
    /// To see whether it works.
    Quick,
    /// As is usual.
    #[default]
    Usual,
    /// Overnight.
    Thorough,
}

/// How firmly it holds on to what it knew.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Hold {
    /// New products come first.
    Loose,
    /// As is usual.
    #[default]
    Usual,
    /// Old products come first.
    Firm,
}

/// What can be set before a training.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Wishes {
    /// How long.
    pub effort: Effort,
    /// How firmly it holds on to what it knew.
    pub hold: Hold,
    /// A frozen version to learn from; the photos of now if none.
    pub version: Option<u64>,
}

/// What is asked for on the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TrainingCommand {
    /// Train.
    Start(Wishes),
    /// Rest; it can go on later.
    Pause,
    /// Go on.
    Resume(i64),
    /// Give it up.
    Cancel(i64),
    /// Try one that failed again.
    Again(i64),
}
