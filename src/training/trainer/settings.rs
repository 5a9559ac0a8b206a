//! What a training run does, as data: it is stored in its checkpoint, and a resumed run uses the stored one.

use serde::{Deserialize, Serialize};

use super::{
    freeze::Frozen,
    optimizer::OptimizerKind,
    phase::{Phase, Stage},
    schedule::{Position, Schedule},
};

/// Which batch norms learn from the statistics of the batch. Those of frozen layers never do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NormMode {
    /// All: needed where layers start from random numbers and batches are large.
    BatchStatistics,
    /// Those after the backbone; the backbone keeps the statistics that it was pretrained with.
    FrozenBackbone,
    /// None: for fine-tuning a finished detector.
    Frozen,
}

impl std::str::FromStr for NormMode {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "batch-statistics" => Ok(Self::BatchStatistics),
            "frozen-backbone" => Ok(Self::FrozenBackbone),
            "frozen" => Ok(Self::Frozen),
            other => Err(format!(
                "the norm mode {other} is not known; use batch-statistics, frozen-backbone or frozen"
            )),
        }
    }
}

/// Showing negatives on which the network finds something more often than others.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct HardNegativeSettings {
    /// After every so many epochs the negatives are judged anew.
    pub every: u32,
    /// At most this share of the training pictures is drawn from the hard ones.
    pub share: f32,
    /// A negative is hard if something is found on it from this score on.
    pub score: f32,
    /// At most so many negatives are judged in one round, others in the next.
    pub candidates: u32,
}

impl Default for HardNegativeSettings {
    fn default() -> Self {
        Self {
            every: 2,
            share: 0.1,
            score: 0.3,
            candidates: 3000,
        }
    }
}

/// Settings of one training run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct TrainSettings {
    /// How many epochs at most; with phases, theirs together count.
    pub epochs: u32,
    /// Pictures that make an epoch; after each epoch the model is measured.
    pub pictures_per_epoch: u32,
    /// Pictures in a batch.
    pub batch: u32,
    /// Which rule updates the weights.
    pub optimizer: OptimizerKind,
    /// Highest learning rate of everything after the backbone.
    pub rate: f64,
    /// The backbone's rate as a part of `rate`.
    pub backbone_rate: f64,
    /// The heads' rate as a part of `rate`.
    pub head_rate: f64,
    /// Steps over which the rate rises from 0.
    pub warmup_steps: u32,
    /// What the rate does then.
    pub schedule: Schedule,
    /// Weight decay: decoupled for `AdamW`, else L2.
    pub weight_decay: f32,
    /// Whether norms and biases decay too.
    pub decay_norms_and_biases: bool,
    /// If all gradients together are longer than this, all are shortened by the same factor.
    pub clip_norm: Option<f32>,
    /// Each value of a gradient is cut to this size.
    pub clip_value: Option<f32>,
    /// Decay of the moving average of the weights; the average is what is measured and shipped.
    pub ema_decay: f32,
    /// What of the network stays as it is.
    pub frozen: Frozen,
    /// Which batch norms use the statistics of the batch.
    pub norms: NormMode,
    /// Parts of the run with settings of their own, one after the other; none for one part.
    pub phases: Vec<Phase>,
    /// The run stops when this many epochs in a row were no better.
    pub patience: u32,
    /// The best epoch is the one with the highest mean AP50 less this times the share of negatives on which
    /// something is found at score 0.5.
    pub false_alarm_weight: f64,
    /// Rounds of hard negatives, if any.
    pub hard_negatives: Option<HardNegativeSettings>,
    /// Seed of the order and the content of the pictures.
    pub seed: u64,
    /// Threads that prepare pictures.
    pub loader_threads: usize,
}

