//! Average precision and recall as the COCO challenge defines them.
//!
//! # Source
//! pycocotools 2.0 `cocoeval.py`, for boxes: ten thresholds from 0.50 to 0.95, 101 recall points, at most
//! 1, 10 and 100 detections a picture, areas below 32 and 96 pixels squared. Checked against it to 1e-6.
//! What differs: difficult objects, which it does not know; see [`Standing`].

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::{Found, GroundTruth, Standing, by_score, overlap};
use crate::geom::ClassId;

/// Overlap thresholds.
const THRESHOLDS: usize = 10;
/// Recall points at which precision is read.
const RECALLS: usize = 101;
/// Detections a picture that count.
const MAX_FOUND: [usize; 3] = [1, 10, 100];
/// Areas in square pixels: all, small, medium, large; both ends belong to a range.
const AREAS: [(f64, f64); 4] = [(0.0, 1e10), (0.0, 1024.0), (1024.0, 9216.0), (9216.0, 1e10)];

/// Average precision of one class; none where the class has no objects that count.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ClassAp {
    /// The class.
    pub class: ClassId,
    /// Mean over the thresholds 0.50 to 0.95.
    pub ap: Option<f64>,
    /// At the threshold 0.50.
    pub ap50: Option<f64>,
    /// At the threshold 0.75.
    pub ap75: Option<f64>,
}

/// The twelve figures of COCO, and those of each class; none where there is nothing to measure.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CocoFigures {
    /// Average precision, mean over the thresholds 0.50 to 0.95 and the classes.
    pub ap: Option<f64>,
    /// At the threshold 0.50.
    pub ap50: Option<f64>,
    /// At the threshold 0.75.
    pub ap75: Option<f64>,
    /// Of objects up to 32 x 32 pixels.
    pub ap_small: Option<f64>,
    /// Of objects from 32 x 32 to 96 x 96 pixels.
    pub ap_medium: Option<f64>,
    /// Of objects from 96 x 96 pixels.
    pub ap_large: Option<f64>,
    /// Average recall with one detection a picture and class.
    pub ar1: Option<f64>,
    /// With ten.
    pub ar10: Option<f64>,
    /// With a hundred.
    pub ar100: Option<f64>,
    /// With a hundred, small objects.
    pub ar_small: Option<f64>,
    /// With a hundred, medium objects.
    pub ar_medium: Option<f64>,
    /// With a hundred, large objects.
    pub ar_large: Option<f64>,
    /// Each class of the list, in its order.
    pub per_class: Vec<ClassAp>,
}

/// Measures detections against objects. Pictures are known by their numbers alone; those without either
/// change nothing. Objects and detections of classes that are not listed are left out.
#[must_use]
pub fn evaluate(truth: &[GroundTruth], found: &[Found], classes: &[ClassId]) -> CocoFigures {
    // Each class is measured by itself, on all cores; their order stays.
    let mut of_class: BTreeMap<ClassId, (Vec<&GroundTruth>, Vec<&Found>)> = BTreeMap::new();
    for object in truth {
        of_class.entry(object.class).or_default().0.push(object);
    }
    for detection in found {
        of_class.entry(detection.class).or_default().1.push(detection);
    }
    let none = (Vec::new(), Vec::new());
    let curves: Vec<ClassCurves> = classes
        .par_iter()
        .map(|class| {
            let (truth, found) = of_class.get(class).unwrap_or(&none);
            ClassCurves::new(truth, found)
        })
        .collect();
    let precision = |area: usize, threshold: Option<usize>| {
        mean(
            curves
                .iter()
                .filter_map(|class| class.curve(area, 2))
                .flat_map(|curve| {
                    let rows = curve.precision.iter().enumerate();
                    rows.filter(move |(at, _)| threshold.is_none_or(|wanted| wanted == *at))
                        .flat_map(|(_, row)| row.iter().copied())
                }),
        )
    };
    let recall = |area: usize, most: usize| {
        mean(
            curves
                .iter()
                .filter_map(|class| class.curve(area, most))
                .flat_map(|curve| curve.recall),
        )
    };
    let per_class = classes.iter().zip(&curves).map(|(class, curves)| {
        let all = curves.curve(0, 2);
        let at = |threshold: usize| all.and_then(|curve| mean(curve.precision[threshold].iter().copied()));
        ClassAp {
            class: *class,
            ap: all.and_then(|curve| mean(curve.precision.iter().flatten().copied())),
            ap50: at(0),
            ap75: at(5),
        }
    });
    CocoFigures {
        ap: precision(0, None),
        ap50: precision(0, Some(0)),
        ap75: precision(0, Some(5)),
        ap_small: precision(1, None),
        ap_medium: precision(2, None),
        ap_large: precision(3, None),
        ar1: recall(0, 0),
        ar10: recall(0, 1),
        ar100: recall(0, 2),
        ar_small: recall(1, 2),
        ar_medium: recall(2, 2),
        ar_large: recall(3, 2),
        per_class: per_class.collect(),
    }
}

fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (sum, count) = values.fold((0.0, 0u32), |(sum, count), value| (sum + value, count + 1));
    (count > 0).then(|| sum / f64::from(count))
}

/// The ten thresholds, computed as numpy's `linspace` does, so that equal overlaps fall on the same side.
fn thresholds() -> [f64; THRESHOLDS] {
    let step = (0.95 - 0.5) / 9.0;
    let mut values = [0.95; THRESHOLDS];
    for (number, value) in (0u8..9).zip(&mut values) {
        *value = f64::from(number) * step + 0.5;
    }
    values
}

/// Precision at the recall points and final recall, for each threshold.
#[derive(Debug, Clone)]
struct Curve {
    precision: Vec<[f64; RECALLS]>,
    recall: [f64; THRESHOLDS],
}

/// The curves of one class for every area range and number of detections.
#[derive(Debug, Clone)]
struct ClassCurves {
    curves: Vec<[Option<Curve>; 3]>,
}

impl ClassCurves {
    /// Of the objects and the detections of one class.
    fn new(truth: &[&GroundTruth], found: &[&Found]) -> Self {
        let mut pictures: BTreeMap<usize, (Vec<&GroundTruth>, Vec<&Found>)> = BTreeMap::new();
        for object in truth {
            pictures.entry(object.image).or_default().0.push(object);
        }
        for detection in found {
            pictures.entry(detection.image).or_default().1.push(detection);
        }
        let pictures: Vec<Compared<'_>> = pictures
            .into_values()
            .map(|(truth, found)| Compared::new(truth, &found))
            .collect();
        let curves = AREAS.iter().map(|range| {
            let matched: Vec<Matched> = pictures
                .iter()
                .map(|picture| Matched::new(picture, *range))
                .collect();
            MAX_FOUND.map(|most| accumulate(&matched, most))
        });
        Self {
            curves: curves.collect(),
        }
    }

    fn curve(&self, area: usize, most: usize) -> Option<&Curve> {
        self.curves.get(area)?.get(most)?.as_ref()
    }
}

/// What a detection turned out to be at one threshold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Right,
    Wrong,
    /// It lies on an object that does not count, or is itself out of the area range.
    Ignored,
}

/// One picture and class: the objects, the best detections in order, and how each overlaps each object.
struct Compared<'a> {
    truth: Vec<&'a GroundTruth>,
    found: Vec<&'a Found>,
    overlaps: Vec<Vec<f64>>,
}

impl<'a> Compared<'a> {
    fn new(truth: Vec<&'a GroundTruth>, found: &[&'a Found]) -> Self {
        let order = by_score(found);
        let found: Vec<&Found> = order.iter().take(MAX_FOUND[2]).map(|at| found[*at]).collect();
        let overlaps = found
            .iter()
            .map(|detection| {
                truth
                    .iter()
                    .map(|object| overlap(&detection.bbox, object))
                    .collect()
            })
            .collect();
        Self {
            truth,
            found,
            overlaps,
        }
    }
}

/// One picture and class: the scores of the best detections, and what they are at each threshold.
#[derive(Debug, Clone)]
struct Matched {
    scores: Vec<f64>,
    verdicts: Vec<Vec<Verdict>>,
    counted: usize,
}

