//! The training loop: batches in, a better detector out; can be watched, cancelled and resumed.
//!
//! It knows nothing of windows and threads of the lane: progress goes to a callback, which also says whether
//! to go on. The live model is never touched; the best model so far lies in the run's folder as a bundle.

pub(in crate::training) mod average;
pub(in crate::training) mod checkpoint;
mod curves;
mod error;
mod event_file;
pub(in crate::training) mod freeze;
mod hard_negatives;
mod loader;
pub(in crate::training) mod optimizer;
mod phase;
mod progress;
mod run_log;
mod schedule;
mod settings;
mod settle;
pub(in crate::training) mod update;
mod validation;

#[cfg(test)]
mod tests;

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Instant,
};

use burn::{module::Module as _, tensor::Device};

pub use average::WeightAverage;
pub use checkpoint::{CheckpointError, RunState, exists as run_exists};
pub use curves::{CurveError, draw_curves};
pub use error::TrainError;
pub use freeze::{Frozen, freeze};
pub use hard_negatives::{HardNegative, HardSource, NegativePool};
pub use loader::{Batch, BatchPlan, Content, Loader, SampleFn};
pub use optimizer::OptimizerKind;
pub use phase::{Phase, Stage};
pub use progress::{Control, Outcome, Progress, RoundReport};
pub use run_log::{LogError, RunLog};
pub use schedule::{Position, Schedule};
pub use settings::{HardNegativeSettings, NormMode, TrainSettings};
pub use validation::{ALARM_SCORE, AlarmCount, Measured, Validation, ValidationKind};

use self::{
    hard_negatives::{HardDraw, judge},
    optimizer::Optimizer,
    progress::{StepReport, Tally},
    update::{HostGradients, Strengths},
};
use super::evaluate::EvaluateError;
use crate::vision::{
    Architecture, DefaultBoxes, Detector, Engine, ModelBundle, Ssd, decode::DecodeSettings, gpu,
    loss::multibox_loss, weights,
};

/// What a run learns from and is judged by.
pub struct TrainData {
    /// Where training pictures come from.
    pub sample: SampleFn,
    /// Validation sets.
    pub validation: Vec<Validation>,
    /// Photographs among which hard negatives are looked for.
    pub negatives: Option<NegativePool>,
}

/// One training run.
pub struct Trainer {
    folder: PathBuf,
    state: RunState,
    network: Ssd,
    average: WeightAverage,
    optimizer: Optimizer,
    data: TrainData,
    device: Device,
    engine: Engine,
    stop: Arc<AtomicBool>,
    /// Number of the phase that the network is set to.
    phase: Option<usize>,
}

/// Steps between two reports.
const REPORT_EVERY: u64 = 10;
/// Steps between two checkpoints inside an epoch.
const CHECKPOINT_EVERY: u64 = 200;

impl Trainer {
    /// A new run in `folder`, from a network with its starting weights.
    ///
    /// # Errors
    /// [`TrainError::Settings`] if settings or architecture make no sense.
    pub fn new(
        folder: &Path,
        start: Start,
        settings: TrainSettings,
        data: TrainData,
    ) -> Result<Self, TrainError> {
        settings.check().map_err(TrainError::Settings)?;
        start.architecture.check().map_err(TrainError::Settings)?;
        let state = RunState {
            architecture: start.architecture,
            started_from: start.description,
            step: 0,
            average_updates: 0,
            best_score: None,
            epochs_without_gain: 0,
            seconds: 0.0,
            rate_factor: 1.0,
            epoch_loss: (0.0, 0),
            last_epoch_loss: None,
            hard_negatives: Vec::new(),
            settings,
        };
        let average = WeightAverage::new(&start.network, state.settings.ema_decay, 0);
        Ok(Self {
            folder: folder.to_owned(),
            optimizer: Optimizer::new(state.settings.optimizer),
            state,
            network: start.network,
            average,
            data,
            device: Device::flex().autodiff(),
            engine: Engine::Cpu,
            stop: Arc::default(),
            phase: None,
        })
    }

