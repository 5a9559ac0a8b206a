//! Parts of a run with settings of their own: first the heads alone, then more, at the end everything.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::{
    freeze::Frozen,
    schedule::Schedule,
    settings::{NormMode, TrainSettings},
};

/// One part of a run. What it does not say is as the run says.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Phase {
    /// How many epochs.
    pub epochs: u32,
    /// What stays as it is.
    pub frozen: Option<Frozen>,
    /// Which batch norms use the statistics of the batch.
    pub norms: Option<NormMode>,
    /// Highest learning rate.
    pub rate: Option<f64>,
    /// The backbone's rate as a part of it.
    pub backbone_rate: Option<f64>,
    /// What the rate does over the phase.
    pub schedule: Option<Schedule>,
    /// Steps over which the rate rises from 0.
    pub warmup_steps: Option<u32>,
}

impl Phase {
    /// Says what is wrong, if anything is.
    ///
    /// # Errors
    /// One sentence.
    pub fn check(&self) -> Result<(), String> {
        match &self.schedule {
            Some(schedule) => schedule.check(),
            None => Ok(()),
        }
    }
}

impl FromStr for Phase {
    type Err = String;

    /// Reads `epochs=2,frozen=backbone,rate=1e-3`; the names are those of the fields with dashes.
    fn from_str(text: &str) -> Result<Self, String> {
        let mut phase = Self::default();
        for part in text.split(',') {
            let (name, value) = part
                .split_once('=')
                .ok_or_else(|| format!("the phase part {part} is not understood; write name=value"))?;
            let wrong = || format!("{value} cannot be the {name} of a phase");
            match name {
                "epochs" => phase.epochs = value.parse().map_err(|_not_a_number| wrong())?,
                "frozen" => phase.frozen = Some(value.parse()?),
                "norms" => phase.norms = Some(value.parse()?),
                "rate" => phase.rate = Some(value.parse().map_err(|_not_a_number| wrong())?),
                "backbone-rate" => {
                    phase.backbone_rate = Some(value.parse().map_err(|_not_a_number| wrong())?);
                }
                "schedule" => phase.schedule = Some(value.parse()?),
                "warmup" => phase.warmup_steps = Some(value.parse().map_err(|_not_a_number| wrong())?),
                _ => {
                    return Err(format!(
                        "a phase has no {name}; it has epochs, frozen, norms, rate, backbone-rate, schedule and \
                         warmup"
                    ));
                }
            }
        }
        if phase.epochs == 0 {
            return Err(format!("the phase {text} needs epochs=N, at least 1"));
        }
        Ok(phase)
    }
}

/// What holds in a phase, with everything said.
#[derive(Debug, Clone, PartialEq)]
pub struct Stage {
    /// Number of the phase, from 0.
    pub number: usize,
    /// Its first step in the run.
    pub first_step: u64,
    /// Its steps.
    pub steps: u64,
    /// What stays as it is.
    pub frozen: Frozen,
    /// Which batch norms use the statistics of the batch.
    pub norms: NormMode,
    /// Highest learning rate.
    pub rate: f64,
    /// The backbone's rate as a part of it.
    pub backbone_rate: f64,
    /// What the rate does.
    pub schedule: Schedule,
    /// Steps over which the rate rises from 0.
    pub warmup_steps: u32,
}

impl Stage {
    pub(super) fn new(run: &TrainSettings, phase: Option<&Phase>, number: usize, first_step: u64) -> Self {
        let none = Phase {
            epochs: run.epochs,
            ..Phase::default()
        };
        let phase = phase.unwrap_or(&none);
        Self {
            number,
            first_step,
            steps: u64::from(phase.epochs) * run.steps_per_epoch(),
            frozen: phase.frozen.unwrap_or(run.frozen),
            norms: phase.norms.unwrap_or(run.norms),
            rate: phase.rate.unwrap_or(run.rate),
            backbone_rate: phase.backbone_rate.unwrap_or(run.backbone_rate),
            schedule: phase.schedule.clone().unwrap_or_else(|| run.schedule.clone()),
            warmup_steps: phase.warmup_steps.unwrap_or(run.warmup_steps),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phase_is_read_from_words() {
        let text =
            "epochs=2,frozen=backbone,norms=frozen,rate=1e-3,backbone-rate=0.1,schedule=constant,warmup=5";
        let phase: Phase = text.parse().unwrap();
        let expected = Phase {
            epochs: 2,
            frozen: Some(Frozen::Backbone),
            norms: Some(NormMode::Frozen),
            rate: Some(1e-3),
            backbone_rate: Some(0.1),
            schedule: Some(Schedule::Constant),
            warmup_steps: Some(5),
        };
        assert_eq!(phase, expected);
    }

    #[test]
    fn what_is_wrong_is_said() {
        for (text, word) in [
            ("frozen=backbone", "epochs=N"),
            ("epochs=two", "two cannot be the epochs"),
            ("epochs", "name=value"),
            ("epochs=1,speed=2", "no speed"),
            ("epochs=1,frozen=half", "half cannot be frozen"),
        ] {
            let error = text.parse::<Phase>().unwrap_err();
            assert!(error.contains(word), "{error}");
        }
    }
}
