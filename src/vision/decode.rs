//! From the network's raw outputs to detections: softmax, score threshold, box decoding, NMS, top k.
//!
//! Nearly all of the thousands of default boxes show background. They are told from the rest by one
//! comparison of logits, so that softmax, decoding and sorting are done for the few that remain.

use serde::{Deserialize, Serialize};

use super::{box_coder, default_boxes::DefaultBoxes, nms::nms};
use crate::geom::{ClassId, CornerBox, Detection};

/// Thresholds and limits of decoding.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct DecodeSettings {
    /// Candidates below this probability are dropped before anything else.
    pub score_threshold: f32,
    /// Boxes of one class that overlap a better one by more than this are dropped.
    pub nms_iou: f32,
    /// At most this many boxes a class are kept.
    pub nms_max: usize,
    /// At most this many boxes of all classes are kept.
    pub top_k: usize,
}

impl DecodeSettings {
    /// The settings that the published detectors are measured with: nearly everything is kept, for the metric
    /// to rank.
    pub const PUBLISHED: Self = Self {
        score_threshold: 0.01,
        nms_iou: 0.45,
        nms_max: 400,
        top_k: 200,
    };
    /// The settings for measuring where no architecture is at hand that says its own.
    pub const EVALUATION: Self = Self::PUBLISHED;
    /// The settings for a lane.
    pub const LANE: Self = Self {
        score_threshold: 0.3,
        nms_iou: 0.45,
        nms_max: 50,
        top_k: 50,
    };

    /// The same settings with candidates from another score on.
    #[must_use]
    pub const fn from_score(self, score_threshold: f32) -> Self {
        Self {
            score_threshold,
            ..self
        }
    }
}

/// Decodes the outputs of one picture.
///
/// # Shapes
/// `logits`: `boxes * class_outputs` (background, then `classes` classes, then distractors), row by row;
/// `offsets`: `boxes * 4`. Distractors take their part of the softmax and are not reported.
///
/// # Panics
/// If the lengths do not fit the default boxes.
#[must_use]
pub fn decode(
    logits: &[f32],
    offsets: &[f32],
    defaults: &DefaultBoxes,
    classes: usize,
    settings: &DecodeSettings,
) -> Vec<Detection> {
    let boxes = defaults.len();
    assert_eq!(offsets.len(), boxes * 4, "four offsets a default box");
    assert!(
        boxes > 0 && logits.len().is_multiple_of(boxes),
        "as many rows of logits as default boxes"
    );
    let outputs = logits.len() / boxes;
    assert!(classes < outputs, "an output for each class and the background");
    let mut candidates: Vec<Vec<(usize, f32)>> = vec![Vec::new(); classes + 1];
    let margin = logit_margin(settings.score_threshold);
    for (index, row) in logits.chunks_exact(outputs).enumerate() {
        if may_pass(&row[..=classes], margin) {
            collect_candidates(row, index, settings.score_threshold, &mut candidates);
        }
    }
    let mut detections = Vec::new();
    for (class, found) in candidates.iter().enumerate().skip(1) {
        let corners: Vec<CornerBox> = found
            .iter()
            .map(|&(i, _)| decode_box(offsets, defaults, i))
            .collect();
        let scores: Vec<f32> = found.iter().map(|&(_, score)| score).collect();
        let class = ClassId(u16::try_from(class).expect("an architecture has at most 1000 classes"));
        detections.extend(
            nms(&corners, &scores, settings.nms_iou, settings.nms_max)
                .into_iter()
                .map(|kept| Detection {
                    class,
                    score: scores[kept],
                    bbox: corners[kept].clipped(),
                }),
        );
    }
    detections.sort_by(|a, b| b.score.total_cmp(&a.score));
    detections.truncate(settings.top_k);
    detections
}

/// Drops detections that lie almost wholly inside a better one of their class.
///
/// The printed side of a carton and a finger of a bunch overlap the whole too little for NMS and would be
/// charged a second time. For a lane; measuring keeps them, as the metrics expect.
pub fn drop_contained(detections: &mut Vec<Detection>) {
    /// Share of the smaller box that lies in the better one.
    const INSIDE: f32 = 0.8;
    detections.sort_by(|a, b| b.score.total_cmp(&a.score));
    let mut kept: Vec<Detection> = Vec::with_capacity(detections.len());
    for candidate in detections.drain(..) {
        let inside = |better: &Detection| {
            better.class == candidate.class
                && better.bbox.intersection(candidate.bbox) >= INSIDE * candidate.bbox.area()
        };
        if !kept.iter().any(inside) {
            kept.push(candidate);
        }
    }
    *detections = kept;
}