impl Default for TrainSettings {
    fn default() -> Self {
        Self {
            epochs: 30,
            pictures_per_epoch: 4000,
            batch: 16,
            optimizer: OptimizerKind::AdamW,
            rate: 1e-3,
            backbone_rate: 0.4,
            head_rate: 1.0,
            warmup_steps: 200,
            schedule: Schedule::Cosine { final_part: 0.02 },
            weight_decay: 1e-4,
            decay_norms_and_biases: false,
            clip_norm: Some(100.0),
            clip_value: None,
            ema_decay: 0.998,
            frozen: Frozen::Blocks(3),
            norms: NormMode::FrozenBackbone,
            phases: Vec::new(),
            patience: 8,
            false_alarm_weight: 1.0,
            hard_negatives: None,
            seed: 1,
            loader_threads: 1,
        }
    }
}

impl TrainSettings {
    /// Steps in an epoch.
    #[must_use]
    pub fn steps_per_epoch(&self) -> u64 {
        u64::from(self.pictures_per_epoch.div_ceil(self.batch.max(1)).max(1))
    }

    /// Epochs of the whole run.
    #[must_use]
    pub fn total_epochs(&self) -> u32 {
        if self.phases.is_empty() {
            self.epochs
        } else {
            self.phases
                .iter()
                .fold(0, |sum: u32, phase| sum.saturating_add(phase.epochs))
        }
    }

    /// Steps in the whole run.
    #[must_use]
    pub fn total_steps(&self) -> u64 {
        self.steps_per_epoch() * u64::from(self.total_epochs())
    }

    /// What holds at a step: the settings of its phase, with these where the phase says nothing. After the
    /// end the last phase holds.
    #[must_use]
    pub fn stage_at(&self, step: u64) -> Stage {
        let mut first_step = 0;
        for (number, phase) in self.phases.iter().enumerate() {
            let steps = u64::from(phase.epochs) * self.steps_per_epoch();
            if step < first_step + steps || number + 1 == self.phases.len() {
                return Stage::new(self, Some(phase), number, first_step);
            }
            first_step += steps;
        }
        Stage::new(self, None, 0, 0)
    }

    /// Learning rate of everything after the backbone at a step, before any division on a rise.
    #[must_use]
    pub fn rate_at(&self, step: u64) -> f64 {
        let stage = self.stage_at(step);
        stage.rate
            * stage.schedule.part_at(Position {
                step: step.saturating_sub(stage.first_step),
                steps: stage.steps,
                steps_per_epoch: self.steps_per_epoch(),
                warmup: stage.warmup_steps,
            })
    }

