//! The training loop: batches in, a better detector out; can be watched, cancelled and resumed.
//!
//! It knows nothing of windows and threads of the lane: progress goes to a callback, which also says whether
//! to go on. The live model is never touched; the best model so far lies in the run's folder as a bundle.

mod average;
mod checkpoint;
mod loader;
mod norms;
mod progress;
mod settings;

#[cfg(test)]
mod tests;

use std::{
    collections::BTreeMap,
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
    sync::Arc,
};

use burn::{
    module::Module as _,
    optim::{AdamWConfig, GradientsParams, ModuleOptimizer, grad_clipping::GradientClippingConfig},
    tensor::{Bytes, Device, Tensor, TensorData},
};

pub use average::WeightAverage;
pub use checkpoint::{CheckpointError, RunState, exists as run_exists};
pub use loader::{Batch, BatchPlan, Loader, SampleFn};
pub use progress::{Control, Outcome, Progress};
pub use settings::{NormMode, TrainSettings};

use self::{norms::set_norms, progress::Tally};
use super::{
    dataset::{Dataset, DatasetError},
    evaluate::{EvaluateError, evaluate},
};
use crate::vision::{
    Architecture, BundleError, DefaultBoxes, Detector, Engine, ModelBundle, ModelMetrics, Ssd,
    decode::DecodeSettings,
    loss::{LossSettings, multibox_loss},
    weights::{self, WeightsError},
};

/// Why a run stopped before its end.
#[derive(Debug, thiserror::Error)]
pub enum TrainError {
    /// The settings make no sense.
    #[error("the training cannot start: {0}")]
    Settings(String),
    /// A picture for training could not be made or read.
    #[error(transparent)]
    Data(#[from] DatasetError),
    /// The checkpoint could not be written or read.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// The best model could not be written.
    #[error(transparent)]
    Bundle(#[from] BundleError),
    /// The weights could not be read back.
    #[error(transparent)]
    Weights(#[from] WeightsError),
    /// Measuring failed.
    #[error(transparent)]
    Evaluate(#[from] EvaluateError),
    /// The loss is no number any more.
    #[error(
        "training diverged at step {step} (classification loss {classification}, localisation loss {localisation}); \
         go on from the last checkpoint with a lower learning rate"
    )]
    NonFinite {
        /// The step.
        step: u64,
        /// That part of the loss.
        classification: f32,
        /// That part of the loss.
        localisation: f32,
    },
    /// A thread that prepares pictures is gone.
    #[error("the threads that prepare training pictures stopped: {0}")]
    Loader(String),
}

/// A validation set and its name.
pub struct Validation {
    /// Name, for reports.
    pub name: String,
    /// The pictures.
    pub dataset: Box<dyn Dataset>,
}

/// One training run.
pub struct Trainer {
    folder: PathBuf,
    state: RunState,
    network: Ssd,
    average: WeightAverage,
    optimizer: ModuleOptimizer,
    sample: SampleFn,
    validation: Vec<Validation>,
    device: Device,
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
        sample: SampleFn,
        validation: Vec<Validation>,
    ) -> Result<Self, TrainError> {
        settings.check().map_err(TrainError::Settings)?;
        start.architecture.check().map_err(TrainError::Settings)?;
        let device = Device::flex().autodiff();
        let network = set_norms(start.network.train(), settings.norms);
        let average = WeightAverage::new(&network, settings.ema_decay, 0);
        let optimizer = new_optimizer(&settings);
        let state = RunState {
            settings,
            architecture: start.architecture,
            started_from: start.description,
            step: 0,
            average_updates: 0,
            best_ap: None,
            epochs_without_gain: 0,
            seconds: 0.0,
        };
        Ok(Self {
            folder: folder.to_owned(),
            state,
            network,
            average,
            optimizer,
            sample,
            validation,
            device,
        })
    }

    /// Goes on with the run in `folder`, with the settings that it was started with.
    ///
    /// # Errors
    /// [`TrainError::Checkpoint`] if there is none or it is damaged.
    pub fn resume(folder: &Path, sample: SampleFn, validation: Vec<Validation>) -> Result<Self, TrainError> {
        let device = Device::flex().autodiff();
        let loaded = checkpoint::load(folder, &device)?;
        let settings = &loaded.state.settings;
        let optimizer = restore_optimizer(settings, loaded.optimizer)?;
        Ok(Self {
            folder: folder.to_owned(),
            network: set_norms(loaded.network, settings.norms),
            average: loaded.average,
            optimizer,
            state: loaded.state,
            sample,
            validation,
            device,
        })
    }

    /// Goes on with other settings, for example with more layers than before. The seed and the batch must
    /// stay, because they say which pictures were seen already.
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
        self.network = set_norms(self.network.clone(), settings.norms);
        self.state.settings = settings;
        Ok(())
    }