impl Matched {
    fn new(picture: &Compared<'_>, range: (f64, f64)) -> Self {
        let outside = |area: f64| area < range.0 || area > range.1;
        let counts = |object: &GroundTruth| object.standing == Standing::Counted && !outside(object.area);
        // Objects that count come first; within both groups the order stays.
        let (mut places, ignored): (Vec<usize>, Vec<usize>) =
            (0..picture.truth.len()).partition(|at| counts(picture.truth[*at]));
        let counted = places.len();
        places.extend(ignored);
        let objects: Vec<&GroundTruth> = places.iter().map(|at| picture.truth[*at]).collect();
        let overlaps: Vec<Vec<f64>> = picture
            .overlaps
            .iter()
            .map(|row| places.iter().map(|at| row[*at]).collect())
            .collect();
        let found = &picture.found;
        let verdicts = thresholds().map(|threshold| {
            let mut taken = vec![false; objects.len()];
            let judge = |(detection, overlaps): (&&Found, &Vec<f64>)| {
                let best = best_object(&objects, overlaps, &taken, counted, threshold);
                if let Some(best) = best {
                    taken[best] = true;
                    return if best < counted {
                        Verdict::Right
                    } else {
                        Verdict::Ignored
                    };
                }
                let area = detection.bbox[2] * detection.bbox[3];
                if outside(area) {
                    Verdict::Ignored
                } else {
                    Verdict::Wrong
                }
            };
            found.iter().zip(&overlaps).map(judge).collect()
        });
        Self {
            scores: found.iter().map(|detection| detection.score).collect(),
            verdicts: verdicts.to_vec(),
            counted,
        }
    }
}

/// The free object that overlaps most, at least by the threshold; one that does not count only if no
/// other fits. Of equal overlaps the last is taken, as the reference does.
fn best_object(
    objects: &[&GroundTruth],
    overlaps: &[f64],
    taken: &[bool],
    counted: usize,
    threshold: f64,
) -> Option<usize> {
    let mut least = threshold.min(1.0 - 1e-10);
    let mut best: Option<usize> = None;
    for (at, object) in objects.iter().enumerate() {
        let shareable = match object.standing {
            Standing::Counted => false,
            Standing::Difficult | Standing::Crowd => true,
        };
        if taken[at] && !shareable {
            continue;
        }
        if best.is_some_and(|best| best < counted) && at >= counted {
            break;
        }
        if overlaps[at] >= least {
            least = overlaps[at];
            best = Some(at);
        }
    }
    best
}

/// Joins the pictures into one curve; none if no object counts.
fn accumulate(pictures: &[Matched], most: usize) -> Option<Curve> {
    let counted: usize = pictures.iter().map(|picture| picture.counted).sum();
    if counted == 0 {
        return None;
    }
    let mut all: Vec<(f64, usize, usize)> = Vec::new();
    for (number, picture) in pictures.iter().enumerate() {
        let best = picture.scores.iter().take(most).enumerate();
        all.extend(best.map(|(at, score)| (*score, number, at)));
    }
    all.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut curve = Curve {
        precision: Vec::with_capacity(THRESHOLDS),
        recall: [0.0; THRESHOLDS],
    };
    for (threshold, recall) in curve.recall.iter_mut().enumerate() {
        let (mut right, mut wrong) = (0usize, 0usize);
        let mut points = Vec::with_capacity(all.len());
        for (_, picture, at) in &all {
            match pictures[*picture].verdicts[threshold][*at] {
                Verdict::Right => right += 1,
                Verdict::Wrong => wrong += 1,
                Verdict::Ignored => {}
            }
            let precision = right as f64 / (wrong as f64 + right as f64 + f64::EPSILON);
            points.push((right as f64 / counted as f64, precision));
        }
        *recall = points.last().map_or(0.0, |(recall, _)| *recall);
        curve.precision.push(read_at_recalls(points));
    }
    Some(curve)
}

/// Precision made never to rise with recall, read at recall 0.00, 0.01, ... 1.00; 0 beyond the last.
fn read_at_recalls(mut points: Vec<(f64, f64)>) -> [f64; RECALLS] {
    let mut highest = 0.0f64;
    for (_, precision) in points.iter_mut().rev() {
        highest = highest.max(*precision);
        *precision = highest;
    }
    let mut values = [0.0; RECALLS];
    for (number, value) in (0u8..).zip(&mut values) {
        let wanted = if number == 100 {
            1.0
        } else {
            f64::from(number) * 0.01
        };
        let first = points.partition_point(|(recall, _)| *recall < wanted);
        *value = points.get(first).map_or(0.0, |(_, precision)| *precision);
    }
    values
}