/// The probabilities of a default box's logits.
#[must_use]
pub fn softmax(row: &[f32]) -> Vec<f32> {
    let largest = row.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let powers: Vec<f32> = row.iter().map(|logit| (logit - largest).exp()).collect();
    let sum: f32 = powers.iter().sum();
    powers.into_iter().map(|power| power / sum).collect()
}

/// How far a class' logit may lie below (or must lie above) that of the background for its score to reach the
/// threshold. With `d` the difference, the score is at most `1 / (1 + exp(-d))`, so it must be that
/// `d >= ln(t / (1 - t))`; a hundredth less, so that rounding never decides here.
fn logit_margin(threshold: f32) -> f32 {
    // Where the threshold is so near 1 that rounding matters, and where it is no threshold, all may pass.
    if threshold > 0.0 && threshold < 0.999 {
        (threshold / (1.0 - threshold)).ln() - 0.01
    } else {
        f32::NEG_INFINITY
    }
}

/// Whether any class of a row may reach the threshold behind `margin`. A row that is not finite may.
fn may_pass(row: &[f32], margin: f32) -> bool {
    let Some((background, classes)) = row.split_first() else {
        return false;
    };
    let least = background + margin;
    least.is_nan() || classes.iter().any(|logit| *logit >= least || logit.is_nan())
}

/// Adds the classes of one default box that pass the threshold. A row that is not finite gives none.
fn collect_candidates(row: &[f32], index: usize, threshold: f32, candidates: &mut [Vec<(usize, f32)>]) {
    let largest = row.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let sum: f32 = row.iter().map(|logit| (logit - largest).exp()).sum();
    for (class, logit) in row.iter().enumerate().take(candidates.len()).skip(1) {
        let score = (logit - largest).exp() / sum;
        if score >= threshold {
            candidates[class].push((index, score));
        }
    }
}

