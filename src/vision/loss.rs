//! The multibox loss with hard negative mining.
//!
//! # Source
//! Liu et al. 2016, equation 1 and "Hard negative mining": smooth L1 on the offsets of positives plus
//! softmax cross-entropy on positives and on the hardest negatives, divided by the number of positives in
//! the batch (at least one), as torchvision normalises it.

use burn::tensor::{Int, Tensor, TensorData, activation::log_softmax};

use super::{
    box_coder,
    default_boxes::DefaultBoxes,
    matcher::{Match, MatchThresholds, match_boxes},
    ssd::SsdOutput,
};
use crate::geom::{ClassId, CornerBox};

/// Settings of matching and of the loss.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LossSettings {
    /// When a default box is positive, neutral or background.
    pub thresholds: MatchThresholds,
    /// At most this many negatives for each positive, over the whole batch.
    pub neg_pos_ratio: usize,
    /// At least this many negatives, also in a batch without positives.
    pub min_negatives: usize,
    /// Weight of the localisation part.
    pub alpha: f32,
    /// How many of the last outputs are distractors. What is labelled background may be any of them: only
    /// being taken for a class is an error there, since not every orange in a photograph has a box.
    pub distractors: usize,
}

impl Default for LossSettings {
    fn default() -> Self {
        Self {
            thresholds: MatchThresholds::default(),
            neg_pos_ratio: 3,
            min_negatives: 16,
            alpha: 1.0,
            distractors: 0,
        }
    }
}

/// One object to be learned.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Truth {
    /// Its class, not the background.
    pub class: ClassId,
    /// Its place, normalised.
    pub bbox: CornerBox,
    /// Whether neither finding nor missing it is to be learned.
    pub difficult: bool,
}

/// What the default boxes of one picture are to learn.
#[derive(Debug, Clone, PartialEq)]
pub struct Targets {
    /// Class of each default box; 0 is background, -1 is neutral.
    pub classes: Vec<i32>,
    /// Offsets of each default box, four each; zeros where there is no match.
    pub offsets: Vec<f32>,
}

impl Targets {
    /// Matches the default boxes to the truths of one picture and encodes the matches.
    #[must_use]
    pub fn new(truths: &[Truth], defaults: &DefaultBoxes, thresholds: MatchThresholds) -> Self {
        let wanted: Vec<&Truth> = truths.iter().filter(|t| !t.difficult).collect();
        let boxes: Vec<CornerBox> = wanted.iter().map(|t| t.bbox).collect();
        let ignored: Vec<CornerBox> = truths.iter().filter(|t| t.difficult).map(|t| t.bbox).collect();
        let matches = match_boxes(defaults.corners(), &boxes, &ignored, thresholds);
        let mut classes = Vec::with_capacity(matches.len());
        let mut offsets = vec![0.0; matches.len() * 4];
        for (index, matched) in matches.iter().enumerate() {
            classes.push(match *matched {
                Match::Positive(truth) => {
                    let encoded = box_coder::encode(
                        boxes[truth].to_center(),
                        defaults.centers()[index],
                        defaults.variances(),
                    );
                    offsets[index * 4..index * 4 + 4].copy_from_slice(&encoded);
                    i32::from(wanted[truth].class.0)
                }
                Match::Neutral => -1,
                Match::Background => 0,
            });
        }
        Self { classes, offsets }
    }
}

/// The loss of one batch and its parts, each already divided by the number of positives.
#[derive(Debug, Clone)]
pub struct MultiboxLoss {
    /// What to minimise: classification + alpha * localisation.
    pub total: Tensor<1>,
    /// Softmax cross-entropy.
    pub classification: Tensor<1>,
    /// Smooth L1, not yet weighted by alpha.
    pub localisation: Tensor<1>,
    /// Positive default boxes in the batch.
    pub positives: usize,
}

