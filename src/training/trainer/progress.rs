//! What a run tells those who watch it.

use std::time::{Duration, Instant};

use super::{checkpoint::RunState, loader::Content, validation::Measured};

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
    /// Mean length of all gradients together, before clipping, since the last report.
    pub gradient: f64,
    /// Learning rate of this step.
    pub rate: f64,
    /// Pictures a second since the last report.
    pub pictures_per_second: f64,
    /// Share of the time in which the trainer waited for pictures.
    pub waiting: f64,
    /// Share of the time that went into updating weights and their average.
    pub updating: f64,
    /// What the pictures since the last report showed.
    pub content: Content,
    /// Time to the last epoch at this speed.
    pub seconds_left: f64,
    /// What was measured, right after an epoch.
    pub measured: Option<Measured>,
    /// What a round of hard negatives found, right after an epoch.
    pub round: Option<RoundReport>,
}

/// A round of hard negatives in numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RoundReport {
    /// Photographs judged.
    pub photos: usize,
    /// Photographs on which something is found.
    pub photo_alarms: usize,
    /// Pictures of the stream without objects judged.
    pub scenes: usize,
    /// Those on which something is found.
    pub scene_alarms: usize,
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

/// One step in numbers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct StepReport {
    /// Classification loss.
    pub classification: f32,
    /// Localisation loss, not yet weighted.
    pub localisation: f32,
    /// Length of all gradients together, before clipping.
    pub gradient: f64,
    /// Time that the update took.
    pub updating: Duration,
    /// What the batch showed.
    pub content: Content,
}

/// Losses, times and pictures since the last report.
pub(super) struct Tally {
    started: Instant,
    classification: f32,
    localisation: f32,
    gradient: f64,
    waiting: Duration,
    updating: Duration,
    content: Content,
    steps: u16,
}

impl Tally {
    pub(super) fn new() -> Self {
        Self {
            started: Instant::now(),
            classification: 0.0,
            localisation: 0.0,
            gradient: 0.0,
            waiting: Duration::ZERO,
            updating: Duration::ZERO,
            content: Content::default(),
            steps: 0,
        }
    }

    pub(super) fn add(&mut self, step: &StepReport, waited: Duration) {
        self.classification += step.classification;
        self.localisation += step.localisation;
        self.gradient += step.gradient;
        self.waiting += waited;
        self.updating += step.updating;
        self.content = self.content.plus(step.content);
        self.steps += 1;
    }

    pub(super) fn seconds(&self) -> f64 {
        self.started.elapsed().as_secs_f64()
    }

    pub(super) fn report(&self, state: &RunState) -> Progress {
        let settings = &state.settings;
        let seconds = self.seconds().max(1e-9);
        let pictures_per_second = self.content.pictures as f64 / seconds;
        let left = settings.total_steps().saturating_sub(state.step) * u64::from(settings.batch);
        let epoch = state.step.div_ceil(settings.steps_per_epoch());
        let steps = self.steps.max(1);
        Progress {
            epoch: u32::try_from(epoch).unwrap_or(u32::MAX),
            epochs: settings.total_epochs(),
            step: state.step,
            total_steps: settings.total_steps(),
            classification: self.classification / f32::from(steps),
            localisation: self.localisation / f32::from(steps),
            gradient: self.gradient / f64::from(steps),
            rate: settings.rate_at(state.step.saturating_sub(1)) * state.rate_factor,
            pictures_per_second,
            waiting: self.waiting.as_secs_f64() / seconds,
            updating: self.updating.as_secs_f64() / seconds,
            content: self.content,
            seconds_left: left as f64 / pictures_per_second.max(1e-9),
            measured: None,
            round: None,
        }
    }
}
