//! What a training run does, as data: it is stored in its checkpoint, and a resumed run uses the stored one.

use serde::{Deserialize, Serialize};

/// Which batch norms learn from the statistics of the batch.
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

/// Settings of one training run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TrainSettings {
    /// How many epochs at most.
    pub epochs: u32,
    /// Pictures that make an epoch; after each epoch the model is measured.
    pub pictures_per_epoch: u32,
    /// Pictures in a batch.
    pub batch: u32,
    /// Highest learning rate of everything after the backbone.
    pub rate: f64,
    /// The backbone's rate as a part of `rate`.
    pub backbone_rate: f64,
    /// Steps over which the rate rises from 0.
    pub warmup_steps: u32,
    /// The rate falls along a cosine to this part of `rate`.
    pub final_rate: f64,
    /// `AdamW` weight decay.
    pub weight_decay: f32,
    /// Gradients of one tensor longer than this are shortened to it.
    pub clip_norm: f32,
    /// Decay of the moving average of the weights; the average is what is measured and shipped.
    pub ema_decay: f32,
    /// Blocks after the first layer, counted from the picture, whose weights stay as they are; the first
    /// layer stays with them. `None` trains everything.
    pub frozen_blocks: Option<usize>,
    /// Which batch norms use the statistics of the batch.
    pub norms: NormMode,
    /// The run stops when this many epochs in a row were no better.
    pub patience: u32,
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
            rate: 1e-3,
            backbone_rate: 0.4,
            warmup_steps: 200,
            final_rate: 0.02,
            weight_decay: 1e-4,
            clip_norm: 10.0,
            ema_decay: 0.998,
            frozen_blocks: Some(3),
            norms: NormMode::FrozenBackbone,
            patience: 8,
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

    /// Steps in the whole run.
    #[must_use]
    pub fn total_steps(&self) -> u64 {
        self.steps_per_epoch() * u64::from(self.epochs)
    }

    /// Learning rate of everything after the backbone at a step: a linear rise, then half a cosine.
    ///
    /// # Source
    /// Loshchilov and Hutter 2017 (SGDR), equation 5, without restarts.
    #[must_use]
    pub fn rate_at(&self, step: u64) -> f64 {
        let warmup = f64::from(self.warmup_steps);
        let done = step as f64;
        if done < warmup {
            return self.rate * (done + 1.0) / warmup;
        }
        let rest = (self.total_steps() as f64 - warmup).max(1.0);
        let cosine = 0.5 * (1.0 + (std::f64::consts::PI * ((done - warmup) / rest).min(1.0)).cos());
        self.rate * (self.final_rate + (1.0 - self.final_rate) * cosine)
    }

    /// Says what is wrong with the settings, if anything is.
    ///
    /// # Errors
    /// One sentence naming the setting.
    pub fn check(&self) -> Result<(), String> {
        let positive = |value: f64| value.is_finite() && value > 0.0;
        if self.batch == 0 || self.epochs == 0 || self.pictures_per_epoch == 0 || self.loader_threads == 0 {
            return Err("epochs, pictures, batch and loader threads must be at least 1".to_owned());
        }
        if !positive(self.rate) || self.rate > 1.0 {
            return Err(format!("a learning rate of {} is not between 0 and 1", self.rate));
        }
        if !(0.0..1.0).contains(&self.ema_decay) {
            return Err(format!(
                "an averaging decay of {} is not between 0 and 1",
                self.ema_decay
            ));
        }
        if self.frozen_blocks.is_some_and(|blocks| blocks > 6) {
            return Err(
                "at most the first 6 blocks can be frozen; the first feature map lies behind them".to_owned(),
            );
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rate_rises_and_falls() {
        let settings = TrainSettings {
            epochs: 1,
            pictures_per_epoch: 1000,
            batch: 10,
            warmup_steps: 10,
            rate: 0.1,
            final_rate: 0.0,
            ..TrainSettings::default()
        };
        assert_eq!(settings.total_steps(), 100);
        assert!((settings.rate_at(0) - 0.01).abs() < 1e-12);
        assert!((settings.rate_at(9) - 0.1).abs() < 1e-12);
        // Half of the way down the cosine.
        assert!((settings.rate_at(55) - 0.05).abs() < 1e-9);
        assert!(settings.rate_at(100).abs() < 1e-12 && settings.rate_at(1000).abs() < 1e-12);
    }

    #[test]
    fn nonsense_is_refused() {
        assert_eq!(TrainSettings::default().check(), Ok(()));
        let bad = TrainSettings {
            batch: 0,
            ..TrainSettings::default()
        };
        assert!(bad.check().unwrap_err().contains("batch"));
        let bad = TrainSettings {
            rate: f64::NAN,
            ..TrainSettings::default()
        };
        assert!(bad.check().unwrap_err().contains("learning rate"));
    }
}
