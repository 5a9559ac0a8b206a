//! Makes a trained model more careful, or one of its classes bolder, without training: a number is taken off the
//! logits of the classes that are sold, or added to them.
//!
//! The softmax then gives that part to the background and the distractors. Every score falls, and the more is
//! taken off the further. Where a default box wavers between background and one class, which is nearly
//! everywhere, the order of the scores stays, and with it the average precision; only where two sold classes
//! share a box may the order change.

use super::{
    bundle::ModelBundle,
    network::head::is_class_prediction,
    weights::{Dictionary, WeightsError},
};

/// How much must be taken off the logits of the classes until none of them reaches `score` anywhere; below 0 if
/// none does. Less than any number (`-inf`) if no default box has finite outputs.
///
/// With `e` the exponential of a class' logit, `s` the sum of those of all classes and `b` that of background
/// and distractors, the score after taking off `d` is `e / (s + b * exp(d))`.
///
/// # Shapes
/// `logits`: rows of `outputs` (background, then `classes` classes, then distractors).
///
/// # Panics
/// If the lengths do not fit, or `score` is not between 0 and 1.
#[must_use]
pub fn silencing_delta(logits: &[f32], outputs: usize, classes: usize, score: f32) -> f64 {
    assert!(
        classes < outputs && logits.len().is_multiple_of(outputs),
        "rows of background, classes and distractors"
    );
    assert!(score > 0.0 && score < 1.0, "a score between 0 and 1");
    let needed = |row: &[f32]| {
        let largest = row.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let powers: Vec<f64> = row.iter().map(|logit| f64::from(logit - largest).exp()).collect();
        let (sold, unsold) = (&powers[1..=classes], &powers[classes + 1..]);
        let rest = powers[0] + unsold.iter().sum::<f64>();
        let best = sold.iter().copied().fold(0.0, f64::max);
        let room = best / f64::from(score) - sold.iter().sum::<f64>();
        // Where another class takes more than the score leaves, nothing is ever found: no delta is needed.
        if room > 0.0 {
            (room / rest).ln()
        } else {
            f64::NEG_INFINITY
        }
    };
    logits
        .chunks_exact(outputs)
        .map(needed)
        .filter(|delta| !delta.is_nan())
        .fold(f64::NEG_INFINITY, f64::max)
}

/// The least that must be taken off so that at most `share` of the pictures still show something, each given by
/// its [`silencing_delta`]. Never below 0: a model is not made bolder.
#[must_use]
pub fn delta_for_share(pictures: &[f64], share: f64) -> f64 {
    /// Above the picture that must fall silent by so much that rounding does not wake it.
    const MARGIN: f64 = 1e-3;
    let mut falling = pictures.to_vec();
    falling.sort_by(|a, b| b.total_cmp(a));
    let allowed = falling
        .iter()
        .enumerate()
        // A share that means a whole number of pictures may come out a little below it.
        .take_while(|(index, _)| (index + 1) as f64 <= share * pictures.len() as f64 + 1e-6)
        .count();
    falling
        .get(allowed)
        .map_or(0.0, |needed| (needed + MARGIN).max(0.0))
}

/// The weights of `bundle`, as safetensors, with `delta` taken off the biases of the sold classes of every head
/// and every default box.
///
/// # Errors
/// As [`shift_class_biases`].
pub fn lower_class_biases(bundle: &ModelBundle, delta: f32) -> Result<Vec<u8>, WeightsError> {
    shift_class_biases(bundle, &vec![-delta; bundle.architecture.classes.len()])
}

