//! From predictions in memory to detections, looking closely only at boxes that can pass the threshold.
//!
//! Gives exactly what [`crate::vision::decode::decode`] gives. Most of the thousands of default boxes see
//! background; for those one comparison a class is made and no exponential. Nothing is allocated once the
//! lists have grown to their usual length.

use std::cmp::Ordering;

use super::super::{box_coder, decode::DecodeSettings, default_boxes::DefaultBoxes};
use crate::geom::{ClassId, CornerBox, Detection};

/// A class of a box that passed the threshold.
#[derive(Debug, Clone, Copy)]
struct Candidate {
    class: u16,
    /// Index of the default box.
    index: usize,
    score: f32,
    bbox: CornerBox,
    /// Whether NMS kept it.
    is_kept: bool,
}

/// Lists that are used again for every frame.
#[derive(Debug, Default)]
pub(super) struct Decoder {
    candidates: Vec<Candidate>,
}

/// Logits (background first) and offsets of the default boxes of one cell.
pub(super) type Cell<'a> = (&'a [f32], &'a [f32]);

impl Decoder {
    /// The detections among the cells of all maps, best first. Of the `class_outputs` logits of a box, those of
    /// the background and of `classes` classes come first; the rest are distractors, which take their part of
    /// the score and are not reported.
    ///
    /// # Panics
    /// If there are more predictions than default boxes, or no more logits than classes.
    pub(super) fn decode<'a>(
        &mut self,
        cells: impl Iterator<Item = Cell<'a>>,
        (class_outputs, classes): (usize, usize),
        defaults: &DefaultBoxes,
        settings: &DecodeSettings,
        found: &mut Vec<Detection>,
    ) {
        self.candidates.clear();
        let threshold = settings.score_threshold;
        let least = least_lead(threshold);
        let mut index = 0;
        for (logits, offsets) in cells {
            let rows = logits.chunks_exact(class_outputs);
            for (row, offsets) in rows.zip(offsets.as_chunks::<4>().0) {
                if may_pass(&row[..=classes], least) {
                    self.look_closely((row, classes), offsets, index, defaults, threshold);
                }
                index += 1;
            }
        }
        self.suppress(settings);
        // Equal scores stay in the order of their classes, as a stable sort leaves them.
        self.candidates.retain(|c| c.is_kept);
        self.candidates.sort_unstable_by(|a, b| {
            best_first(a, b)
                .then(a.class.cmp(&b.class))
                .then(a.index.cmp(&b.index))
        });
        self.candidates.truncate(settings.top_k);
        found.clear();
        found.extend(self.candidates.iter().map(|c| Detection {
            class: ClassId(c.class),
            score: c.score,
            bbox: c.bbox.clipped(),
        }));
    }

    /// The scores of one box, and the box itself if one passes.
    fn look_closely(
        &mut self,
        (row, classes): (&[f32], usize),
        offsets: &[f32; 4],
        index: usize,
        defaults: &DefaultBoxes,
        threshold: f32,
    ) {
        let largest = row.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let sum: f32 = row.iter().map(|logit| (logit - largest).exp()).sum();
        let mut decoded = None;
        for (class, logit) in (0u16..).zip(&row[..=classes]).skip(1) {
            let score = (logit - largest).exp() / sum;
            if score >= threshold {
                let bbox = *decoded.get_or_insert_with(|| {
                    box_coder::decode(*offsets, defaults.centers()[index], defaults.variances()).to_corners()
                });
                self.candidates.push(Candidate {
                    class,
                    index,
                    score,
                    bbox,
                    is_kept: false,
                });
            }
        }
    }

    /// Greedy non-maximum suppression within each class.
    fn suppress(&mut self, settings: &DecodeSettings) {
        self.candidates.sort_unstable_by(|a, b| {
            a.class
                .cmp(&b.class)
                .then(best_first(a, b))
                .then(a.index.cmp(&b.index))
        });
        for of_class in self.candidates.chunk_by_mut(|a, b| a.class == b.class) {
            let mut kept = 0;
            for at in 0..of_class.len() {
                if kept == settings.nms_max {
                    break;
                }
                let candidate = of_class[at].bbox;
                let is_kept = of_class[..at]
                    .iter()
                    .all(|better| !better.is_kept || better.bbox.iou(candidate) <= settings.nms_iou);
                of_class[at].is_kept = is_kept;
                kept += usize::from(is_kept);
            }
        }
    }
}

