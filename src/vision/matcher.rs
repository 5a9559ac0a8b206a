//! Which default box learns which ground truth.
//!
//! # Source
//! Liu et al. 2016, section 2.2 ("Matching strategy"), with the bipartite step of the original code: every
//! ground truth first gets one default box of its own, the best remaining pair at a time; then every
//! default box that overlaps a truth enough takes its best one.

use serde::{Deserialize, Serialize};

use crate::geom::CornerBox;

/// What one default box is to learn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Match {
    /// The ground truth of this index.
    Positive(usize),
    /// Nothing at all: it overlaps a truth too much for background and too little for a match.
    Neutral,
    /// That nothing is there.
    Background,
}

/// Overlaps at which a default box becomes positive, or stops being background.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MatchThresholds {
    /// At or above this overlap a box takes its best truth.
    pub positive_iou: f32,
    /// At or above this overlap with any truth, an unmatched box is neutral.
    pub negative_iou: f32,
}

impl Default for MatchThresholds {
    fn default() -> Self {
        Self {
            positive_iou: 0.5,
            negative_iou: 0.3,
        }
    }
}

/// A default box of which this share lies in an ignored region is neutral, as detections in a crowd are for
/// COCO's metrics.
const IN_REGION: f32 = 0.5;

/// A default box of which this share lies in a truth, and which is too small to match it, shows a part of it:
/// background even where all else is left open, or each banana of a bunch would be found as well.
const PART_OF_TRUTH: f32 = 0.8;

/// Matches default boxes to ground truths.
///
/// `ignored` are regions (difficult truths, crowds) of which neither presence nor absence is to be learned:
/// unmatched boxes that overlap them, or lie in them by half of their own area or more, are neutral. So one
/// region around a heap leaves open all that is in it, but for what is a part of a truth.
///
/// Costs `truths * defaults` overlaps.
#[must_use]
pub fn match_boxes(
    defaults: &[CornerBox],
    truths: &[CornerBox],
    ignored: &[CornerBox],
    thresholds: MatchThresholds,
) -> Vec<Match> {
    let ious: Vec<Vec<f32>> = truths
        .iter()
        .map(|truth| defaults.iter().map(|default| truth.iou(*default)).collect())
        .collect();
    let mut matches: Vec<Match> = (0..defaults.len())
        .map(|d| by_threshold(ious.iter().map(|row| row[d]), thresholds))
        .collect();
    for (default, matched) in defaults.iter().zip(&mut matches) {
        let within = |region: &CornerBox, share: f32| region.intersection(*default) >= share * default.area();
        let left_open =
            |region: &CornerBox| region.iou(*default) >= thresholds.negative_iou || within(region, IN_REGION);
        if *matched == Match::Background
            && ignored.iter().any(left_open)
            && !truths.iter().any(|truth| within(truth, PART_OF_TRUTH))
        {
            *matched = Match::Neutral;
        }
    }
    // The bipartite pairs come last so that they win over the threshold.
    for (truth, default) in bipartite_pairs(&ious) {
        matches[default] = Match::Positive(truth);
    }
    matches
}

fn by_threshold(ious: impl Iterator<Item = f32>, thresholds: MatchThresholds) -> Match {
    let best = ious
        .enumerate()
        .max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)));
    match best {
        Some((truth, iou)) if iou >= thresholds.positive_iou => Match::Positive(truth),
        Some((_, iou)) if iou >= thresholds.negative_iou => Match::Neutral,
        Some(_) | None => Match::Background,
    }
}

/// The greedy bipartite match: the best remaining (truth, default) pair until every truth has a box.
/// Truths that overlap no free default box at all stay without one.
fn bipartite_pairs(ious: &[Vec<f32>]) -> Vec<(usize, usize)> {
    let mut taken = vec![false; ious.first().map_or(0, Vec::len)];
    let mut open: Vec<usize> = (0..ious.len()).collect();
    let mut best: Vec<Option<(usize, f32)>> = ious.iter().map(|row| best_free(row, &taken)).collect();
    let mut pairs = Vec::with_capacity(ious.len());
    while let Some((position, (default, _))) = open
        .iter()
        .enumerate()
        .filter_map(|(position, &truth)| best[truth].map(|found| (position, found)))
        .max_by(|a, b| a.1.1.total_cmp(&b.1.1).then(b.0.cmp(&a.0)))
    {
        let truth = open.remove(position);
        taken[default] = true;
        pairs.push((truth, default));
        for &other in &open {
            if best[other].is_some_and(|(d, _)| d == default) {
                best[other] = best_free(&ious[other], &taken);
            }
        }
    }
    pairs
}