    /// Where the run stands.
    #[must_use]
    pub const fn state(&self) -> &RunState {
        &self.state
    }

    /// Trains until the end, an early stop or a cancel; a checkpoint is written in each case.
    ///
    /// # Errors
    /// [`TrainError`]; the last checkpoint stays.
    pub fn run(&mut self, mut report: impl FnMut(&Progress) -> Control) -> Result<Outcome, TrainError> {
        let settings = self.state.settings.clone();
        let plan = BatchPlan {
            sample: Arc::clone(&self.sample),
            side: self.state.architecture.input[0],
            batch: u64::from(settings.batch),
            defaults: Arc::new(DefaultBoxes::new(&self.state.architecture.boxes)),
            thresholds: LossSettings::default().thresholds,
        };
        let mut loader = Loader::start(&plan, self.state.step, settings.loader_threads)
            .map_err(|source| TrainError::Loader(source.to_string()))?;
        let mut tally = Tally::new();
        while self.state.step < settings.total_steps() {
            let batch = loader
                .next_batch()
                .ok_or_else(|| TrainError::Loader("one of them ended with a panic".to_owned()))??;
            let (classification, localisation) = self.step(batch)?;
            tally.add(classification, localisation, u64::from(settings.batch));
            let at_epoch_end = self.state.step.is_multiple_of(settings.steps_per_epoch());
            if !at_epoch_end && !self.state.step.is_multiple_of(REPORT_EVERY) {
                continue;
            }
            let mut progress = tally.report(&self.state);
            self.state.seconds += tally.seconds();
            if at_epoch_end {
                let (measured, is_best) = self.measure()?;
                progress.measured = Some(measured);
                progress.is_best = is_best;
            }
            tally = Tally::new();
            let control = report(&progress);
            if at_epoch_end || control == Control::Cancel || self.state.step.is_multiple_of(CHECKPOINT_EVERY)
            {
                self.save_checkpoint()?;
            }
            if control == Control::Cancel {
                return Ok(Outcome::Cancelled);
            }
            if at_epoch_end && self.state.epochs_without_gain >= settings.patience {
                return Ok(Outcome::StoppedEarly);
            }
        }
        Ok(Outcome::Finished)
    }

