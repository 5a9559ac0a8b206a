//! What a run tells those who watch it, and what they may wish.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// What a run does at the moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Stage {
    /// It looks at the pictures.
    Preparing,
    /// It learns.
    Learning,
    /// The candidate is written.
    Finished,
}

/// Where a run stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TeachProgress {
    /// What it does.
    pub stage: Stage,
    /// Pictures looked at, or steps done.
    pub done: u64,
    /// Of how many.
    pub total: u64,
    /// Share of the whole run that is done, 0 to 1.
    pub share: f32,
    /// Loss of the labels since the last report.
    pub loss: f32,
    /// Loss of what the live model said since the last report: how far the new model is from the old one.
    pub kept: f32,
    /// AP50 of each class on the pictures that are not learned from, after the last round.
    pub ap50: BTreeMap<String, f64>,
    /// Rounds done.
    pub round: u32,
    /// Seconds of work so far, all parts of the run together.
    pub seconds: f64,
    /// Seconds left at this speed.
    pub seconds_left: f64,
}

impl TeachProgress {
    /// Mean AP50 of all classes measured; none before the first round ended.
    #[must_use]
    pub fn mean_ap50(&self) -> Option<f64> {
        let count = self.ap50.len();
        (count > 0).then(|| self.ap50.values().sum::<f64>() / count as f64)
    }
}

/// What those who watch want.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wish {
    /// Go on.
    GoOn,
    /// Write a checkpoint and rest; the run can go on later.
    Pause,
    /// Give the run up.
    Stop,
}