fn decode_box(offsets: &[f32], defaults: &DefaultBoxes, index: usize) -> CornerBox {
    let o = &offsets[index * 4..index * 4 + 4];
    box_coder::decode(
        [o[0], o[1], o[2], o[3]],
        defaults.centers()[index],
        defaults.variances(),
    )
    .to_corners()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::vision::Architecture;

    fn empty_outputs(defaults: &DefaultBoxes) -> (Vec<f32>, Vec<f32>) {
        let logits = (0..defaults.len()).flat_map(|_| [10.0, 0.0, 0.0]).collect();
        (logits, vec![0.0; defaults.len() * 4])
    }

    #[test]
    fn one_sure_box_is_found_at_its_default_place() {
        let defaults = DefaultBoxes::new(&Architecture::checkout(&["apple", "milk"]));
        let (mut logits, offsets) = empty_outputs(&defaults);
        let index = 5249;
        logits[index * 3..index * 3 + 3].copy_from_slice(&[0.0, 0.0, 4.0]);
        let found = decode(&logits, &offsets, &defaults, 2, &DecodeSettings::LANE);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].class, ClassId(2));
        // e^4 / (e^4 + 2)
        assert!((found[0].score - 0.964_66).abs() < 1e-4);
        let expected = defaults.corners()[index].clipped();
        assert!(
            (found[0].bbox.x0 - expected.x0).abs() < 1e-5 && (found[0].bbox.y1 - expected.y1).abs() < 1e-5
        );
    }

    #[test]
    fn a_part_of_a_better_box_of_its_class_goes() {
        let at = |class, score, x0, x1| Detection {
            class: ClassId(class),
            score,
            bbox: CornerBox::new(x0, 0.0, x1, 0.5),
        };
        let whole = at(3, 0.9, 0.0, 0.6);
        // Nine tenths of its width inside; another class inside; a neighbour half inside.
        let mut found = vec![
            at(3, 0.6, 0.33, 0.63),
            at(1, 0.5, 0.1, 0.3),
            whole,
            at(3, 0.4, 0.5, 0.7),
        ];
        drop_contained(&mut found);
        assert_eq!(found, [whole, at(1, 0.5, 0.1, 0.3), at(3, 0.4, 0.5, 0.7)]);
    }

    #[test]
    fn a_distractor_takes_its_part_of_the_score_and_is_not_reported() {
        let defaults = DefaultBoxes::new(&Architecture::checkout(&["apple", "milk"]));
        let (mut logits, offsets) = empty_outputs(&defaults);
        // Two boxes far apart: an apple, and an orange that is also a little like an apple.
        logits[0..3].copy_from_slice(&[0.0, 4.0, 0.0]);
        let far = 5 * 28 * 14 * 3;
        logits[far..far + 3].copy_from_slice(&[0.0, 2.0, 4.0]);
        let found = decode(&logits, &offsets, &defaults, 1, &DecodeSettings::LANE);
        assert_eq!(
            found.len(),
            1,
            "the orange is gone, the apple in it weak: {found:?}"
        );
        // e^4 / (e^4 + 2)
        assert!((found[0].score - 0.964_66).abs() < 1e-4);
    }

    #[test]
    fn nan_outputs_are_no_detections() {
        let defaults = DefaultBoxes::new(&Architecture::checkout(&["apple", "milk"]));
        let (_, offsets) = empty_outputs(&defaults);
        let logits = vec![f32::NAN; defaults.len() * 3];
        assert!(decode(&logits, &offsets, &defaults, 2, &DecodeSettings::PUBLISHED).is_empty());
    }

    #[test]
    fn top_k_keeps_the_best_of_all_classes() {
        let defaults = DefaultBoxes::new(&Architecture::checkout(&["apple", "milk"]));
        let (mut logits, offsets) = empty_outputs(&defaults);
        logits[0..3].copy_from_slice(&[0.0, 3.0, 0.0]);
        let far = 5 * 28 * 14 * 3;
        logits[far..far + 3].copy_from_slice(&[0.0, 0.0, 4.0]);
        let settings = DecodeSettings {
            top_k: 1,
            ..DecodeSettings::LANE
        };
        let found = decode(&logits, &offsets, &defaults, 2, &settings);
        assert_eq!(found.iter().map(|d| d.class).collect::<Vec<_>>(), [ClassId(2)]);
    }

    /// The definition: softmax of every row, every box decoded, then the threshold, NMS and the best.
    fn plain(
        logits: &[f32],
        offsets: &[f32],
        defaults: &DefaultBoxes,
        settings: &DecodeSettings,
    ) -> Vec<Detection> {
        let outputs = logits.len() / defaults.len();
        let boxes: Vec<CornerBox> = (0..defaults.len())
            .map(|index| decode_box(offsets, defaults, index))
            .collect();
        let mut all = Vec::new();
        for class in 1..outputs {
            let scores: Vec<f32> = logits
                .chunks_exact(outputs)
                .map(|row| {
                    let largest = row.iter().copied().fold(f32::NEG_INFINITY, f32::max);
                    let sum: f32 = row.iter().map(|logit| (logit - largest).exp()).sum();
                    (row[class] - largest).exp() / sum
                })
                .collect();
            let passing: Vec<usize> = (0..boxes.len())
                .filter(|&index| scores[index] >= settings.score_threshold)
                .collect();
            let corners: Vec<CornerBox> = passing.iter().map(|&index| boxes[index]).collect();
            let kept_scores: Vec<f32> = passing.iter().map(|&index| scores[index]).collect();
            for kept in nms(&corners, &kept_scores, settings.nms_iou, settings.nms_max) {
                all.push(Detection {
                    class: ClassId(u16::try_from(class).unwrap()),
                    score: kept_scores[kept],
                    bbox: corners[kept].clipped(),
                });
            }
        }
        all.sort_by(|a, b| b.score.total_cmp(&a.score));
        all.truncate(settings.top_k);
        all
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn equals_the_plain_version(
            seed in any::<u64>(),
            spread in prop_oneof![0.1f32..2.0, 2.0f32..30.0],
            threshold in prop_oneof![Just(0.0f32), Just(1.0f32), Just(0.999f32), 0.001f32..0.999],
            top_k in 1usize..300,
        ) {
            let defaults = DefaultBoxes::new(&Architecture::published("mobilenetv2-ssd-cifar").unwrap());
            // A small linear congruential generator, for some thousand numbers a case.
            let mut state = seed;
            let mut next = || {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                (state >> 40) as f32 / 8_388_608.0 - 1.0
            };
            let logits: Vec<f32> = (0..defaults.len() * 4).map(|_| next() * spread).collect();
            let offsets: Vec<f32> = (0..defaults.len() * 4).map(|_| next()).collect();
            let settings = DecodeSettings { score_threshold: threshold, top_k, ..DecodeSettings::PUBLISHED };
            prop_assert_eq!(
                decode(&logits, &offsets, &defaults, 3, &settings),
                plain(&logits, &offsets, &defaults, &settings)
            );
        }
    }
}