fn best_free(row: &[f32], taken: &[bool]) -> Option<(usize, f32)> {
    row.iter()
        .enumerate()
        .filter(|&(d, iou)| !taken[d] && *iou > 0.0)
        .max_by(|a, b| a.1.total_cmp(b.1).then(b.0.cmp(&a.0)))
        .map(|(d, &iou)| (d, iou))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn square(x: f32, side: f32) -> CornerBox {
        CornerBox::new(x, 0.0, x + side, side)
    }

    #[test]
    fn by_hand() {
        let defaults = [
            square(0.0, 0.2),
            square(0.05, 0.2),
            square(0.1, 0.2),
            square(0.6, 0.2),
        ];
        // Overlaps with the truth at 0: 1, 0.6, 1/3, 0.
        let matches = match_boxes(&defaults, &[square(0.0, 0.2)], &[], MatchThresholds::default());
        assert_eq!(
            matches,
            [
                Match::Positive(0),
                Match::Positive(0),
                Match::Neutral,
                Match::Background
            ]
        );
    }

    #[test]
    fn a_small_truth_still_gets_its_best_box() {
        let defaults = [square(0.0, 0.5), square(0.5, 0.5)];
        let matches = match_boxes(&defaults, &[square(0.6, 0.05)], &[], MatchThresholds::default());
        assert_eq!(matches, [Match::Background, Match::Positive(0)]);
    }

    #[test]
    fn two_truths_with_the_same_best_box_get_two_boxes() {
        let defaults = [square(0.0, 0.2), square(0.02, 0.2)];
        let truths = [square(0.0, 0.2), square(0.001, 0.2)];
        let matches = match_boxes(&defaults, &truths, &[], MatchThresholds::default());
        assert_eq!(matches, [Match::Positive(0), Match::Positive(1)]);
    }

    #[test]
    fn boxes_on_difficult_truths_are_neutral() {
        let matches = match_boxes(
            &[square(0.0, 0.2)],
            &[],
            &[square(0.0, 0.2)],
            MatchThresholds::default(),
        );
        assert_eq!(matches, [Match::Neutral]);
    }

    #[test]
    fn boxes_in_a_region_that_is_left_open_are_neutral_but_for_what_is_labelled_there() {
        let defaults = [
            square(0.1, 0.1),
            square(0.5, 0.1),
            square(0.85, 0.2),
            square(0.9, 0.1),
        ];
        let region = CornerBox::new(0.0, 0.0, 0.9, 1.0);
        let matches = match_boxes(
            &defaults,
            &[square(0.5, 0.1)],
            &[region],
            MatchThresholds::default(),
        );
        let expected = [
            Match::Neutral,
            Match::Positive(0),
            Match::Background,
            Match::Background,
        ];
        assert_eq!(
            matches, expected,
            "a quarter of the third lies inside, nothing of the last"
        );
    }

    #[test]
    fn a_part_of_a_truth_is_background_in_a_region_that_is_left_open() {
        let part = CornerBox::new(0.3, 0.3, 0.4, 0.4);
        let half_in = CornerBox::new(0.15, 0.3, 0.25, 0.4);
        let truth = CornerBox::new(0.2, 0.2, 0.6, 0.6);
        let region = CornerBox::new(0.0, 0.0, 1.0, 1.0);
        let matches = match_boxes(
            &[part, half_in, truth],
            &[truth],
            &[region],
            MatchThresholds::default(),
        );
        assert_eq!(matches, [Match::Background, Match::Neutral, Match::Positive(0)]);
    }

    /// Greedy bipartite matching as the definition reads: look at every remaining pair each time.
    fn slow_pairs(ious: &[Vec<f32>]) -> Vec<(usize, usize)> {
        let mut pairs: Vec<(usize, usize)> = Vec::new();
        loop {
            let mut best: Option<(usize, usize, f32)> = None;
            for (t, row) in ious.iter().enumerate() {
                for (d, &iou) in row.iter().enumerate() {
                    let free = pairs.iter().all(|&(pt, pd)| pt != t && pd != d);
                    if free && iou > 0.0 && best.is_none_or(|(_, _, b)| iou > b) {
                        best = Some((t, d, iou));
                    }
                }
            }
            let Some((t, d, _)) = best else { return pairs };
            pairs.push((t, d));
        }
    }

    proptest! {
        #[test]
        fn bipartite_equals_the_slow_reference(
            ious in (1usize..5, 1usize..8).prop_flat_map(|(t, d)| {
                proptest::collection::vec(proptest::collection::vec(0.0f32..1.0, d), t)
            })
        ) {
            prop_assert_eq!(bipartite_pairs(&ious), slow_pairs(&ious));
        }
    }
}