/// The weights of `bundle`, as safetensors, with `shifts`, one for each sold class, added to the biases of those
/// classes in every head and for every default box.
///
/// # Errors
/// [`WeightsError`] if the weights cannot be read, or no class head has biases of the size that the architecture
/// says.
///
/// # Panics
/// If there are not as many shifts as classes.
pub fn shift_class_biases(bundle: &ModelBundle, shifts: &[f32]) -> Result<Vec<u8>, WeightsError> {
    let outputs = bundle.architecture.class_outputs();
    let classes = bundle.architecture.classes.len();
    assert_eq!(shifts.len(), classes, "one shift for each class");
    let mismatch = |report: String| WeightsError::Mismatch {
        name: bundle.name.clone(),
        report,
    };
    let mut shifted = Dictionary::default();
    let (mut heads, mut biases) = (0, 0);
    for (name, mut tensor) in Dictionary::from_safetensors(&bundle.weights, &bundle.name)? {
        if is_class_prediction(&name) && name.ends_with(".weight") {
            heads += 1;
        } else if is_class_prediction(&name) {
            if !tensor.values.len().is_multiple_of(outputs) {
                let count = tensor.values.len();
                return Err(mismatch(format!(
                    "{name} has {count} values, which {outputs} outputs a box do not divide"
                )));
            }
            for of_a_box in tensor.values.chunks_exact_mut(outputs) {
                for (value, shift) in of_a_box[1..=classes].iter_mut().zip(shifts) {
                    *value += shift;
                }
            }
            biases += 1;
        }
        shifted.insert(name, tensor);
    }
    if heads == 0 || heads != biases {
        return Err(mismatch(format!(
            "{biases} of its {heads} class heads have biases; each must have them to be calibrated"
        )));
    }
    shifted.to_safetensors()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use burn::tensor::{Device, Tensor};
    use proptest::prelude::*;

    use super::*;
    use crate::vision::{
        Architecture, DefaultBoxes,
        decode::{DecodeSettings, decode},
        ssd::Ssd,
        weights::{Naming, load_bytes, to_bytes},
    };

    #[test]
    fn what_must_be_taken_off_by_hand() {
        // One class against the background: 0.5 is reached while its logit is the higher one.
        let delta = silencing_delta(&[1.0, 3.5], 2, 1, 0.5);
        assert!((delta - 2.5).abs() < 1e-6, "{delta}");
        // A score of 0.8 is a lead of ln 4.
        let delta = silencing_delta(&[1.0, 3.5], 2, 1, 0.8);
        assert!((delta - (2.5 - 4f64.ln())).abs() < 1e-6, "{delta}");
        // The best of two boxes counts; the second output after the class is a distractor: 4 / (4 + 1 + 1).
        let logits = [9.0, 0.0, 0.0, 0.0, 4f32.ln(), 0.0];
        let delta = silencing_delta(&logits, 3, 1, 0.5);
        assert!((delta - 2f64.ln()).abs() < 1e-6, "{delta}");
        // Two classes as likely as each other are never found at more than a half.
        assert!(silencing_delta(&[-9.0, 5.0, 5.0], 3, 2, 0.51) < -1e30);
        // Outputs that are no numbers say nothing.
        assert!(silencing_delta(&[f32::NAN, 5.0], 2, 1, 0.5) < -1e30);
    }

    #[test]
    fn the_share_is_kept_and_a_model_is_not_made_bolder() {
        let pictures = [0.5, -1.0, 2.0, 1.0, -3.0, -0.5, -0.2, -4.0, -1.5, -2.0];
        // Three of ten show something now.
        for (share, delta) in [
            (0.3, 0.0),
            (0.2, 0.501),
            (0.15, 1.001),
            (0.1, 1.001),
            (0.0, 2.001),
            (1.0, 0.0),
        ] {
            let found = delta_for_share(&pictures, share);
            assert!((found - delta).abs() < 1e-9, "{share}: {found}");
        }
        assert!(delta_for_share(&[], 0.0).abs() < 1e-9);
    }

    fn bundle(distractors: usize) -> ModelBundle {
        let architecture = Architecture {
            distractors: (0..distractors).map(|n| format!("other {n}")).collect(),
            ..Architecture::checkout(&["apple", "milk"])
        };
        ModelBundle {
            name: "test".to_owned(),
            decode: DecodeSettings::LANE,
            class_thresholds: BTreeMap::new(),
            dataset_version: String::new(),
            metrics: Vec::new(),
            weights: to_bytes(&Ssd::new(&architecture, &Device::flex())).unwrap(),
            architecture,
        }
    }

    /// The logits of every default box for one picture of noise.
    fn logits(bundle: &ModelBundle, weights: Vec<u8>, picture: &Tensor<4>) -> Vec<f32> {
        let mut network = Ssd::new(&bundle.architecture, &Device::flex());
        load_bytes(&mut network, weights, Naming::Native, "test").unwrap();
        let output = network.folded().forward(picture.clone());
        output.logits.into_data().try_to_vec().unwrap()
    }

    #[test]
    fn only_the_logits_of_the_sold_classes_fall_and_all_alike() {
        let bundle = bundle(1);
        let picture = Tensor::random(
            [1, 3, 224, 224],
            burn::tensor::Distribution::Default,
            &Device::flex(),
        );
        let before = logits(&bundle, bundle.weights.clone(), &picture);
        let after = logits(&bundle, lower_class_biases(&bundle, 0.75).unwrap(), &picture);
        assert_eq!(before.len(), 5250 * 4);
        for (before, after) in before.chunks_exact(4).zip(after.chunks_exact(4)) {
            for (output, lowered) in [0.0, 0.75, 0.75, 0.0].into_iter().enumerate() {
                assert!((before[output] - lowered - after[output]).abs() < 1e-4);
            }
        }
        // The delta that silences the picture at a score is the one at which decoding finds nothing any more.
        let delta = silencing_delta(&before, 4, 2, 0.3);
        let defaults = DefaultBoxes::new(&bundle.architecture);
        for (more, is_silent) in [(-0.01, false), (0.01, true)] {
            let off = crate::geom::cast::narrow_f32(delta + more);
            let mut lowered = before.clone();
            for row in lowered.chunks_exact_mut(4) {
                row[1] -= off;
                row[2] -= off;
            }
            let offsets = vec![0.0; defaults.len() * 4];
            let found = decode(&lowered, &offsets, &defaults, 2, &DecodeSettings::LANE);
            assert_eq!(found.is_empty(), is_silent, "{more}: {found:?}");
        }
    }

    #[test]
    fn heads_without_biases_are_refused() {
        let mut bundle = bundle(0);
        let tensors = Dictionary::from_safetensors(&bundle.weights, "test").unwrap();
        let without: Dictionary = tensors
            .into_iter()
            .filter(|(name, _)| !name.ends_with("predict.bias"))
            .collect();
        bundle.weights = without.to_safetensors().unwrap();
        let message = lower_class_biases(&bundle, 1.0).unwrap_err().to_string();
        assert!(message.contains("0 of its"), "{message}");
    }

    fn score(row: &[f32], class: usize, off: f32) -> f32 {
        let power = |index: usize| {
            let lowered = if (1..=2).contains(&index) { off } else { 0.0 };
            (row[index] - lowered).exp()
        };
        power(class) / (0..row.len()).map(power).sum::<f32>()
    }

    proptest! {
        #[test]
        fn scores_fall_with_what_is_taken_off(
            row in prop::collection::vec(-5.0f32..5.0, 4),
            offs in [0.0f32..6.0, 0.0f32..6.0],
        ) {
            let (less, more) = (offs[0].min(offs[1]), offs[0].max(offs[1]));
            for class in 1..=2 {
                prop_assert!(score(&row, class, more) <= score(&row, class, less) + 1e-6);
            }
        }

        /// What leaves the average precision alone: boxes that waver between one class and the rest keep their
        /// order.
        #[test]
        fn the_order_of_the_scores_of_a_class_stays(
            a in [-5.0f32..5.0, -5.0f32..5.0],
            b in [-5.0f32..5.0, -5.0f32..5.0],
            off in 0.0f32..6.0,
        ) {
            let row = |of: [f32; 2]| [of[0], of[1], -60.0, -60.0];
            let before = score(&row(a), 1, 0.0) - score(&row(b), 1, 0.0);
            let after = score(&row(a), 1, off) - score(&row(b), 1, off);
            prop_assert!(before * after >= 0.0 || before.abs() < 1e-5);
        }
    }
}