/// The loss of a batch.
///
/// # Shapes
/// As [`SsdOutput`]; one [`Targets`] for each picture of the batch.
///
/// # Panics
/// If the batch, the number of boxes or a class do not fit the output.
#[must_use]
pub fn multibox_loss(output: SsdOutput, targets: &[Targets], settings: &LossSettings) -> MultiboxLoss {
    let [batch, boxes, classes] = output.logits.dims();
    assert_eq!(batch, targets.len(), "one set of targets a picture");
    let device = output.logits.device();
    let rows = batch * boxes;
    let wanted: Vec<i32> = targets.iter().flat_map(|t| t.classes.iter().copied()).collect();
    assert_eq!(wanted.len(), rows, "one target a default box");

    assert!(settings.distractors + 1 < classes, "an output for a class");
    let log_probabilities = log_softmax(output.logits.reshape([rows, classes]), 1);
    let log_probabilities = background_with(log_probabilities, settings.distractors);
    let background: Vec<f32> = log_probabilities
        .clone()
        .detach()
        .narrow(1, 0, 1)
        .into_data()
        .try_to_vec()
        .expect("log probabilities are f32");
    let positives = wanted.iter().filter(|&&class| class > 0).count();
    let selected = select_rows(&wanted, &background, positives, settings);
    let divisor = positives.max(1) as f32;

    let indices: Vec<i32> = wanted.iter().map(|&class| class.max(0)).collect();
    let indices = Tensor::<2, Int>::from_data(TensorData::new(indices, [rows, 1]), &device);
    let weights = Tensor::<2>::from_data(TensorData::new(selected, [rows, 1]), &device);
    let classification = (log_probabilities.gather(1, indices) * weights).sum().neg() / divisor;

    let truth: Vec<f32> = targets.iter().flat_map(|t| t.offsets.iter().copied()).collect();
    let truth = Tensor::<2>::from_data(TensorData::new(truth, [rows, 4]), &device);
    let mask: Vec<f32> = wanted
        .iter()
        .map(|&class| if class > 0 { 1.0 } else { 0.0 })
        .collect();
    let mask = Tensor::<2>::from_data(TensorData::new(mask, [rows, 1]), &device);
    let difference = (output.offsets.reshape([rows, 4]) - truth) * mask;
    let localisation = smooth_l1(difference).sum() / divisor;

    let total = classification.clone() + localisation.clone() * settings.alpha;
    MultiboxLoss {
        total,
        classification,
        localisation,
        positives,
    }
}

/// Log probabilities whose first column, the background, stands for the last `distractors` columns too.
fn background_with(log_probabilities: Tensor<2>, distractors: usize) -> Tensor<2> {
    if distractors == 0 {
        return log_probabilities;
    }
    let [_, outputs] = log_probabilities.dims();
    let classes = outputs - distractors;
    let nothing_of_ours = log_probabilities.clone().narrow(1, 0, 1).exp()
        + log_probabilities
            .clone()
            .narrow(1, classes, distractors)
            .exp()
            .sum_dim(1);
    // Above the least normal number, so that a sure mistake has a finite loss.
    let background = nothing_of_ours.clamp_min(1e-30).log();
    Tensor::cat(vec![background, log_probabilities.narrow(1, 1, outputs - 1)], 1)
}

/// `0.5 d^2` where `|d| < 1`, else `|d| - 0.5` (Girshick 2015, equation 3), written without a branch:
/// with `c = min(|d|, 1)` both are `c * (|d| - c / 2)`.
fn smooth_l1(difference: Tensor<2>) -> Tensor<2> {
    let size = difference.abs();
    let capped = size.clone().clamp_max(1.0);
    capped.clone() * (size - capped * 0.5)
}

/// 1 for the rows that count in the classification loss: all positives and the negatives that the network
/// finds hardest, which are those with the lowest probability of background.
fn select_rows(wanted: &[i32], background: &[f32], positives: usize, settings: &LossSettings) -> Vec<f32> {
    let mut selected: Vec<f32> = wanted
        .iter()
        .map(|&class| if class > 0 { 1.0 } else { 0.0 })
        .collect();
    let mut negatives: Vec<usize> = (0..wanted.len()).filter(|&row| wanted[row] == 0).collect();
    let keep = (positives * settings.neg_pos_ratio)
        .max(settings.min_negatives)
        .min(negatives.len());
    if keep == 0 {
        return selected;
    }
    if keep < negatives.len() {
        negatives.select_nth_unstable_by(keep - 1, |&a, &b| {
            background[a].total_cmp(&background[b]).then(a.cmp(&b))
        });
    }
    for &row in &negatives[..keep] {
        selected[row] = 1.0;
    }
    selected
}

#[cfg(test)]
mod tests {
    use burn::tensor::Device;

    use super::*;
    use crate::vision::Architecture;