    /// One step of the optimiser. Gives the two parts of the loss.
    fn step(&mut self, batch: Batch) -> Result<(f32, f32), TrainError> {
        let side = self.state.architecture.input[0];
        let data = TensorData::new(batch.input, [batch.targets.len(), 3, side, side]);
        let settings = &self.state.settings;
        let output = match settings.frozen_blocks {
            // The frozen part is computed without a record for the backward pass.
            Some(blocks) => {
                let input = Tensor::from_data(data, &Device::flex());
                let features = self.network.valid().stem_features(input, blocks);
                self.network
                    .forward_from_stem(Tensor::from_inner(features), blocks)
            }
            None => self.network.forward(Tensor::from_data(data, &self.device)),
        };
        let loss = multibox_loss(
            output,
            &batch.targets,
            &LossSettings {
                distractors: self.state.architecture.distractors.len(),
                ..LossSettings::default()
            },
        );
        let classification = loss.classification.into_scalar::<f32>();
        let localisation = loss.localisation.into_scalar::<f32>();
        if !(classification.is_finite() && localisation.is_finite()) {
            return Err(TrainError::NonFinite {
                step: self.state.step,
                classification,
                localisation,
            });
        }
        let mut gradients = loss.total.backward();
        let rate = settings.rate_at(self.state.step);
        let backbone_rate = rate * settings.backbone_rate;
        let backbone =
            GradientsParams::from_params(&mut gradients, &self.network, &self.network.backbone_parameters());
        let rest = GradientsParams::from_module(&mut gradients, &self.network);
        let network = self.optimizer.step(backbone_rate, self.network.clone(), backbone);
        self.network = self.optimizer.step(rate, network, rest);
        self.average.update(&self.network);
        self.state.step += 1;
        self.state.average_updates = self.average.updates();
        Ok((classification, localisation))
    }

    /// Measures the averaged weights on all validation sets and keeps them if they are the best so far.
    fn measure(&mut self) -> Result<(Vec<ModelMetrics>, bool), TrainError> {
        let mut bundle = self.bundle()?;
        let detector = Detector::new(bundle.clone(), Engine::Cpu).map_err(EvaluateError::from)?;
        let mut measured = Vec::new();
        for set in &self.validation {
            measured.push(evaluate(&detector, set.dataset.as_ref(), &set.name)?.metrics());
        }
        let mean = measured.iter().map(|m| m.ap).sum::<f64>() / measured.len().max(1) as f64;
        let is_best = measured.is_empty() || self.state.best_ap.is_none_or(|best| mean > best);
        if is_best {
            self.state.best_ap = Some(mean);
            self.state.epochs_without_gain = 0;
            bundle.metrics.clone_from(&measured);
            bundle.save(&self.folder.join("best"))?;
        } else {
            self.state.epochs_without_gain += 1;
        }
        Ok((measured, is_best))
    }

    /// The averaged weights as a model bundle without figures.
    fn bundle(&self) -> Result<ModelBundle, TrainError> {
        Ok(ModelBundle {
            name: self.state.architecture.name.clone(),
            architecture: self.state.architecture.clone(),
            decode: DecodeSettings::LANE,
            class_thresholds: BTreeMap::new(),
            dataset_version: format!("seed {}, {} steps", self.state.settings.seed, self.state.step),
            metrics: Vec::new(),
            weights: weights::to_bytes(&self.average.apply(&self.network))?,
        })
    }

    fn save_checkpoint(&self) -> Result<(), TrainError> {
        Ok(checkpoint::save(
            &self.folder,
            &self.state,
            &self.network,
            &self.average,
            &self.optimizer,
        )?)
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

fn new_optimizer(settings: &TrainSettings) -> ModuleOptimizer {
    AdamWConfig::new()
        .with_weight_decay(settings.weight_decay)
        .with_epsilon(1e-8)
        .with_grad_clipping(Some(GradientClippingConfig::Norm(settings.clip_norm)))
        .init()
}

/// The optimiser with its stored state. burn puts the state onto its default device first, which panics on
/// a machine without any graphics driver unless `BURN_DEVICE` names another.
fn restore_optimizer(settings: &TrainSettings, stored: Vec<u8>) -> Result<ModuleOptimizer, TrainError> {
    let fresh = new_optimizer(settings);
    let restore = AssertUnwindSafe(|| fresh.from_bytes(Bytes::from_bytes_vec(stored)));
    match catch_unwind(restore) {
        Ok(Ok(optimizer)) => Ok(optimizer),
        Ok(Err(source)) => Err(TrainError::Settings(format!(
            "the optimiser's state is damaged: {source}"
        ))),
        Err(_panic) => Err(TrainError::Settings(
            "the optimiser's state needs a device that is not there; set BURN_DEVICE=flex".to_owned(),
        )),
    }
}
