//! What a run tells those who watch it.

use std::time::Instant;

use super::checkpoint::RunState;
use crate::vision::ModelMetrics;

/// Where a run stands, for people to look at.
#[derive(Debug, Clone, PartialEq)]
pub struct Progress {
    /// Epoch, from 1.
    pub epoch: u32,
    /// Epochs at most.
    pub epochs: u32,
    /// Steps done in all.
    pub step: u64,
    /// Steps at most.
    pub total_steps: u64,
    /// Mean classification loss since the last report.
    pub classification: f32,
    /// Mean localisation loss since the last report.
    pub localisation: f32,
    /// Learning rate of this step.
    pub rate: f64,
    /// Pictures a second since the last report.
    pub pictures_per_second: f64,
    /// Time to the last epoch at this speed.
    pub seconds_left: f64,
    /// Figures on each validation set, right after an epoch.
    pub measured: Option<Vec<ModelMetrics>>,
    /// Whether those figures are the best so far.
    pub is_best: bool,
}

/// What the callback wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Control {
    /// Go on.
    Continue,
    /// Write a checkpoint and stop.
    Cancel,
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// All epochs are done.
    Finished,
    /// No epoch was better for as long as the settings allow.
    StoppedEarly,
    /// The callback asked for it; the run can be resumed.
    Cancelled,
}

/// Losses and pictures since the last report.
pub(super) struct Tally {
    started: Instant,
    classification: f32,
    localisation: f32,
    steps: f32,
    pictures: u64,
}

impl Tally {
    pub(super) fn new() -> Self {
        Self {
            started: Instant::now(),
            classification: 0.0,
            localisation: 0.0,
            steps: 0.0,
            pictures: 0,
        }
    }

    pub(super) fn add(&mut self, classification: f32, localisation: f32, pictures: u64) {
        self.classification += classification;
        self.localisation += localisation;
        self.steps += 1.0;
        self.pictures += pictures;
    }

    pub(super) fn seconds(&self) -> f64 {
        self.started.elapsed().as_secs_f64()
    }

    pub(super) fn report(&self, state: &RunState) -> Progress {
        let settings = &state.settings;
        let pictures_per_second = self.pictures as f64 / self.seconds().max(1e-9);
        let left = settings.total_steps().saturating_sub(state.step) * u64::from(settings.batch);
        let epoch = state.step.div_ceil(settings.steps_per_epoch());
        Progress {
            epoch: u32::try_from(epoch).unwrap_or(u32::MAX),
            epochs: settings.epochs,
            step: state.step,
            total_steps: settings.total_steps(),
            classification: self.classification / self.steps.max(1.0),
            localisation: self.localisation / self.steps.max(1.0),
            rate: settings.rate_at(state.step.saturating_sub(1)),
            pictures_per_second,
            seconds_left: left as f64 / pictures_per_second.max(1e-9),
            measured: None,
            is_best: false,
        }
    }
}
