//! What a run is judged by: detection quality on labelled sets, and false alarms on pictures without any of
//! the classes. Never the loss: the lowest loss is often not the best detector.

use super::error::TrainError;
use crate::{
    training::{
        dataset::Dataset,
        evaluate::{evaluate, false_alarms},
    },
    vision::{Detector, ModelMetrics},
};

/// Score from which something found on a negative is a false alarm.
pub const ALARM_SCORE: f32 = 0.5;

/// A validation set and its name.
pub struct Validation {
    /// Name, for reports.
    pub name: String,
    /// The pictures.
    pub dataset: Box<dyn Dataset>,
    /// What the pictures are.
    pub kind: ValidationKind,
}

/// What a validation set is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValidationKind {
    /// Boxes are labelled: average precision is measured.
    Labelled,
    /// None of the classes is on the pictures: false alarms are counted.
    Negatives,
}

/// False alarms on one set of negatives.
#[derive(Debug, Clone, PartialEq)]
pub struct AlarmCount {
    /// Name of the set.
    pub name: String,
    /// Pictures in it.
    pub pictures: usize,
    /// Pictures on which something is found at [`ALARM_SCORE`].
    pub alarms: usize,
}

/// What was measured after an epoch.
#[derive(Debug, Clone, PartialEq)]
pub struct Measured {
    /// Figures on each labelled set.
    pub sets: Vec<ModelMetrics>,
    /// Counts on each set of negatives.
    pub alarms: Vec<AlarmCount>,
    /// What decides: mean AP50 less the weighted share of false alarms; none without validation sets.
    pub score: Option<f64>,
    /// Whether it is the best so far.
    pub is_best: bool,
}

impl Measured {
    /// Share of all negatives on which something is found; none without negatives.
    #[must_use]
    pub fn false_alarm_share(&self) -> Option<f64> {
        let (pictures, alarms) = self
            .alarms
            .iter()
            .fold((0, 0), |sum, set| (sum.0 + set.pictures, sum.1 + set.alarms));
        (pictures > 0).then(|| alarms as f64 / pictures as f64)
    }

    /// AP50 of one class, mean over the labelled sets that show it; none if none does.
    #[must_use]
    pub fn class_ap50(&self, class: &str) -> Option<f64> {
        let values: Vec<f64> = self
            .sets
            .iter()
            .filter_map(|set| set.class_ap50.get(class))
            .copied()
            .collect();
        (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
    }

    /// Mean over the labelled sets; none without any.
    #[must_use]
    pub fn mean(&self, value: fn(&ModelMetrics) -> f64) -> Option<f64> {
        let sum: f64 = self.sets.iter().map(value).sum();
        (!self.sets.is_empty()).then(|| sum / self.sets.len() as f64)
    }
}

/// Mean AP50 less `weight` times the share of false alarms; what is not measured counts as 0.
fn combined_score(measured: &Measured, weight: f64) -> Option<f64> {
    let precision = measured.mean(|set| set.ap50);
    let alarms = measured.false_alarm_share();
    if precision.is_none() && alarms.is_none() {
        return None;
    }
    Some(precision.unwrap_or(0.0) - weight * alarms.unwrap_or(0.0))
}

/// Measures a detector on all sets.
///
/// # Errors
/// If a picture cannot be read or the detector fails.
pub(super) fn measure(
    detector: &Detector,
    sets: &[Validation],
    best: Option<f64>,
    weight: f64,
) -> Result<Measured, TrainError> {
    let mut measured = Measured {
        sets: Vec::new(),
        alarms: Vec::new(),
        score: None,
        is_best: false,
    };
    for set in sets {
        match set.kind {
            ValidationKind::Labelled => {
                let evaluation = evaluate(detector, set.dataset.as_ref(), &set.name)?;
                measured.sets.push(evaluation.metrics());
            }
            ValidationKind::Negatives => {
                let found = false_alarms(detector, set.dataset.as_ref(), ALARM_SCORE)?;
                measured.alarms.push(AlarmCount {
                    name: set.name.clone(),
                    pictures: set.dataset.len(),
                    alarms: found.len(),
                });
            }
        }
    }
    measured.score = combined_score(&measured, weight);
    measured.is_best = match (measured.score, best) {
        (Some(score), Some(best)) => score > best,
        // Without anything to measure on, the last is kept.
        (None, _) | (Some(_), None) => true,
    };
    Ok(measured)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_score_by_hand() {
        let set = |ap50: f64| ModelMetrics {
            ap50,
            ..ModelMetrics::default()
        };
        let alarms = |pictures, alarms| AlarmCount {
            name: String::new(),
            pictures,
            alarms,
        };
        let mut measured = Measured {
            sets: vec![set(0.9), set(0.7)],
            alarms: vec![alarms(30, 3), alarms(10, 5)],
            score: None,
            is_best: false,
        };
        assert!((measured.false_alarm_share().unwrap() - 0.2).abs() < 1e-12);
        assert!((combined_score(&measured, 0.5).unwrap() - 0.7).abs() < 1e-12);
        measured.alarms.clear();
        assert!((combined_score(&measured, 0.5).unwrap() - 0.8).abs() < 1e-12);
        measured.sets.clear();
        assert_eq!(combined_score(&measured, 0.5), None);
    }
}
