//! Average precision of Pascal VOC at one overlap, by 11 points (2007) and over all points (2010 on).
//!
//! # Source
//! Everingham et al. 2010, section 4.2, and the development kit's `VOCevaldet.m`: a detection goes to the
//! object that it overlaps most, even if another detection has that one already; objects marked difficult
//! are neither right nor wrong.

use super::{Found, GroundTruth, Standing, by_image, by_score, overlap, ratio};
use crate::geom::ClassId;

/// Average precision of one class.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct VocAp {
    /// Mean of the best precision at recall 0.0, 0.1, ... 1.0 and beyond.
    pub eleven_point: f64,
    /// Area under the precision that never rises with recall.
    pub all_points: f64,
}

/// Average precision of `class` at the overlap `threshold`; none if no object counts.
#[must_use]
pub fn voc_ap(truth: &[GroundTruth], found: &[Found], class: ClassId, threshold: f64) -> Option<VocAp> {
    let objects: Vec<&GroundTruth> = truth.iter().filter(|object| object.class == class).collect();
    let counted = objects
        .iter()
        .filter(|object| object.standing == Standing::Counted)
        .count();
    if counted == 0 {
        return None;
    }
    let found: Vec<&Found> = found
        .iter()
        .filter(|detection| detection.class == class)
        .collect();
    let places = by_image(objects.iter().copied());
    let mut taken = vec![false; objects.len()];
    let (mut right, mut wrong) = (0, 0);
    let mut points = Vec::new();
    for at in by_score(&found) {
        let detection = found[at];
        let here = places.get(&detection.image).into_iter().flatten();
        let best = here.map(|at| (*at, overlap(&detection.bbox, objects[*at]))).fold(
            None,
            |best: Option<(usize, f64)>, next| match best {
                Some(best) if best.1 >= next.1 => Some(best),
                Some(_) | None => Some(next),
            },
        );
        match best.filter(|(_, overlap)| *overlap >= threshold) {
            Some((object, _)) => match objects[object].standing {
                Standing::Difficult | Standing::Crowd => continue,
                Standing::Counted if taken[object] => wrong += 1,
                Standing::Counted => {
                    taken[object] = true;
                    right += 1;
                }
            },
            None => wrong += 1,
        }
        points.push((ratio(right, counted)?, ratio(right, right + wrong)?));
    }
    let mut highest = 0.0f64;
    for (_, precision) in points.iter_mut().rev() {
        highest = highest.max(*precision);
        *precision = highest;
    }
    let eleven = (0u8..=10).map(|tenth| {
        let wanted = f64::from(tenth) / 10.0;
        points
            .iter()
            .find(|(recall, _)| *recall >= wanted - 1e-12)
            .map_or(0.0, |(_, precision)| *precision)
    });
    let mut area = 0.0;
    let mut before = 0.0;
    for (recall, precision) in &points {
        area += (recall - before) * precision;
        before = *recall;
    }
    Some(VocAp {
        eleven_point: eleven.sum::<f64>() / 11.0,
        all_points: area,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: [f64; 4] = [0.0, 0.0, 10.0, 10.0];
    const B: [f64; 4] = [50.0, 0.0, 10.0, 10.0];

    fn object(bbox: [f64; 4], standing: Standing) -> GroundTruth {
        GroundTruth {
            image: 0,
            class: ClassId(1),
            bbox,
            area: 100.0,
            standing,
        }
    }

    fn hit(bbox: [f64; 4], score: f64) -> Found {
        Found {
            image: 0,
            class: ClassId(1),
            bbox,
            score,
        }
    }

    #[test]
    fn right_wrong_right_by_hand() {
        let truth = [object(A, Standing::Counted), object(B, Standing::Counted)];
        // Right at recall 1/2 with precision 1; a second one on A is wrong; right at recall 1 with 2/3.
        let found = [hit(A, 0.9), hit(A, 0.8), hit(B, 0.7)];
        let ap = voc_ap(&truth, &found, ClassId(1), 0.5).unwrap();
        assert!((ap.all_points - (0.5 + 0.5 * 2.0 / 3.0)).abs() < 1e-9);
        assert!((ap.eleven_point - (6.0 + 5.0 * 2.0 / 3.0) / 11.0).abs() < 1e-9);
    }

    #[test]
    fn difficult_objects_change_nothing() {
        let truth = [object(A, Standing::Counted), object(B, Standing::Difficult)];
        let found = [hit(B, 0.99), hit(B, 0.95), hit(A, 0.9)];
        let ap = voc_ap(&truth, &found, ClassId(1), 0.5).unwrap();
        assert!((ap.all_points - 1.0).abs() < 1e-9);
        assert_eq!(voc_ap(&truth[1..], &found, ClassId(1), 0.5), None);
    }
}
