//! How a run learns, as command-line options; what is not given stays as it was.

use clap::Args;

use crate::training::trainer::{
    Frozen, HardNegativeSettings, NormMode, OptimizerKind, Phase, Schedule, TrainSettings,
};

/// Options of the run's settings.
#[derive(Debug, Args)]
pub(super) struct RunOptions {
    /// Epochs at most.
    #[arg(long)]
    epochs: Option<u32>,
    /// Pictures in an epoch.
    #[arg(long)]
    pictures: Option<u32>,
    /// Pictures in a batch.
    #[arg(long)]
    batch: Option<u32>,
    /// Update rule: `sgd`, `sgd:MOMENTUM`, `adam` or `adamw`.
    #[arg(long)]
    optimizer: Option<OptimizerKind>,
    /// Highest learning rate.
    #[arg(long)]
    rate: Option<f64>,
    /// The backbone's learning rate as a part of `--rate`.
    #[arg(long)]
    backbone_rate: Option<f64>,
    /// The heads' learning rate as a part of `--rate`.
    #[arg(long)]
    head_rate: Option<f64>,
    /// Steps over which the rate rises from 0.
    #[arg(long)]
    warmup: Option<u32>,
    /// What the rate does then: `constant`, `cosine:FINAL`, `step:FACTOR@EPOCH+EPOCH`, `exponential:FACTOR` or
    /// `divide-on-rise:DIVISOR`.
    #[arg(long)]
    schedule: Option<Schedule>,
    /// Weight decay: decoupled for `adamw`, else L2.
    #[arg(long)]
    weight_decay: Option<f32>,
    /// Shorten all gradients together to this length; 0 for no limit.
    #[arg(long)]
    clip_norm: Option<f32>,
    /// Cut each value of the gradients to this size; 0 for no limit.
    #[arg(long)]
    clip_value: Option<f32>,
    /// Decay of the moving average of the weights.
    #[arg(long)]
    ema_decay: Option<f32>,
    /// What stays as it is: `none`, a number of first blocks, or `backbone`.
    #[arg(long, alias = "frozen-blocks")]
    frozen: Option<Frozen>,
    /// Batch norms: `batch-statistics`, `frozen-backbone` or `frozen`.
    #[arg(long)]
    norms: Option<NormMode>,
    /// A part of the run with settings of its own, for example
    /// `epochs=2,frozen=backbone,rate=1e-3`; give it once for each part, in order.
    #[arg(long = "phase")]
    phases: Vec<Phase>,
    /// Epochs without gain after which the run stops.
    #[arg(long)]
    patience: Option<u32>,
    /// The best epoch has the highest mean AP50 less this times the share of `--val-negatives` pictures on
    /// which something is found.
    #[arg(long)]
    false_alarm_weight: Option<f64>,
    /// Every so many epochs, look for negatives on which something is found and show them more often; 0 for
    /// never.
    #[arg(long)]
    hard_negatives: Option<u32>,
    /// At most this share of the pictures is drawn from the hard negatives.
    #[arg(long)]
    hard_share: Option<f32>,
    /// Score from which something found makes a negative hard.
    #[arg(long)]
    hard_score: Option<f32>,
    /// At most so many negatives are judged each time.
    #[arg(long)]
    hard_candidates: Option<u32>,
    /// Threads that prepare pictures.
    #[arg(long)]
    threads: Option<usize>,
}

impl RunOptions {
    /// `usual` with what was given on the command line in its place.
    ///
    /// # Errors
    /// One sentence saying which options do not go together.
    pub(super) fn settings(&self, usual: &TrainSettings) -> anyhow::Result<TrainSettings> {
        let limit = |given: Option<f32>, usual: Option<f32>| match given {
            None => usual,
            Some(value) if value.abs() < f32::MIN_POSITIVE => None,
            Some(value) => Some(value),
        };
        let mut phases = usual.phases.clone();
        if !self.phases.is_empty() {
            if self.epochs.is_some() {
                anyhow::bail!(
                    "--epochs and --phase do not go together; the phases say how many epochs there are"
                );
            }
            phases.clone_from(&self.phases);
        } else if self.epochs.is_some() {
            phases.clear();
        }
        Ok(TrainSettings {
            epochs: self.epochs.unwrap_or(usual.epochs),
            pictures_per_epoch: self.pictures.unwrap_or(usual.pictures_per_epoch),
            batch: self.batch.unwrap_or(usual.batch),
            optimizer: self.optimizer.unwrap_or(usual.optimizer),
            rate: self.rate.unwrap_or(usual.rate),
            backbone_rate: self.backbone_rate.unwrap_or(usual.backbone_rate),
            head_rate: self.head_rate.unwrap_or(usual.head_rate),
            warmup_steps: self.warmup.unwrap_or(usual.warmup_steps),
            schedule: self.schedule.clone().unwrap_or_else(|| usual.schedule.clone()),
            weight_decay: self.weight_decay.unwrap_or(usual.weight_decay),
            decay_norms_and_biases: usual.decay_norms_and_biases,
            clip_norm: limit(self.clip_norm, usual.clip_norm),
            clip_value: limit(self.clip_value, usual.clip_value),
            ema_decay: self.ema_decay.unwrap_or(usual.ema_decay),
            frozen: self.frozen.unwrap_or(usual.frozen),
            norms: self.norms.unwrap_or(usual.norms),
            phases,
            patience: self.patience.unwrap_or(usual.patience),
            false_alarm_weight: self.false_alarm_weight.unwrap_or(usual.false_alarm_weight),
            hard_negatives: self.hard_negatives(usual),
            seed: usual.seed,
            loader_threads: self.threads.unwrap_or(usual.loader_threads),
        })
    }

    fn hard_negatives(&self, usual: &TrainSettings) -> Option<HardNegativeSettings> {
        let every = match (self.hard_negatives, usual.hard_negatives) {
            (Some(0), _) | (None, None) => return None,
            (Some(every), _) => every,
            (None, Some(usual)) => usual.every,
        };
        let usual = usual.hard_negatives.unwrap_or_default();
        Some(HardNegativeSettings {
            every,
            share: self.hard_share.unwrap_or(usual.share),
            score: self.hard_score.unwrap_or(usual.score),
            candidates: self.hard_candidates.unwrap_or(usual.candidates),
        })
    }
}
