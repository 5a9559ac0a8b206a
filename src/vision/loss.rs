//! What is compared in training: the class of every default box, and the offsets of the positive ones.
//!
//! Nearly all default boxes are background, so a plain sum of cross-entropies would teach nothing else. The
//! multibox loss counts only the background boxes that the network finds hardest; the other way is to give
//! every positive box a large weight.
//!
//! # Source
//! Liu et al. 2016, equation 1 and "Hard negative mining": smooth L1 on the offsets of positives plus
//! softmax cross-entropy on positives and on the hardest negatives, divided by the number of positives in
//! the batch (at least one), as torchvision normalises it.

#[cfg(test)]
mod tests;

use burn::tensor::{Int, Tensor, TensorData, activation::log_softmax};

use serde::{Deserialize, Serialize};

use super::{
    box_coder,
    default_boxes::DefaultBoxes,
    matcher::{Match, MatchThresholds, match_boxes},
    ssd::SsdOutput,
};
use crate::geom::{ClassId, CornerBox};

/// How the classes are compared; softmax cross-entropy in both cases.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ClassLoss {
    /// On positives and on the hardest negatives, summed and divided by the positives of the batch.
    HardNegatives {
        /// At most this many negatives for each positive, over the whole batch.
        neg_pos_ratio: usize,
        /// At least this many negatives, also in a batch without positives.
        min_negatives: usize,
    },
    /// On all boxes that are not neutral, positives weighted, divided by the number of these boxes.
    Weighted {
        /// Weight of a positive box; background has 1.
        foreground: f32,
    },
}

impl ClassLoss {
    /// Whether its weight is a possible one.
    #[must_use]
    pub fn is_sensible(self) -> bool {
        match self {
            Self::HardNegatives { .. } => true,
            Self::Weighted { foreground } => foreground.is_finite() && foreground > 0.0,
        }
    }
}

/// How the offsets `d` from their targets are summed, over the four offsets of all positives, divided by the
/// positives of the batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BoxLoss {
    /// `0.5 d^2` where `|d| < 1`, else `|d| - 0.5` (Girshick 2015, equation 3).
    #[default]
    SmoothL1,
    /// `0.5 d^2`, as Caffe's `EuclideanLoss`.
    L2,
    /// `|d|`.
    L1,
}

/// Settings of matching and of the loss.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LossSettings {
    /// When a default box is positive, neutral or background.
    pub thresholds: MatchThresholds,
    /// How classes are compared.
    pub classification: ClassLoss,
    /// How offsets are compared.
    pub localisation: BoxLoss,
    /// Weight of the localisation part.
    pub alpha: f32,
}

