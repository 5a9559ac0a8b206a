//! How the learning rate goes over a phase of training: a warm-up, then one of the usual curves.
//!
//! Pure arithmetic on step numbers; what depends on the course of the run (dividing when the loss rises)
//! comes in as a factor that the run keeps.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// What the learning rate does after the warm-up.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Schedule {
    /// It stays.
    Constant,
    /// It falls along half a cosine to this part of the highest rate (Loshchilov and Hutter 2017, SGDR,
    /// equation 5, without restarts).
    Cosine {
        /// Part of the highest rate that is left at the end.
        final_part: f64,
    },
    /// It is multiplied by `factor` after each of the epochs in `after`, counted from 1.
    Step {
        /// What it is multiplied by.
        factor: f64,
        /// After which epochs of the phase.
        after: Vec<u32>,
    },
    /// It is `factor^(epoch - 1)` of the highest rate, with epochs counted from 1.
    Exponential {
        /// What it is multiplied by each epoch.
        factor: f64,
    },
    /// It is divided by `divisor` after every epoch whose training loss is above that of the epoch before.
    DivideOnRise {
        /// What it is divided by.
        divisor: f64,
    },
}

/// Where in a phase a step lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// Step of the phase, from 0.
    pub step: u64,
    /// Steps of the whole phase.
    pub steps: u64,
    /// Steps in an epoch.
    pub steps_per_epoch: u64,
    /// Steps over which the rate rises.
    pub warmup: u32,
}

impl Schedule {
    /// Part of the highest rate at a step: a linear rise to 1, then the curve.
    #[must_use]
    pub fn part_at(&self, at: Position) -> f64 {
        let warmup = f64::from(at.warmup);
        let done = at.step as f64;
        let rise = if done < warmup { (done + 1.0) / warmup } else { 1.0 };
        let epoch = at.step / at.steps_per_epoch.max(1);
        let epoch = i32::try_from(epoch).unwrap_or(i32::MAX);
        rise * match self {
            Self::Constant | Self::DivideOnRise { .. } => 1.0,
            Self::Cosine { .. } if done < warmup => 1.0,
            Self::Cosine { final_part } => {
                let rest = (at.steps as f64 - warmup).max(1.0);
                let turn = std::f64::consts::PI * ((done - warmup) / rest).min(1.0);
                final_part + (1.0 - final_part) * 0.5 * (1.0 + turn.cos())
            }
            Self::Step { factor, after } => {
                let passed = after
                    .iter()
                    .filter(|e| i64::from(**e) <= i64::from(epoch))
                    .count();
                factor.powi(i32::try_from(passed).unwrap_or(i32::MAX))
            }
            Self::Exponential { factor } => factor.powi(epoch),
        }
    }

    /// Says what is wrong with the numbers, if anything is.
    ///
    /// # Errors
    /// One sentence naming the number.
    pub fn check(&self) -> Result<(), String> {
        let (name, value, fits) = match *self {
            Self::Constant => return Ok(()),
            Self::Cosine { final_part } => (
                "the final part of a cosine",
                final_part,
                (0.0..=1.0).contains(&final_part),
            ),
            Self::Step { factor, .. } | Self::Exponential { factor } => {
                ("the factor of a schedule", factor, factor > 0.0 && factor <= 1.0)
            }
            Self::DivideOnRise { divisor } => (
                "the divisor of a schedule",
                divisor,
                divisor > 1.0 && divisor.is_finite(),
            ),
        };
        if fits {
            Ok(())
        } else {
            Err(format!("{name} cannot be {value}"))
        }
    }
}