fn best_first(a: &Candidate, b: &Candidate) -> Ordering {
    b.score.total_cmp(&a.score)
}

/// By how much a class must lead the background for its probability to reach the threshold.
///
/// A probability of `p` needs at least `ln(p / (1 - p))` against the background alone, and more against the
/// other classes. A little less is asked for, so that rounding never drops a box.
fn least_lead(threshold: f32) -> f32 {
    const MARGIN: f32 = 0.01;
    if threshold > 0.0 {
        // A probability can round to 1, so that even a threshold of 1 may be reached.
        let clear = threshold.min(0.999);
        (clear / (1.0 - clear)).ln() - MARGIN
    } else {
        f32::NEG_INFINITY
    }
}

/// Whether a class of the box leads the background by enough.
fn may_pass(row: &[f32], least: f32) -> bool {
    let needed = row[0] + least;
    // Not `any`: without a way out of the loop the comparisons are done side by side. Where the background
    // is no number, nothing can be told this way.
    let mut passing = false;
    for &logit in &row[1..] {
        passing |= logit >= needed;
    }
    passing || least == f32::NEG_INFINITY
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::vision::{Architecture, decode::decode};

    /// Rows of random logits, most of them background, some with odd values.
    fn rows(seed: u64, count: usize, outputs: usize, spread: f32) -> (Vec<f32>, Vec<f32>) {
        let mut random = crate::vision::engine::testing::Random::new(seed);
        let mut logits = Vec::new();
        for _ in 0..count {
            let is_background = random.between(0, 9) > 0;
            for output in 0..outputs {
                let lift = if output == 0 && is_background { spread } else { 0.0 };
                let odd = [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, 0.0];
                let value = if random.between(0, 4000) == 0 {
                    odd[random.between(0, 3)]
                } else {
                    // Coarse steps, so that equal scores happen.
                    (random.number() * 20.0).round() / 20.0 * spread + lift
                };
                logits.push(value);
            }
        }
        (logits, random.numbers(count * 4, 1.0))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(60))]
        #[test]
        fn equals_the_plain_decoder(seed in any::<u64>(), classes in 1usize..6, distractors in 0usize..3, spread in 0.5f32..12.0, threshold in -0.1f32..1.1, nms_iou in 0.2f32..0.8, nms_max in 0usize..40, top_k in 0usize..60) {
            let names: Vec<String> = (0..classes).map(|c| format!("class {c}")).collect();
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            let defaults = DefaultBoxes::new(&Architecture::checkout(&names));
            let outputs = classes + distractors + 1;
            let (logits, offsets) = rows(seed, defaults.len(), outputs, spread);
            // Few boxes pass high thresholds; with low ones the plain decoder is slow.
            let threshold = if threshold < 0.0 { threshold } else { threshold.max(0.3) };
            let settings = DecodeSettings { score_threshold: threshold, nms_iou, nms_max, top_k };
            let want = decode(&logits, &offsets, &defaults, classes, &settings);
            let mut found = Vec::new();
            let mut decoder = Decoder::default();
            for _ in 0..2 {
                let cells = logits.chunks(5 * outputs).zip(offsets.chunks(5 * 4));
                decoder.decode(cells, (outputs, classes), &defaults, &settings, &mut found);
                prop_assert_eq!(&found, &want);
            }
        }
    }

    #[test]
    fn a_threshold_just_at_the_score_keeps_the_box() {
        let defaults = DefaultBoxes::new(&Architecture::checkout(&["apple"]));
        for lead in [-6.0f32, -0.5, 0.0, 0.5, 3.0, 9.0, 16.0] {
            let mut logits = [50.0, -50.0].repeat(defaults.len());
            logits[1] = 50.0 + lead;
            let score = (50.0 + lead - logits[0].max(logits[1])).exp()
                / logits[..2]
                    .iter()
                    .map(|l| (l - logits[0].max(logits[1])).exp())
                    .sum::<f32>();
            let settings = DecodeSettings {
                score_threshold: score,
                ..DecodeSettings::LANE
            };
            let offsets = vec![0.0; defaults.len() * 4];
            let mut found = Vec::new();
            let cells = logits.chunks(2).zip(offsets.chunks(4));
            Decoder::default().decode(cells, (2, 1), &defaults, &settings, &mut found);
            assert_eq!(found, decode(&logits, &offsets, &defaults, 1, &settings));
            assert_eq!(found.len(), 1);
        }
    }
}
