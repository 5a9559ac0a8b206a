//! Measuring a detector on labelled pictures, through the same path that the lane uses.

use std::collections::BTreeMap;

use super::{
    dataset::{ClassNames, Dataset, DatasetError, LabelledPicture},
    metrics::{
        BasketTally, BoxFigures, BoxTally, Tally,
        coco::{self, CocoFigures},
    },
};
use crate::{
    geom::{ClassId, Detection},
    vision::{
        DefaultBoxes, DetectError, Detector, ModelMetrics,
        decode::{decode, drop_contained},
        loss::Targets,
    },
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

/// Runs the detector over all pictures of a set and measures what it finds, decoded as its architecture says.
///
/// # Errors
/// [`EvaluateError`] if a picture cannot be read or the detector fails.
pub fn evaluate(detector: &Detector, dataset: &dyn Dataset, name: &str) -> Result<Evaluation, EvaluateError> {
    measure(detector, dataset, name, &mut |_, _| ())
}

/// What is measured beside the COCO figures.
#[derive(Debug, Clone)]
pub struct Details {
    /// The raw outputs against their targets; none for a set without pictures.
    pub per_box: Option<BoxFigures>,
    /// What there is and what is read of each picture, taken as a basket.
    pub baskets: Vec<(BasketTally, BasketTally)>,
    /// Pictures without any object that counts, and those of them on which something is found.
    pub empty: (usize, usize),
}

/// As [`evaluate`], with what else can be said; what is found counts from `score` on.
///
/// # Errors
/// As [`evaluate`].
pub fn evaluate_in_detail(
    detector: &Detector,
    dataset: &dyn Dataset,
    name: &str,
    score: f32,
) -> Result<(Evaluation, Details), EvaluateError> {
    let architecture = &detector.bundle().architecture;
    let defaults = DefaultBoxes::new(architecture);
    let mut boxes = BoxTally::new();
    let mut details = Details {
        per_box: None,
        baskets: Vec::new(),
        empty: (0, 0),
    };
    let evaluation = measure(detector, dataset, name, &mut |labelled, outputs| {
        let targets = Targets::new(&labelled.truths(), &defaults, architecture.loss.thresholds);
        let distractors = architecture.distractors.len();
        boxes.add(outputs.logits, outputs.offsets, &targets, distractors);
        let mut read: Vec<Detection> = outputs.found.to_vec();
        read.retain(|detection| detection.score >= score);
        drop_contained(&mut read);
        let there = labelled.boxes.iter().filter(|b| !b.difficult);
        let there = count(there.map(|b| b.class));
        if there.is_empty() {
            details.empty.0 += 1;
            details.empty.1 += usize::from(!read.is_empty());
        }
        details.baskets.push((there, count(read.iter().map(|d| d.class))));
    })?;
    details.per_box = boxes.figures();
    Ok((evaluation, details))
}

fn count(classes: impl Iterator<Item = ClassId>) -> BasketTally {
    let mut tally = BasketTally::new();
    for class in classes {
        *tally.entry(class).or_default() += 1;
    }
    tally
}

/// What a detector gives for one picture.
struct Outputs<'a> {
    logits: &'a [f32],
    offsets: &'a [f32],
    found: &'a [Detection],
}

fn measure(
    detector: &Detector,
    dataset: &dyn Dataset,
    name: &str,
    look: &mut dyn FnMut(&LabelledPicture, &Outputs<'_>),
) -> Result<Evaluation, EvaluateError> {
    let architecture = &detector.bundle().architecture;
    let classes = ClassNames::new(architecture.classes.iter().cloned());
    let defaults = DefaultBoxes::new(architecture);
    let mut tally = Tally::new();
    for index in 0..dataset.len() {
        let labelled = dataset.get(index)?;
        let (logits, offsets) = detector.raw_outputs(&labelled.picture)?;
        let found = decode(&logits, &offsets, &defaults, classes.len(), &architecture.decode);
        tally.add(labelled.picture.dimensions(), &labelled.boxes, &found);
        let outputs = Outputs {
            logits: &logits,
            offsets: &offsets,
            found: &found,
        };
        look(&labelled, &outputs);
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
    let settings = detector.bundle().architecture.decode.from_score(score);
    let mut alarms = Vec::new();
    for index in 0..negatives.len() {
        let found = detector.detect_with(&negatives.get(index)?.picture, &settings)?;
        if let Some(best) = found.into_iter().max_by(|a, b| a.score.total_cmp(&b.score)) {
            alarms.push(FalseAlarm { index, best });
        }
    }
    Ok(alarms)
}