    /// Goes on with the run in `folder`, with the settings that it was started with.
    ///
    /// # Errors
    /// [`TrainError::Checkpoint`] if there is none or it is damaged.
    pub fn resume(folder: &Path, data: TrainData) -> Result<Self, TrainError> {
        let device = Device::flex().autodiff();
        let loaded = checkpoint::load(folder, &device)?;
        Ok(Self {
            folder: folder.to_owned(),
            network: loaded.network,
            average: loaded.average,
            optimizer: loaded.optimizer,
            state: loaded.state,
            data,
            device,
            engine: Engine::Cpu,
            stop: Arc::default(),
            phase: None,
        })
    }

    /// The same run, computed by another engine: weights move there; averages, optimiser state and checkpoints
    /// stay on the host, so that a run may go from one engine to another between two starts. On the CPU our own
    /// operators compute, on a GPU burn's.
    ///
    /// # Errors
    /// [`TrainError::Evaluate`] if a GPU is asked for and none can be used.
    pub fn on(mut self, engine: Engine) -> Result<Self, TrainError> {
        let device = if engine == Engine::Gpu {
            gpu::device().map_err(EvaluateError::Detect)?
        } else {
            Device::flex()
        };
        self.device = device.autodiff();
        self.network = self.network.fork(&self.device);
        self.engine = engine;
        Ok(self)
    }

    /// Goes on with other settings, for example with more layers than before. The seed and the batch must
    /// stay, because they say which pictures were seen already. Another update rule starts without memory.
    ///
    /// # Errors
    /// [`TrainError::Settings`] if the settings make no sense or do not go with the run.
    pub fn change_settings(&mut self, settings: TrainSettings) -> Result<(), TrainError> {
        settings.check().map_err(TrainError::Settings)?;
        let now = &self.state.settings;
        if (settings.seed, settings.batch) != (now.seed, now.batch) {
            return Err(TrainError::Settings(
                "a resumed run keeps its seed and its batch".to_owned(),
            ));
        }
        if settings.optimizer != now.optimizer {
            self.optimizer = Optimizer::new(settings.optimizer);
        }
        self.state.settings = settings;
        self.phase = None;
        Ok(())
    }

    /// Where the run stands.
    #[must_use]
    pub const fn state(&self) -> &RunState {
        &self.state
    }

