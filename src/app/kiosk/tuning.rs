//! What staff tuned of the lane's sight while it runs: the score from which each class counts, and the part of
//! the picture in which items are seen.
//!
//! The tracker has one score from which a detection starts a track. A class with another threshold is brought
//! to it by stretching its scores: what is at the threshold comes out at the tracker's score, 0 stays 0 and 1
//! stays 1. A class at the tracker's own score is not changed at all.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use crate::{
    frame::Frame, geom::Detection, pipeline::Mailbox, tracking::TrackerSettings, vision::ModelBundle,
};

/// From this score on the staff are shown what the detector sees.
const SHOWN_FROM: f32 = 0.1;

/// What staff tuned. What is not there is as the model came.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tuning {
    /// Score from which a class counts, in percent, by its name.
    pub thresholds: BTreeMap<String, u16>,
    /// Left, top, right and bottom of the zone in percent of the picture.
    pub zone: Option<[u16; 4]>,
}

/// A picture with all that the detector found in it, before thresholds and zone.
#[derive(Debug, Clone)]
pub struct Seen {
    /// The picture.
    pub frame: Frame,
    /// From a score of a tenth on.
    pub detections: Vec<Detection>,
}

/// The tuning that a detector looks up for every picture, and what it leaves for the staff to see.
#[derive(Clone, Default)]
pub struct Tuned {
    tuning: Arc<Mutex<Tuning>>,
    is_watched: Arc<AtomicBool>,
    seen: Mailbox<Seen>,
}

impl std::fmt::Debug for Tuned {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tuned")
            .field("tuning", &self.get())
            .finish_non_exhaustive()
    }
}