impl FromStr for Schedule {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let unknown = || {
            format!(
                "the schedule {text} is not understood; use constant, cosine:FINAL, step:FACTOR@EPOCH+EPOCH, \
                 exponential:FACTOR or divide-on-rise:DIVISOR"
            )
        };
        let (kind, rest) = text
            .split_once(':')
            .map_or((text, None), |(kind, rest)| (kind, Some(rest)));
        let number = |usual: f64| match rest {
            None => Ok(usual),
            Some(value) => value.parse::<f64>().map_err(|_not_a_number| unknown()),
        };
        let schedule = match kind {
            "constant" if rest.is_none() => Self::Constant,
            "cosine" => Self::Cosine {
                final_part: number(0.02)?,
            },
            "exponential" => Self::Exponential {
                factor: number(0.98)?,
            },
            "divide-on-rise" => Self::DivideOnRise {
                divisor: number(5.0)?,
            },
            "step" => {
                let (factor, after) = rest.and_then(|rest| rest.split_once('@')).ok_or_else(unknown)?;
                Self::Step {
                    factor: factor.parse().map_err(|_not_a_number| unknown())?,
                    after: after
                        .split('+')
                        .map(str::parse)
                        .collect::<Result<_, _>>()
                        .map_err(|_not_a_number| unknown())?,
                }
            }
            _ => return Err(unknown()),
        };
        schedule.check()?;
        Ok(schedule)
    }
}

impl fmt::Display for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Constant => f.write_str("constant"),
            Self::Cosine { final_part } => write!(f, "cosine:{final_part}"),
            Self::Step { factor, after } => {
                let epochs: Vec<String> = after.iter().map(u32::to_string).collect();
                write!(f, "step:{factor}@{}", epochs.join("+"))
            }
            Self::Exponential { factor } => write!(f, "exponential:{factor}"),
            Self::DivideOnRise { divisor } => write!(f, "divide-on-rise:{divisor}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(step: u64) -> Position {
        Position {
            step,
            steps: 110,
            steps_per_epoch: 10,
            warmup: 10,
        }
    }

    #[test]
    fn every_schedule_rises_first() {
        for text in [
            "constant",
            "cosine:0",
            "step:0.1@5",
            "exponential:1",
            "divide-on-rise:5",
        ] {
            let schedule: Schedule = text.parse().unwrap();
            assert!((schedule.part_at(at(0)) - 0.1).abs() < 1e-12, "{text}");
            assert!((schedule.part_at(at(9)) - 1.0).abs() < 1e-12, "{text}");
            assert_eq!(schedule.to_string().parse::<Schedule>().unwrap(), schedule);
        }
    }

    #[test]
    fn curves_by_hand() {
        let part = |text: &str, step| text.parse::<Schedule>().unwrap().part_at(at(step));
        // Half of the way down: half way between 1 and the final part.
        assert!((part("cosine:0.2", 60) - 0.6).abs() < 1e-9);
        assert!((part("cosine:0.2", 110) - 0.2).abs() < 1e-9);
        assert!((part("step:0.1@3+5", 29) - 1.0).abs() < 1e-12, "the third epoch");
        assert!((part("step:0.1@3+5", 30) - 0.1).abs() < 1e-12, "the fourth");
        assert!((part("step:0.1@3+5", 50) - 0.01).abs() < 1e-12, "the sixth");
        assert!(
            (part("exponential:0.98", 19) - 0.98).abs() < 1e-12,
            "the second epoch"
        );
        assert!((part("exponential:0.98", 50) - 0.98f64.powi(5)).abs() < 1e-12);
        assert!(
            (part("divide-on-rise:5", 100) - 1.0).abs() < 1e-12,
            "the run divides"
        );
    }

    #[test]
    fn nonsense_is_refused_in_words() {
        for text in [
            "",
            "linear",
            "cosine:x",
            "cosine:2",
            "step:0.1",
            "step:0.1@a",
            "exponential:0",
            "divide-on-rise:1",
        ] {
            assert!(text.parse::<Schedule>().is_err(), "{text}");
        }
        assert!(
            "linear"
                .parse::<Schedule>()
                .unwrap_err()
                .contains("exponential:FACTOR")
        );
    }
}
