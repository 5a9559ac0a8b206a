//! How good the student is on the pictures that it does not learn from.

use std::collections::BTreeMap;

use burn::tensor::Device;

use super::{cache::FeatureCache, error::TeachError, material::Portion, student::maps_of};
use crate::{
    geom::{ClassId, Detection},
    training::{
        dataset::ClassNames,
        metrics::{Counts, CurvePoint, Tally, evaluate, precision_recall},
    },
    vision::{Architecture, DefaultBoxes, Ssd, decode::decode},
};

/// Pictures looked at together.
const BATCH: usize = 8;
/// How far below the best score a class is still counted, as a difference of log-odds, if nothing wrong
/// lies there: photos to come are a little less sure than those at hand.
const MARGIN: f64 = 1.0;
/// Less sure than the first nothing is counted, however seldom it is wrong on the few pictures at hand.
const SENSIBLE: (f64, f64) = (0.2, 0.95);

/// What was measured.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct HeldOut {
    /// AP50 of each class that shows on the pictures.
    pub ap50: BTreeMap<String, f64>,
    /// The log-odds of the score from which a class is best counted.
    pub turning: BTreeMap<String, f64>,
}

/// Measures `network` on the records of these numbers.
///
/// # Errors
/// [`TeachError::File`].
pub(super) fn measure(
    network: &Ssd,
    architecture: &Architecture,
    cache: &mut FeatureCache,
    records: &[(usize, Portion)],
) -> Result<HeldOut, TeachError> {
    let device = Device::flex();
    let defaults = DefaultBoxes::new(architecture);
    let classes = ClassNames::new(architecture.classes.iter().cloned());
    let side = u32::try_from(architecture.input[0]).unwrap_or(224);
    let mut tally = Tally::new();
    // Scenes are harder than what a shopper puts down: what is missed there says nothing about where to count, but
    // what is wrongly found there does.
    let mut counting = Tally::new();
    let has_photos = records
        .iter()
        .any(|(_, portion)| *portion == Portion::HeldOutPhoto);
    for some in records.chunks(BATCH) {
        let indices: Vec<usize> = some.iter().map(|(index, _)| *index).collect();
        let read = cache.read_many(&indices)?;
        let output = network.predict(&maps_of(&read, cache.shapes(), &device));
        let data = |tensor: burn::tensor::Tensor<3>| {
            let data = tensor.into_data().try_to_vec::<f32>();
            data.expect("the network computes in f32")
        };
        let (logits, offsets) = (data(output.logits), data(output.offsets));
        let (rows, places) = (logits.len() / read.len(), offsets.len() / read.len());
        for (at, (record, (_, portion))) in read.iter().zip(some).enumerate() {
            let found: Vec<Detection> = decode(
                &logits[at * rows..(at + 1) * rows],
                &offsets[at * places..(at + 1) * places],
                &defaults,
                classes.len(),
                &architecture.decode,
            );
            tally.add((side, side), &record.boxes, &found);
            let mut boxes = record.boxes.clone();
            for labelled in &mut boxes {
                labelled.difficult |= has_photos && *portion != Portion::HeldOutPhoto;
            }
            counting.add((side, side), &boxes, &found);
        }
    }
    let ids: Vec<ClassId> = classes.ids().collect();
    let figures = evaluate(tally.truth(), tally.found(), &ids);
    let mut measured = HeldOut::default();
    for class in &figures.per_class {
        let (Some(name), Some(ap50)) = (classes.name(class.class), class.ap50) else {
            continue;
        };
        measured.ap50.insert(name.to_owned(), ap50);
        let points = precision_recall(counting.truth(), counting.found(), class.class, 0.5);
        if let Some(turning) = turning_point(&points) {
            measured.turning.insert(name.to_owned(), turning);
        }
    }
    Ok(measured)
}

/// The log-odds at which F0.5 is best: half-way down to the next score, at which it is worse, but not by more than
/// half of [`MARGIN`].
///
/// F0.5 and not F1, because a shopper forgives an item that is not seen sooner than one that is not there.
/// `points` are a class' precision-recall curve, scores falling.
fn turning_point(points: &[CurvePoint]) -> Option<f64> {
    let f_half = |counts: Counts| {
        let right = 5.0 * counts.right as f64;
        right / (right + counts.missed as f64 + 4.0 * counts.wrong as f64).max(1.0)
    };
    let best = points
        .iter()
        .rev()
        .max_by(|a, b| f_half(a.counts).total_cmp(&f_half(b.counts)))?
        .score;
    let next = points.iter().map(|point| point.score).find(|score| *score < best);
    let log_odds = |score: f64| {
        let score = score.clamp(SENSIBLE.0, SENSIBLE.1);
        (score / (1.0 - score)).ln()
    };
    let room = next.map_or(MARGIN, |next| (log_odds(best) - log_odds(next)).min(MARGIN));
    Some(log_odds(best) - 0.5 * room)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Scores falling, each of a detection that is right or wrong, among so many objects.
    fn curve(objects: usize, found: &[(f64, bool)]) -> Vec<CurvePoint> {
        let mut counts = Counts {
            missed: objects,
            ..Counts::default()
        };
        let mut points = Vec::new();
        for (score, right) in found.iter().copied() {
            counts.right += usize::from(right);
            counts.missed -= usize::from(right);
            counts.wrong += usize::from(!right);
            points.push(CurvePoint { score, counts });
        }
        points
    }

    #[test]
    fn a_class_is_counted_from_half_way_between_right_and_wrong() {
        let turning = |found| turning_point(&curve(3, found));
        let log_odds = |score: f64| (score / (1.0 - score)).ln();
        let near = |a: Option<f64>, b: f64| a.is_some_and(|a| (a - b).abs() < 1e-9);
        // Right down to 0.5; the wrong one at 0.45 is near.
        let found = turning(&[(0.9, true), (0.7, true), (0.5, true), (0.45, false)]);
        assert!(near(found, 0.5 * (log_odds(0.5) + log_odds(0.45))), "{found:?}");
        // One far below, and none, leave half the margin.
        let found = turning(&[(0.9, true), (0.7, true), (0.5, true), (0.21, false)]);
        assert!(near(found, log_odds(0.5) - 0.5), "{found:?}");
        let found = turning(&[(0.9, true), (0.7, true), (0.5, true)]);
        assert!(near(found, log_odds(0.5) - 0.5), "{found:?}");
        // What costs more wrong ones than it finds is not counted.
        let found = turning(&[(0.9, true), (0.8, true), (0.7, false), (0.6, false), (0.3, true)]);
        assert!(near(found, 0.5 * (log_odds(0.8) + log_odds(0.7))), "{found:?}");
        // A score of 0 or 1 has no log-odds.
        assert!(near(turning(&[(1.0, true)]), log_odds(0.95) - 0.5));
        assert!(near(turning(&[(0.0, true)]), log_odds(0.2) - 0.5));
        assert_eq!(turning(&[]), None);
    }
}