    fn scalar(tensor: Tensor<1>) -> f32 {
        tensor.into_scalar::<f32>()
    }

    #[test]
    fn smooth_l1_by_hand() {
        let device = Device::flex();
        let values = smooth_l1(Tensor::from_data([[0.5, -0.5, 2.0, -3.0]], &device));
        let got: Vec<f32> = values.into_data().try_to_vec().unwrap();
        for (got, want) in got.iter().zip([0.125, 0.125, 1.5, 2.5]) {
            assert!((got - want).abs() < 1e-6, "{got} is not {want}");
        }
    }

    #[test]
    fn two_boxes_by_hand() {
        let device = Device::flex();
        // Box 0 is an apple with logits (0, ln 3): probability 3/4. Box 1 is background with (ln 4, 0): 4/5.
        let logits = Tensor::from_data([[[0.0, 3.0f32.ln()], [4.0f32.ln(), 0.0]]], &device);
        let offsets = Tensor::from_data([[[0.5f32, 0.0, 0.0, 2.0], [9.0, 9.0, 9.0, 9.0]]], &device);
        let targets = Targets {
            classes: vec![1, 0],
            offsets: vec![0.0; 8],
        };
        let loss = multibox_loss(
            SsdOutput { logits, offsets },
            &[targets],
            &LossSettings::default(),
        );
        assert_eq!(loss.positives, 1);
        assert!((scalar(loss.classification) - (-(0.75f32.ln()) - 0.8f32.ln())).abs() < 1e-5);
        // 0.5 * 0.5^2 + (2 - 0.5); the background's offsets do not count.
        assert!((scalar(loss.localisation) - 1.625).abs() < 1e-5);
        assert!((scalar(loss.total) - (0.510_825_6 + 1.625)).abs() < 1e-4);
    }

    #[test]
    fn background_may_be_a_distractor_and_a_distractor_may_not_be_background() {
        let device = Device::flex();
        // Background, apple, orange with probabilities 1/8, 2/8, 5/8 in both boxes; box 0 is an orange.
        let row = [0.0, 2.0f32.ln(), 5.0f32.ln()];
        let logits = Tensor::from_data([[row, row]], &device);
        let targets = Targets {
            classes: vec![2, 0],
            offsets: vec![0.0; 8],
        };
        let settings = LossSettings {
            distractors: 1,
            ..LossSettings::default()
        };
        let offsets = Tensor::zeros([1, 2, 4], &device);
        let loss = multibox_loss(SsdOutput { logits, offsets }, &[targets], &settings);
        let wanted = -(5.0f32 / 8.0).ln() - (6.0f32 / 8.0).ln();
        assert!((scalar(loss.classification) - wanted).abs() < 1e-5);
    }

    #[test]
    fn the_hardest_negatives_are_kept_and_neutral_rows_never() {
        let settings = LossSettings {
            neg_pos_ratio: 1,
            min_negatives: 0,
            ..LossSettings::default()
        };
        // One positive, so one negative: row 2 has the lowest probability of background.
        let selected = select_rows(&[1, 0, 0, -1], &[-9.0, -0.1, -3.0, -8.0], 1, &settings);
        assert_eq!(selected, [1.0, 0.0, 1.0, 0.0]);
        // Without positives the minimum still teaches background.
        let settings = LossSettings {
            min_negatives: 2,
            ..settings
        };
        assert_eq!(
            select_rows(&[0, 0, 0], &[-1.0, -2.0, -3.0], 0, &settings),
            [0.0, 1.0, 1.0]
        );
    }

    #[test]
    fn targets_encode_the_match() {
        let defaults = DefaultBoxes::new(&Architecture::checkout_dense(&["apple", "milk"]).boxes);
        let index = 6299;
        let truth = Truth {
            class: ClassId(2),
            bbox: defaults.corners()[index],
            difficult: false,
        };
        let targets = Targets::new(&[truth], &defaults, MatchThresholds::default());
        assert_eq!(targets.classes[index], 2);
        assert!(targets.offsets[index * 4..].iter().all(|o| o.abs() < 1e-5));
        let hidden = Truth {
            difficult: true,
            ..truth
        };
        let targets = Targets::new(&[hidden], &defaults, MatchThresholds::default());
        assert_eq!(targets.classes[index], -1);
        assert!(targets.classes.iter().all(|&class| class <= 0));
    }
}