impl Default for LossSettings {
    fn default() -> Self {
        Self {
            thresholds: MatchThresholds::default(),
            classification: ClassLoss::HardNegatives {
                neg_pos_ratio: 3,
                min_negatives: 16,
            },
            localisation: BoxLoss::SmoothL1,
            alpha: 1.0,
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

/// The loss of one batch and its parts, each already divided by what it is divided by.
#[derive(Debug, Clone)]
pub struct MultiboxLoss {
    /// What to minimise: classification + alpha * localisation.
    pub total: Tensor<1>,
    /// The loss of the classes.
    pub classification: Tensor<1>,
    /// The loss of the offsets, not yet weighted by alpha.
    pub localisation: Tensor<1>,
    /// Positive default boxes in the batch.
    pub positives: usize,
}

/// The loss of a batch.
///
/// The last `distractors` outputs are those of [`crate::vision::Architecture::distractors`]. What is labelled
/// background may be any of them: only being taken for a class is an error there, since not every orange
/// in a photograph has a box.
///
/// # Shapes
/// As [`SsdOutput`]; one [`Targets`] for each picture of the batch.
///
/// # Panics
/// If the batch, the number of boxes or a class do not fit the output.
#[must_use]
pub fn multibox_loss(
    output: SsdOutput,
    targets: &[Targets],
    settings: &LossSettings,
    distractors: usize,
) -> MultiboxLoss {
    let [batch, boxes, outputs] = output.logits.dims();
    assert!(distractors + 1 < outputs, "an output for a class");
    assert_eq!(batch, targets.len(), "one set of targets a picture");
    let wanted: Vec<i32> = targets.iter().flat_map(|t| t.classes.iter().copied()).collect();
    assert_eq!(wanted.len(), batch * boxes, "one target a default box");
    let positives = wanted.iter().filter(|&&class| class > 0).count();
    let classification = class_loss(
        log_probabilities(output.logits, distractors),
        &wanted,
        positives,
        settings.classification,
    );
    let localisation =
        box_loss(output.offsets, targets, &wanted, settings.localisation).sum() / positives.max(1) as f32;
    let total = classification.clone() + localisation.clone() * settings.alpha;
    MultiboxLoss {
        total,
        classification,
        localisation,
        positives,
    }
}

/// One row a box; the first column, the background, stands for the last `distractors` columns too.
fn log_probabilities(logits: Tensor<3>, distractors: usize) -> Tensor<2> {
    let [batch, boxes, outputs] = logits.dims();
    let all = log_softmax(logits.reshape([batch * boxes, outputs]), 1);
    if distractors == 0 {
        return all;
    }
    let unsold = all.clone().narrow(1, outputs - distractors, distractors);
    let nothing_of_ours = all.clone().narrow(1, 0, 1).exp() + unsold.exp().sum_dim(1);
    // Above the least normal number, so that a sure mistake has a finite loss.
    let background = nothing_of_ours.clamp_min(1e-30).log();
    Tensor::cat(vec![background, all.narrow(1, 1, outputs - 1)], 1)
}

/// Weighted cross-entropy: which boxes count how much is decided on the host.
fn class_loss(log_probabilities: Tensor<2>, wanted: &[i32], positives: usize, kind: ClassLoss) -> Tensor<1> {
    let [rows, _] = log_probabilities.dims();
    let device = log_probabilities.device();
    let (weights, divisor) = match kind {
        ClassLoss::HardNegatives {
            neg_pos_ratio,
            min_negatives,
        } => {
            let background: Vec<f32> = log_probabilities
                .clone()
                .detach()
                .narrow(1, 0, 1)
                .into_data()
                .try_to_vec()
                .expect("log probabilities are f32");
            let negatives = (positives * neg_pos_ratio).max(min_negatives);
            (
                select_rows(wanted, &background, negatives),
                positives.max(1) as f32,
            )
        }
        ClassLoss::Weighted { foreground } => {
            let weights: Vec<f32> = wanted
                .iter()
                .map(|&class| match class {
                    ..0 => 0.0,
                    0 => 1.0,
                    1.. => foreground,
                })
                .collect();
            let counted = wanted.iter().filter(|&&class| class >= 0).count();
            (weights, counted.max(1) as f32)
        }
    };
    let indices: Vec<i32> = wanted.iter().map(|&class| class.max(0)).collect();
    let indices = Tensor::<2, Int>::from_data(TensorData::new(indices, [rows, 1]), &device);
    let weights = Tensor::<2>::from_data(TensorData::new(weights, [rows, 1]), &device);
    (log_probabilities.gather(1, indices) * weights).sum().neg() / divisor
}

/// The loss of each offset of each box, zero where a box is not positive.
fn box_loss(offsets: Tensor<3>, targets: &[Targets], wanted: &[i32], kind: BoxLoss) -> Tensor<2> {
    let rows = wanted.len();
    let device = offsets.device();
    let truth: Vec<f32> = targets.iter().flat_map(|t| t.offsets.iter().copied()).collect();
    let truth = Tensor::<2>::from_data(TensorData::new(truth, [rows, 4]), &device);
    let mask: Vec<f32> = wanted
        .iter()
        .map(|&class| if class > 0 { 1.0 } else { 0.0 })
        .collect();
    let mask = Tensor::<2>::from_data(TensorData::new(mask, [rows, 1]), &device);
    let difference = (offsets.reshape([rows, 4]) - truth) * mask;
    match kind {
        BoxLoss::SmoothL1 => smooth_l1(difference),
        BoxLoss::L2 => difference.clone() * difference * 0.5,
        BoxLoss::L1 => difference.abs(),
    }
}

/// `0.5 d^2` where `|d| < 1`, else `|d| - 0.5`, written without a branch: with `c = min(|d|, 1)` both are
/// `c * (|d| - c / 2)`.
fn smooth_l1(difference: Tensor<2>) -> Tensor<2> {
    let size = difference.abs();
    let capped = size.clone().clamp_max(1.0);
    capped.clone() * (size - capped * 0.5)
}

/// 1 for the rows that count in the classification loss: all positives and the negatives that the network
/// finds hardest, which are those with the lowest probability of background.
fn select_rows(wanted: &[i32], background: &[f32], wanted_negatives: usize) -> Vec<f32> {
    let mut selected: Vec<f32> = wanted
        .iter()
        .map(|&class| if class > 0 { 1.0 } else { 0.0 })
        .collect();
    let mut negatives: Vec<usize> = (0..wanted.len()).filter(|&row| wanted[row] == 0).collect();
    let keep = wanted_negatives.min(negatives.len());
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
