//! Finds out how careful a detector must be made so that it seldom finds something where nothing is.

use super::{dataset::Dataset, evaluate::EvaluateError};
use crate::{
    geom::cast::narrow_f32,
    vision::{
        Detector, ModelBundle,
        calibration::{delta_for_share, lower_class_biases, silencing_delta},
        weights::WeightsError,
    },
};

/// How careful a detector is on pictures that show none of its classes.
#[derive(Debug, Clone, PartialEq)]
pub struct Calibration {
    /// Score from which something counts as found.
    pub score: f32,
    /// What is taken off the class logits.
    pub delta: f32,
    /// Pictures looked at.
    pub pictures: usize,
    /// On how many of them something was found.
    pub alarms_before: usize,
    /// On how many of them something is found after.
    pub alarms_after: usize,
}

impl Calibration {
    /// Looks at pictures that show none of the classes, and chooses the least delta with which something is
    /// found on at most `share` of them.
    ///
    /// # Errors
    /// [`EvaluateError`] if a picture cannot be read or the detector fails.
    ///
    /// # Panics
    /// If `score` is not between 0 and 1.
    pub fn measure(
        detector: &Detector,
        negatives: &[&dyn Dataset],
        share: f64,
        score: f32,
    ) -> Result<Self, EvaluateError> {
        let architecture = &detector.bundle().architecture;
        let (outputs, classes) = (architecture.class_outputs(), architecture.classes.len());
        let mut needed = Vec::new();
        for set in negatives {
            for index in 0..set.len() {
                let (logits, _) = detector.raw_outputs(&set.get(index)?.picture)?;
                needed.push(silencing_delta(&logits, outputs, classes, score));
            }
        }
        let delta = delta_for_share(&needed, share);
        let alarms = |delta: f64| needed.iter().filter(|&&needed| needed >= delta).count();
        Ok(Self {
            score,
            delta: narrow_f32(delta),
            pictures: needed.len(),
            alarms_before: alarms(0.0),
            alarms_after: alarms(delta),
        })
    }

    /// The bundle made as careful as was measured. Its figures are left out: they are of the bolder model.
    ///
    /// # Errors
    /// [`WeightsError`] if the weights are not of the bundle's architecture.
    pub fn apply(&self, bundle: &ModelBundle) -> Result<ModelBundle, WeightsError> {
        Ok(ModelBundle {
            weights: lower_class_biases(bundle, self.delta)?,
            metrics: Vec::new(),
            dataset_version: format!(
                "{}; class logits lowered by {:.3} for at most {} alarms at score {} on {} pictures without products",
                bundle.dataset_version, self.delta, self.alarms_after, self.score, self.pictures
            ),
            ..bundle.clone()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        frame::{Rgb, RgbImage},
        training::{
            dataset::{LabelledPicture, MemoryDataset},
            evaluate::{evaluate, false_alarms},
        },
        vision::{Architecture, Engine, onnx::sample::random_bundle},
    };

    /// A network with random weights that finds something nearly everywhere, and pictures that differ.
    fn small() -> (Detector, MemoryDataset) {
        let mut architecture = Architecture::preset("mobilenetv2-ssd-cifar", &["cat"]).unwrap();
        architecture.heads.class.predict.bias = true;
        let detector = Detector::new(random_bundle(architecture, 5).unwrap(), Engine::Cpu).unwrap();
        let pictures = (0..6u32).map(|number| LabelledPicture {
            picture: RgbImage::from_fn(80, 60, |x, y| {
                let value = (x * (3 + number) + y * (7 + 5 * number)) % 251;
                Rgb([value, value * number % 241, (x * y) % 239].map(|v| u8::try_from(v).unwrap()))
            }),
            boxes: Vec::new(),
        });
        (detector, MemoryDataset::new(pictures.collect()))
    }

    #[test]
    fn something_is_found_on_as_many_pictures_as_allowed_and_not_on_fewer() {
        let (detector, pictures) = small();
        let before = false_alarms(&detector, &pictures, 0.5).unwrap().len();
        assert!(before > 3, "the test needs a bold network: {before}");
        let mut last = -1.0;
        for (share, allowed) in [(1.0, 6), (0.5, 3), (0.0, 0)] {
            let calibration = Calibration::measure(&detector, &[&pictures], share, 0.5).unwrap();
            let careful = Detector::new(calibration.apply(detector.bundle()).unwrap(), Engine::Cpu).unwrap();
            let after = false_alarms(&careful, &pictures, 0.5).unwrap().len();
            assert_eq!(
                (
                    calibration.pictures,
                    calibration.alarms_before,
                    calibration.alarms_after
                ),
                (6, before, after)
            );
            assert_eq!(after, before.min(allowed), "share {share}");
            assert!(calibration.delta >= last, "a smaller share needs more");
            last = calibration.delta;
        }
    }

    #[test]
    fn the_average_precision_stays() {
        let (detector, negatives) = small();
        // Truths where the network sees something, some of them with the wrong overlap.
        let everything = detector.bundle().architecture.decode.from_score(0.0);
        let labelled = negatives.pictures().iter().enumerate().map(|(number, labelled)| {
            let found = detector.detect_with(&labelled.picture, &everything).unwrap();
            let place = found[number * 3 % found.len()];
            LabelledPicture {
                boxes: vec![crate::training::dataset::LabelledBox {
                    class: place.class,
                    bbox: place.bbox,
                    difficult: false,
                }],
                ..labelled.clone()
            }
        });
        let set = MemoryDataset::new(labelled.collect());
        let calibration = Calibration::measure(&detector, &[&negatives], 0.1, 0.5).unwrap();
        let careful = Detector::new(calibration.apply(detector.bundle()).unwrap(), Engine::Cpu).unwrap();
        let before = evaluate(&detector, &set, "set").unwrap().figures.ap50.unwrap();
        let after = evaluate(&careful, &set, "set").unwrap().figures.ap50.unwrap();
        assert!(
            before > 0.01 && calibration.delta > 0.0,
            "{before} {calibration:?}"
        );
        assert!((before - after).abs() < 1e-9, "{before} became {after}");
    }
}