    /// Set to true, from any thread, it ends the run after the step at hand, with a checkpoint.
    #[must_use]
    pub fn stop_flag(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.stop)
    }

    /// Trains until the end, an early stop or a cancel; a checkpoint is written in each case.
    ///
    /// # Errors
    /// [`TrainError`]; the last checkpoint stays.
    pub fn run(&mut self, mut report: impl FnMut(&Progress) -> Control) -> Result<Outcome, TrainError> {
        let settings = self.state.settings.clone();
        let mut loader = self.start_loader()?;
        let mut tally = Tally::new();
        while self.state.step < settings.total_steps() {
            self.enter_phase();
            let waiting = Instant::now();
            let batch = loader
                .next_batch()
                .ok_or_else(|| TrainError::Loader("one of them ended with a panic".to_owned()))??;
            let waited = waiting.elapsed();
            tally.add(&self.step(batch)?, waited);
            let at_epoch_end = self.state.step.is_multiple_of(settings.steps_per_epoch());
            let stopped = self.stop.load(Ordering::Relaxed);
            if !at_epoch_end && !stopped && !self.state.step.is_multiple_of(REPORT_EVERY) {
                continue;
            }
            let mut progress = tally.report(&self.state);
            self.state.seconds += tally.seconds();
            if at_epoch_end && self.end_epoch(&mut progress)? {
                drop(loader);
                loader = self.start_loader()?;
            }
            tally = Tally::new();
            let cancelled = report(&progress) == Control::Cancel || stopped;
            if at_epoch_end || cancelled || self.state.step.is_multiple_of(CHECKPOINT_EVERY) {
                self.save_checkpoint()?;
            }
            if cancelled {
                return Ok(Outcome::Cancelled);
            }
            if at_epoch_end && self.state.epochs_without_gain >= settings.patience {
                return Ok(Outcome::StoppedEarly);
            }
        }
        Ok(Outcome::Finished)
    }

    fn start_loader(&self) -> Result<Loader, TrainError> {
        let threads = self.state.settings.loader_threads;
        Loader::start(&self.batch_plan(), self.state.step, threads)
            .map_err(|source| TrainError::Loader(source.to_string()))
    }

    fn batch_plan(&self) -> BatchPlan {
        let settings = &self.state.settings;
        let hard = HardDraw::new(
            settings,
            &self.state.hard_negatives,
            self.data.negatives.as_ref(),
            &self.data.sample,
        );
        BatchPlan {
            sample: Arc::clone(&self.data.sample),
            hard: hard.map(Arc::new),
            side: self.state.architecture.input[0],
            batch: u64::from(settings.batch),
            normalisation: self.state.architecture.normalisation,
            classes: self.state.architecture.classes.len(),
            defaults: Arc::new(DefaultBoxes::new(&self.state.architecture)),
            thresholds: self.state.architecture.loss.thresholds,
        }
    }

    /// Sets the network to the phase of the next step.
    fn enter_phase(&mut self) {
        let stage = self.state.settings.stage_at(self.state.step);
        if self.phase != Some(stage.number) {
            let network = self.network.clone();
            self.network = freeze(network, &self.state.architecture, stage.frozen, stage.norms);
            self.phase = Some(stage.number);
        }
    }

    /// One step of the optimiser.
    fn step(&mut self, mut batch: Batch) -> Result<StepReport, TrainError> {
        let input = batch.take_input(self.state.architecture.input[0], &self.device);
        let output = self.network.forward(input);
        let loss = multibox_loss(
            output,
            &batch.targets,
            &self.state.architecture.loss,
            self.state.architecture.distractors.len(),
        );
        let classification = loss.classification.into_scalar::<f32>();
        let localisation = loss.localisation.into_scalar::<f32>();
        for (name, value) in [("classification", classification), ("localisation", localisation)] {
            if !value.is_finite() {
                let cause = update::broken_weight(&self.network).map_or_else(String::new, |path| {
                    format!(" because the weights {path} are no numbers")
                });
                return Err(self.diverged(format!("the {name} loss is {value}{cause}")));
            }
        }
        let mut gradients = loss.total.backward();
        let updating = Instant::now();
        let mut gradients = HostGradients::take(&self.network, &mut gradients);
        let gradient = gradients.clip(&self.state.settings).map_err(|path| {
            let group = update::group(&path);
            self.diverged(format!(
                "the gradient of {path} (group {group}) is no number at a classification loss of \
                 {classification} and a localisation loss of {localisation}"
            ))
        })?;
        let (network, broken) = update::apply(
            self.network.clone(),
            gradients,
            self.strengths(),
            &mut self.optimizer,
            &mut self.average,
        );
        if let Some(path) = broken {
            let group = update::group(&path);
            let culprit =
                format!("the update made the weights {path} (group {group}) infinite or no numbers");
            return Err(self.diverged(culprit));
        }
        self.network = network;
        self.state.step += 1;
        self.state.average_updates = self.average.updates();
        self.state.epoch_loss.0 += f64::from(classification) + f64::from(localisation);
        self.state.epoch_loss.1 += 1;
        Ok(StepReport {
            classification,
            localisation,
            gradient,
            updating: updating.elapsed(),
            content: batch.content,
        })
    }

    fn strengths(&self) -> Strengths {
        let settings = &self.state.settings;
        let rate = settings.rate_at(self.state.step) * self.state.rate_factor;
        let small = settings.decay_norms_and_biases;
        Strengths {
            rate,
            backbone: rate * settings.stage_at(self.state.step).backbone_rate,
            heads: rate * settings.head_rate,
            decay: settings.weight_decay,
            small_decay: if small { settings.weight_decay } else { 0.0 },
        }
    }

    fn diverged(&self, culprit: String) -> TrainError {
        let settings = &self.state.settings;
        let first = self.state.step * u64::from(settings.batch);
        let last = first + u64::from(settings.batch) - 1;
        TrainError::NonFinite {
            step: self.state.step,
            culprit,
            pictures: format!(
                "pictures {first} to {last} of the stream of seed {}",
                settings.seed
            ),
        }
    }

    /// Measures, keeps the best, divides the rate on a rise, and looks for hard negatives when it is time.
    /// Says whether the pictures to come changed.
    fn end_epoch(&mut self, progress: &mut Progress) -> Result<bool, TrainError> {
        self.divide_on_rise();
        let bundle = self.bundle()?;
        let detector = Detector::new(bundle.clone(), self.engine).map_err(EvaluateError::from)?;
        let settings = &self.state.settings;
        let measured = validation::measure(
            &detector,
            &self.data.validation,
            self.state.best_score,
            settings.false_alarm_weight,
        )?;
        if measured.is_best {
            self.state.best_score = measured.score;
            self.state.epochs_without_gain = 0;
            let metrics = measured.sets.clone();
            ModelBundle { metrics, ..bundle }.save(&self.folder.join("best"))?;
        } else {
            self.state.epochs_without_gain += 1;
        }
        progress.measured = Some(measured);
        let epochs = self.state.step / settings.steps_per_epoch();
        let is_last = self.state.step >= settings.total_steps();
        let Some(hard) = settings
            .hard_negatives
            .filter(|hard| !is_last && epochs.is_multiple_of(u64::from(hard.every)))
        else {
            return Ok(false);
        };
        let number = epochs / u64::from(hard.every) - 1;
        let round = judge(
            &detector,
            self.data.negatives.as_ref(),
            &self.data.sample,
            hard,
            number,
        )?;
        let (photo_alarms, scene_alarms) = round.alarms();
        progress.round = Some(RoundReport {
            photos: round.photos,
            photo_alarms,
            scenes: round.scenes,
            scene_alarms,
        });
        self.state.hard_negatives = round.hard;
        Ok(true)
    }

    /// The schedule that divides the rate when an epoch's mean loss is above the one before.
    fn divide_on_rise(&mut self) {
        let (sum, steps) = std::mem::take(&mut self.state.epoch_loss);
        let mean = sum / steps.max(1) as f64;
        let stage = self.state.settings.stage_at(self.state.step.saturating_sub(1));
        if let Schedule::DivideOnRise { divisor } = stage.schedule
            && self.state.last_epoch_loss.is_some_and(|last| mean > last)
        {
            self.state.rate_factor /= divisor;
        }
        self.state.last_epoch_loss = Some(mean);
    }

    /// The averaged weights, with running statistics that go with them, as a model bundle without figures.
    fn bundle(&self) -> Result<ModelBundle, TrainError> {
        let stage = self.state.settings.stage_at(self.state.step.saturating_sub(1));
        let mut network = self.average.apply(&self.network);
        if stage.norms != NormMode::Frozen && self.state.settings.ema_decay > 0.0 {
            let network_there = network.fork(&self.device);
            let learning = freeze(network_there, &self.state.architecture, stage.frozen, stage.norms);
            network = settle::settle(&learning, (&self.batch_plan(), self.state.step), &self.device)?;
        }
        Ok(ModelBundle {
            name: self.state.architecture.name.clone(),
            architecture: self.state.architecture.clone(),
            decode: DecodeSettings::LANE,
            class_thresholds: BTreeMap::new(),
            dataset_version: format!("seed {}, {} steps", self.state.settings.seed, self.state.step),
            metrics: Vec::new(),
            weights: weights::to_bytes(&network)?,
        })
    }

    fn save_checkpoint(&self) -> Result<(), TrainError> {
        let parts = checkpoint::Parts {
            state: &self.state,
            network: &self.network,
            average: &self.average,
            optimizer: &self.optimizer,
        };
        Ok(checkpoint::save(&self.folder, &parts, &checkpoint::write_file)?)
    }
}

/// What a run starts from.
pub struct Start {
    /// The network with its first weights.
    pub network: Ssd,
    /// Its description.
    pub architecture: Architecture,
    /// Where the weights came from, in words.
    pub description: String,
}