impl Tuned {
    /// The tuning as it is now.
    #[must_use]
    pub fn get(&self) -> Tuning {
        self.tuning.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Holds from the next picture on.
    pub fn set(&self, tuning: Tuning) {
        *self.tuning.lock().unwrap_or_else(PoisonError::into_inner) = tuning;
    }

    /// Whether somebody looks at what the detector sees.
    pub fn watch(&self, is_watched: bool) {
        self.is_watched.store(is_watched, Ordering::Relaxed);
    }

    /// What the detector saw last, once.
    #[must_use]
    pub fn seen(&self) -> Option<Seen> {
        self.seen.try_take()
    }

    /// The score from which the network's output is to be decoded.
    #[must_use]
    pub fn lowest(&self, bundle: &ModelBundle) -> f32 {
        let settings = TrackerSettings::default();
        let tuning = self.get();
        let classes = &bundle.architecture.classes;
        let least = classes
            .iter()
            .map(|class| threshold(&tuning, bundle, class))
            .fold(settings.high_score, f32::min);
        let lowest = settings.low_score * least / settings.high_score;
        if self.is_watched.load(Ordering::Relaxed) {
            lowest.min(SHOWN_FROM)
        } else {
            lowest
        }
    }

    /// What the tracker gets of what was found.
    #[must_use]
    pub fn apply(&self, frame: &Frame, bundle: &ModelBundle, found: Vec<Detection>) -> Vec<Detection> {
        if self.is_watched.load(Ordering::Relaxed) {
            self.seen.put(Seen {
                frame: frame.clone(),
                detections: found.clone(),
            });
        }
        let settings = TrackerSettings::default();
        let tuning = self.get();
        let mut kept = found;
        kept.retain_mut(|detection| {
            let index = usize::from(detection.class.0).checked_sub(1);
            let class = index.and_then(|index| bundle.architecture.classes.get(index));
            if let Some(class) = class {
                let threshold = threshold(&tuning, bundle, class);
                detection.score = stretched(detection.score, threshold, settings.high_score);
            }
            is_inside(detection, tuning.zone) && detection.score >= settings.low_score
        });
        kept
    }
}

fn threshold(tuning: &Tuning, bundle: &ModelBundle, class: &str) -> f32 {
    tuning
        .thresholds
        .get(class)
        .map_or_else(
            || bundle.threshold_of(class),
            |percent| f32::from(*percent) / 100.0,
        )
        .clamp(0.01, 0.99)
}

/// The score with `threshold` moved to `anchor`.
fn stretched(score: f32, threshold: f32, anchor: f32) -> f32 {
    if score < threshold {
        score * anchor / threshold
    } else {
        anchor + (score - threshold) * (1.0 - anchor) / (1.0 - threshold)
    }
}

/// Whether the middle of an item lies in the zone.
fn is_inside(detection: &Detection, zone: Option<[u16; 4]>) -> bool {
    let Some(zone) = zone else {
        return true;
    };
    let (x, y) = detection.bbox.center();
    let [left, top, right, bottom] = zone.map(|side| f32::from(side) / 100.0);
    (left..=right).contains(&x) && (top..=bottom).contains(&y)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::{
        frame::{FrameId, RgbImage},
        geom::{ClassId, CornerBox},
        vision::{Architecture, decode::DecodeSettings},
    };

    fn bundle() -> ModelBundle {
        ModelBundle {
            name: "one".to_owned(),
            architecture: Architecture::checkout(&["apple", "milk"]),
            decode: DecodeSettings::LANE,
            class_thresholds: [("apple".to_owned(), 0.5), ("milk".to_owned(), 0.8)].into(),
            dataset_version: String::new(),
            metrics: Vec::new(),
            weights: Vec::new(),
        }
    }

    fn found(class: u16, score: f32, x: f32) -> Detection {
        Detection {
            class: ClassId(class),
            score,
            bbox: CornerBox {
                x0: x - 0.1,
                y0: 0.4,
                x1: x + 0.1,
                y1: 0.6,
            },
        }
    }

    fn frame() -> Frame {
        Frame::new(RgbImage::new(2, 2), FrameId(1), Duration::ZERO)
    }

    fn scores(tuned: &Tuned, found: Vec<Detection>) -> Vec<f32> {
        let kept = tuned.apply(&frame(), &bundle(), found);
        kept.iter().map(|detection| detection.score).collect()
    }

    fn assert_near(found: &[f32], wanted: &[f32]) {
        assert_eq!(found.len(), wanted.len(), "{found:?}");
        for (a, b) in found.iter().zip(wanted) {
            assert!((a - b).abs() < 1e-6, "{found:?} is not {wanted:?}");
        }
    }

    #[test]
    fn a_threshold_of_the_bundle_reaches_the_tracker() {
        let tuned = Tuned::default();
        // Apple at the tracker's own score: unchanged. Milk counts from 0.8: 0.8 comes out at 0.5, 0.9 half
        // way to 1, and 0.4 half way to 0.
        let out = scores(
            &tuned,
            vec![
                found(1, 0.7, 0.5),
                found(2, 0.8, 0.5),
                found(2, 0.9, 0.5),
                found(2, 0.4, 0.5),
            ],
        );
        assert_near(&out, &[0.7, 0.5, 0.75, 0.25]);
        // 0.2 * 0.5 / 0.5: nothing below the tracker's low score is asked for.
        assert!((tuned.lowest(&bundle()) - 0.2).abs() < 1e-6);
    }

    #[test]
    fn what_staff_set_overrules_the_bundle() {
        let tuned = Tuned::default();
        tuned.set(Tuning {
            thresholds: [("apple".to_owned(), 25)].into(),
            zone: None,
        });
        // 0.25 now counts, 0.1 is 0.2, and 0.09 is below what the tracker takes.
        let out = scores(
            &tuned,
            vec![
                found(1, 0.25, 0.5),
                found(1, 0.1, 0.5),
                found(1, 0.09, 0.5),
                found(1, 1.0, 0.5),
            ],
        );
        assert_near(&out, &[0.5, 0.2, 1.0]);
        assert!((tuned.lowest(&bundle()) - 0.1).abs() < 1e-6);
    }

    #[test]
    fn items_outside_the_zone_are_not_seen() {
        let tuned = Tuned::default();
        tuned.set(Tuning {
            thresholds: BTreeMap::new(),
            zone: Some([20, 0, 80, 100]),
        });
        let out = scores(
            &tuned,
            vec![found(1, 0.9, 0.1), found(1, 0.8, 0.5), found(1, 0.7, 0.85)],
        );
        assert_near(&out, &[0.8]);
    }

    #[test]
    fn staff_see_everything_only_while_they_look() {
        let tuned = Tuned::default();
        let kept = tuned.apply(&frame(), &bundle(), vec![found(1, 0.12, 0.5)]);
        assert!(kept.is_empty() && tuned.seen().is_none());
        tuned.watch(true);
        assert!((tuned.lowest(&bundle()) - 0.1).abs() < 1e-6);
        let kept = tuned.apply(&frame(), &bundle(), vec![found(1, 0.12, 0.5)]);
        assert!(kept.is_empty());
        assert_eq!(tuned.seen().map(|seen| seen.detections.len()), Some(1));
    }
}