    /// Says what is wrong with the settings, if anything is.
    ///
    /// # Errors
    /// One sentence naming the setting.
    pub fn check(&self) -> Result<(), String> {
        let positive = |value: f64| value.is_finite() && value > 0.0;
        if self.batch == 0
            || self.total_epochs() == 0
            || self.pictures_per_epoch == 0
            || self.loader_threads == 0
            || self.phases.iter().any(|phase| phase.epochs == 0)
        {
            return Err("epochs, pictures, batch and loader threads must be at least 1".to_owned());
        }
        for rate in std::iter::once(self.rate).chain(self.phases.iter().filter_map(|phase| phase.rate)) {
            if !positive(rate) || rate > 1.0 {
                return Err(format!("a learning rate of {rate} is not between 0 and 1"));
            }
        }
        for part in [self.backbone_rate, self.head_rate] {
            if !(part.is_finite() && part >= 0.0) {
                return Err(format!(
                    "{part} as a part of the learning rate is not a number from 0"
                ));
            }
        }
        for limit in [self.clip_norm, self.clip_value].into_iter().flatten() {
            if !positive(f64::from(limit)) {
                return Err(format!(
                    "gradients cannot be clipped to {limit}; take a number above 0"
                ));
            }
        }
        if !(self.weight_decay.is_finite() && self.weight_decay >= 0.0) {
            return Err(format!(
                "a weight decay of {} is not a number from 0",
                self.weight_decay
            ));
        }
        if !(0.0..1.0).contains(&self.ema_decay) {
            return Err(format!(
                "an averaging decay of {} is not between 0 and 1",
                self.ema_decay
            ));
        }
        if !(self.false_alarm_weight.is_finite() && self.false_alarm_weight >= 0.0) {
            return Err(format!(
                "a false-alarm weight of {} is not a number from 0",
                self.false_alarm_weight
            ));
        }
        if let Some(hard) = self.hard_negatives {
            let part = |value: f32| (0.0..1.0).contains(&value);
            if hard.every == 0 || hard.candidates == 0 || !part(hard.share) || !part(hard.score) {
                return Err(
                    "rounds of hard negatives need at least 1 epoch and 1 candidate, and a share and a score \
                     between 0 and 1"
                        .to_owned(),
                );
            }
        }
        self.optimizer.check()?;
        self.schedule.check()?;
        self.phases.iter().try_for_each(Phase::check)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hundred_steps() -> TrainSettings {
        TrainSettings {
            epochs: 1,
            pictures_per_epoch: 1000,
            batch: 10,
            warmup_steps: 10,
            rate: 0.1,
            schedule: Schedule::Cosine { final_part: 0.0 },
            ..TrainSettings::default()
        }
    }

    #[test]
    fn the_rate_rises_and_falls() {
        let settings = hundred_steps();
        assert_eq!(settings.total_steps(), 100);
        assert!((settings.rate_at(0) - 0.01).abs() < 1e-12);
        assert!((settings.rate_at(9) - 0.1).abs() < 1e-12);
        // Half of the way down the cosine.
        assert!((settings.rate_at(55) - 0.05).abs() < 1e-9);
        assert!(settings.rate_at(100).abs() < 1e-12 && settings.rate_at(1000).abs() < 1e-12);
    }

    #[test]
    fn phases_follow_each_other() {
        let settings = TrainSettings {
            phases: vec![
                "epochs=1,frozen=backbone,rate=0.01,schedule=constant"
                    .parse()
                    .unwrap(),
                "epochs=2,frozen=none,norms=batch-statistics".parse().unwrap(),
            ],
            ..hundred_steps()
        };
        assert_eq!(settings.check(), Ok(()));
        assert_eq!((settings.total_epochs(), settings.total_steps()), (3, 300));
        let (first, second) = (settings.stage_at(99), settings.stage_at(100));
        assert_eq!((first.number, first.frozen), (0, Frozen::Backbone));
        assert_eq!(first.norms, NormMode::FrozenBackbone, "what the run says");
        assert_eq!((second.number, second.frozen), (1, Frozen::Nothing));
        assert_eq!(second.norms, NormMode::BatchStatistics);
        assert!((settings.rate_at(50) - 0.01).abs() < 1e-12);
        assert!(
            (settings.rate_at(100) - 0.01).abs() < 1e-12,
            "warming up again to 0.1"
        );
        assert!((settings.rate_at(109) - 0.1).abs() < 1e-12);
        assert_eq!(
            settings.stage_at(1000).number,
            1,
            "the last phase holds after the end"
        );
    }

    #[test]
    fn nonsense_is_refused() {
        assert_eq!(TrainSettings::default().check(), Ok(()));
        let refused = |change: fn(&mut TrainSettings), word: &str| {
            let mut settings = TrainSettings::default();
            change(&mut settings);
            let error = settings.check().unwrap_err();
            assert!(error.contains(word), "{error}");
        };
        refused(|s| s.batch = 0, "batch");
        refused(|s| s.rate = f64::NAN, "learning rate");
        refused(|s| s.clip_norm = Some(0.0), "clipped");
        refused(|s| s.weight_decay = -1.0, "weight decay");
        refused(|s| s.optimizer = OptimizerKind::Sgd { momentum: 1.0 }, "momentum");
        refused(|s| s.schedule = Schedule::Exponential { factor: 0.0 }, "factor");
        refused(|s| s.false_alarm_weight = f64::NAN, "false-alarm");
        refused(
            |s| {
                s.hard_negatives = Some(HardNegativeSettings {
                    every: 0,
                    ..Default::default()
                });
            },
            "hard negatives",
        );
        refused(|s| s.phases = vec![Phase::default()], "epochs");
    }
}
