//! Measuring a detector on labelled pictures, through the same path that the lane uses.

use std::collections::BTreeMap;

use super::{
    dataset::{ClassNames, Dataset, DatasetError},
    metrics::{
        Tally,
        coco::{self, CocoFigures},
    },
};
use crate::{
    geom::Detection,
    vision::{DetectError, Detector, ModelMetrics, decode::DecodeSettings},
};

/// Why a detector could not be measured.
#[derive(Debug, thiserror::Error)]
pub enum EvaluateError {
    /// A picture could not be read.
    #[error(transparent)]
    Data(#[from] DatasetError),
    /// The detector failed.
    #[error(transparent)]
    Detect(#[from] DetectError),
}

/// What was measured.
#[derive(Debug, Clone)]
pub struct Evaluation {
    /// Name of the set.
    pub dataset: String,
    /// Names of the detector's classes.
    pub classes: ClassNames,
    /// The COCO figures.
    pub figures: CocoFigures,
    /// Everything that was there and that was found.
    pub tally: Tally,
}

impl Evaluation {
    /// The figures that are kept with a model. What cannot be measured on the set is left out or 0.
    #[must_use]
    pub fn metrics(&self) -> ModelMetrics {
        let class_ap50: BTreeMap<String, f64> = self
            .figures
            .per_class
            .iter()
            .filter_map(|class| Some((self.classes.name(class.class)?.to_owned(), class.ap50?)))
            .collect();
        ModelMetrics {
            dataset: self.dataset.clone(),
            pictures: self.tally.images(),
            ap: self.figures.ap.unwrap_or(0.0),
            ap50: self.figures.ap50.unwrap_or(0.0),
            class_ap50,
        }
    }
}

/// Runs the detector over all pictures of a set and measures what it finds.
///
/// # Errors
/// [`EvaluateError`] if a picture cannot be read or the detector fails.
pub fn evaluate(detector: &Detector, dataset: &dyn Dataset, name: &str) -> Result<Evaluation, EvaluateError> {
    let classes = ClassNames::new(detector.bundle().architecture.classes.iter().cloned());
    let mut tally = Tally::new();
    for index in 0..dataset.len() {
        let labelled = dataset.get(index)?;
        let found = detector.detect_with(&labelled.picture, &DecodeSettings::EVALUATION)?;
        tally.add(labelled.picture.dimensions(), &labelled.boxes, &found);
    }
    let ids: Vec<_> = classes.ids().collect();
    let figures = coco::evaluate(tally.truth(), tally.found(), &ids);
    Ok(Evaluation {
        dataset: name.to_owned(),
        classes,
        figures,
        tally,
    })
}

/// Something found on a picture on which nothing of the classes is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FalseAlarm {
    /// Number of the picture in its set.
    pub index: usize,
    /// The class and the score of what was found with the highest score.
    pub best: Detection,
}

/// The pictures of a set of negatives on which something is found from a score on.
///
/// # Errors
/// [`EvaluateError`] if a picture cannot be read or the detector fails.
pub fn false_alarms(
    detector: &Detector,
    negatives: &dyn Dataset,
    score: f32,
) -> Result<Vec<FalseAlarm>, EvaluateError> {
    let settings = DecodeSettings {
        score_threshold: score,
        ..DecodeSettings::EVALUATION
    };
    let mut alarms = Vec::new();
    for index in 0..negatives.len() {
        let found = detector.detect_with(&negatives.get(index)?.picture, &settings)?;
        if let Some(best) = found.into_iter().max_by(|a, b| a.score.total_cmp(&b.score)) {
            alarms.push(FalseAlarm { index, best });
        }
    }
    Ok(alarms)
}
