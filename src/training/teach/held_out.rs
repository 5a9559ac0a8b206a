//! How good the student is on the pictures that it does not learn from.

use std::collections::BTreeMap;

use burn::tensor::Device;

use super::{cache::FeatureCache, error::TeachError, material::Portion, student::maps_of};
use crate::{
    geom::{ClassId, Detection},
    training::{
        dataset::ClassNames,
        metrics::{CurvePoint, Tally, evaluate, precision_recall},
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
#[derive(Debug)]
pub(super) struct HeldOut {
    /// AP50 of each class that shows on the pictures.
    pub ap50: BTreeMap<String, f64>,
    classes: ClassNames,
    photos: Tally,
    scenes: Tally,
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
    let (mut photos, mut scenes) = (Tally::new(), Tally::new());
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
            let own = if *portion == Portion::HeldOutPhoto {
                &mut photos
            } else {
                &mut scenes
            };
            own.add((side, side), &record.boxes, &found);
        }
    }
    let ids: Vec<ClassId> = classes.ids().collect();
    let figures = evaluate(tally.truth(), tally.found(), &ids);
    let mut ap50 = BTreeMap::new();
    for class in &figures.per_class {
        let (Some(name), Some(of_class)) = (classes.name(class.class), class.ap50) else {
            continue;
        };
        ap50.insert(name.to_owned(), of_class);
    }
    Ok(HeldOut {
        ap50,
        classes,
        photos,
        scenes,
    })
}

impl HeldOut {
    /// The log-odds of the score from which a class is best counted; none where it does not show.
    pub(super) fn turning_point(&self, name: &str) -> Option<f64> {
        let class = self.classes.id(name).filter(|_| self.ap50.contains_key(name))?;
        let curve = |tally: &Tally| precision_recall(tally.truth(), tally.found(), class, 0.5);
        let (photos, scenes) = (&self.photos, &self.scenes);
        if photos.images() == 0 {
            return turning_point(&curve(scenes), (&[], 0.0));
        }
        // Between each wrong find counting alike, and each portion counting alike.
        let share = (photos.images() as f64 / scenes.images().max(1) as f64).sqrt();
        turning_point(&curve(photos), (&curve(scenes), share.min(1.0)))
    }
}

/// The log-odds at which F0.5 is best: half-way down to the next score, at which it is worse, but not by more than
/// half of [`MARGIN`].
///
/// F0.5 and not F1, because a shopper forgives an item that is not seen sooner than one that is not there. `photos`
/// and `scenes` are a class' precision-recall curves, scores falling. What is missed on the scenes, which are harder
/// than what a shopper puts down, says nothing about where to count; what is wrongly found there counts `share`.
fn turning_point(photos: &[CurvePoint], (scenes, share): (&[CurvePoint], f64)) -> Option<f64> {
    let wrong_in_scenes = |score: f64| {
        let above = scenes.iter().take_while(|point| point.score >= score);
        above.last().map_or(0.0, |point| point.counts.wrong as f64)
    };
    let f_half = |point: &CurvePoint| {
        let (right, missed) = (5.0 * point.counts.right as f64, point.counts.missed as f64);
        let wrong = point.counts.wrong as f64 + share * wrong_in_scenes(point.score);
        right / (right + missed + 4.0 * wrong).max(1.0)
    };
    let best = photos
        .iter()
        .rev()
        .max_by(|a, b| f_half(a).total_cmp(&f_half(b)))?
        .score;
    let next = photos
        .iter()
        .chain(scenes)
        .map(|point| point.score)
        .filter(|score| *score < best)
        .max_by(f64::total_cmp);
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
    use crate::training::metrics::Counts;

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
        let turning = |found| turning_point(&curve(3, found), (&[], 0.0));
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
        // What is wrong in scenes counts less, and a picture that lies between two scores is the next.
        let photos = curve(2, &[(0.9, true), (0.6, true)]);
        let scenes = curve(9, &[(0.8, false), (0.7, false), (0.55, true)]);
        let found = turning_point(&photos, (&scenes, 0.1));
        assert!(near(found, 0.5 * (log_odds(0.6) + log_odds(0.55))), "{found:?}");
        let found = turning_point(&photos, (&scenes, 2.0));
        assert!(near(found, 0.5 * (log_odds(0.9) + log_odds(0.8))), "{found:?}");
        // A score of 0 or 1 has no log-odds.
        assert!(near(turning(&[(1.0, true)]), log_odds(0.95) - 0.5));
        assert!(near(turning(&[(0.0, true)]), log_odds(0.2) - 0.5));
        assert_eq!(turning(&[]), None);
    }
}
