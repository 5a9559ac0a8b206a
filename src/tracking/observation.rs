//! What one picture shows: detections of one physical item put together, split by score.

use crate::geom::{ClassId, CornerBox, Detection};

use super::TrackerSettings;

/// One physical item in one picture: the best box, with a vote for every class that was seen there.
#[derive(Debug, Clone)]
pub(super) struct Observation {
    pub(super) bbox: CornerBox,
    pub(super) score: f32,
    pub(super) class: ClassId,
    pub(super) votes: Vec<(ClassId, f32)>,
}

/// Observations of one picture; `high` may start tracks, `low` only continue them.
#[derive(Debug, Default)]
pub(super) struct Observations {
    pub(super) high: Vec<Observation>,
    pub(super) low: Vec<Observation>,
}

/// Puts detections that overlap together, best score first, and leaves out what cannot be used: scores
/// below the low threshold, the background, boxes without an area or with edges that are no numbers.
pub(super) fn observe(detections: &[Detection], settings: &TrackerSettings) -> Observations {
    let mut usable: Vec<&Detection> = detections.iter().filter(|d| is_usable(d, settings)).collect();
    usable.sort_by(|a, b| b.score.total_cmp(&a.score));
    usable.truncate(settings.max_detections);
    let mut items: Vec<Observation> = Vec::new();
    for detection in usable {
        let same = items.iter_mut().find(|item| item.is_same(detection, settings));
        match same {
            Some(item) => item.vote(detection),
            None => items.push(Observation::new(detection)),
        }
    }
    let (high, low) = items
        .into_iter()
        .partition(|item| item.score >= settings.high_score);
    Observations { high, low }
}

fn is_usable(detection: &Detection, settings: &TrackerSettings) -> bool {
    let edges = [
        detection.bbox.x0,
        detection.bbox.y0,
        detection.bbox.x1,
        detection.bbox.y1,
    ];
    detection.score >= settings.low_score
        && detection.class != ClassId(0)
        && edges.iter().all(|edge| edge.is_finite())
        && detection.bbox.area() > 0.0
}

impl Observation {
    fn new(detection: &Detection) -> Self {
        Self {
            bbox: detection.bbox,
            score: detection.score,
            class: detection.class,
            votes: vec![(detection.class, detection.score)],
        }
    }

    fn is_same(&self, detection: &Detection, settings: &TrackerSettings) -> bool {
        let smaller = self.bbox.area().min(detection.bbox.area());
        let shared = self.bbox.intersection(detection.bbox);
        self.bbox.iou(detection.bbox) >= settings.same_item_iou
            || (self.class == detection.class && shared >= settings.same_class_inside * smaller)
    }

    fn vote(&mut self, detection: &Detection) {
        // A burst of boxes of one class is one vote: the best, which came first.
        if self.votes.iter().all(|&(class, _)| class != detection.class) {
            self.votes.push((detection.class, detection.score));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn detection(class: u16, score: f32, x0: f32) -> Detection {
        let bbox = CornerBox::new(x0, 0.0, x0 + 0.2, 0.2);
        Detection {
            class: ClassId(class),
            score,
            bbox,
        }
    }

    #[test]
    fn overlapping_boxes_are_one_item_with_two_votes() {
        let seen = [
            detection(2, 0.6, 0.11),
            detection(1, 0.9, 0.1),
            detection(1, 0.8, 0.105),
            detection(1, 0.7, 0.5),
            detection(3, 0.3, 0.8),
        ];
        let observed = observe(&seen, &TrackerSettings::default());
        assert_eq!(observed.high.len(), 2);
        assert_eq!(observed.low.len(), 1);
        assert_eq!(observed.high[0].votes, [(ClassId(1), 0.9), (ClassId(2), 0.6)]);
    }

    #[test]
    fn a_part_of_an_item_is_not_another_item_but_something_else_in_front_of_it_is() {
        let part = |class: u16| Detection {
            bbox: CornerBox::new(0.1, 0.0, 0.3, 0.09),
            ..detection(class, 0.7, 0.1)
        };
        let settings = TrackerSettings::default();
        assert_eq!(
            observe(&[detection(1, 0.9, 0.1), part(1)], &settings).high.len(),
            1
        );
        assert_eq!(
            observe(&[detection(1, 0.9, 0.1), part(2)], &settings).high.len(),
            2
        );
    }

    #[test]
    fn what_cannot_be_used_is_left_out() {
        let mut broken = detection(1, 0.9, 0.1);
        broken.bbox.x1 = f32::NAN;
        let mut flat = detection(1, 0.9, 0.1);
        flat.bbox.x1 = flat.bbox.x0;
        let seen = [
            broken,
            flat,
            detection(0, 0.9, 0.1),
            detection(1, f32::NAN, 0.1),
            detection(1, 0.1, 0.1),
        ];
        let observed = observe(&seen, &TrackerSettings::default());
        assert!(observed.high.is_empty() && observed.low.is_empty());
    }
}
