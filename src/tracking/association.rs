//! Which observation belongs to which track: gates, gains, and the order of the stages.

use std::time::Duration;

use crate::geom::CornerBox;

use super::{
    TrackerSettings,
    assignment::{Gains, best_pairs},
    observation::{Observation, Observations},
    track::Track,
};

/// What the parts of a pair's gain weigh; they add up to 1. Place decides, class breaks ties: a flickering
/// class must not tear a track, but of two neighbours the one of the right class is taken.
const IOU_WEIGHT: f32 = 0.6;
const DISTANCE_WEIGHT: f32 = 0.2;
const CLASS_WEIGHT: f32 = 0.2;

/// Distance of two centres in box sizes, each axis by the mean size of the two boxes.
pub(super) fn distance_in_boxes(a: CornerBox, b: CornerBox) -> f32 {
    let (ax, ay) = a.center();
    let (bx, by) = b.center();
    let width = f32::midpoint(a.width(), b.width()).max(f32::EPSILON);
    let height = f32::midpoint(a.height(), b.height()).max(f32::EPSILON);
    ((ax - bx) / width).hypot((ay - by) / height)
}

/// Gives every observation to at most one track and returns the high-score ones that no track took.
///
/// Stages, each an optimal assignment over what the earlier left: confirmed and lost tracks with high
/// scores; confirmed tracks in sight with low scores; tentative tracks with high, then with low scores.
pub(super) fn associate(
    tracks: &mut [Track],
    seen: Observations,
    now: Duration,
    settings: &TrackerSettings,
) -> Vec<Observation> {
    let Observations { mut high, mut low } = seen;
    let stage = Stage { now, settings };
    stage.run(tracks, &mut high, settings.high_iou, Track::is_established);
    let in_sight = |track: &Track| track.is_established() && !track.is_lost(now, settings);
    stage.run(tracks, &mut low, settings.low_iou, in_sight);
    stage.run(tracks, &mut high, settings.high_iou, |track| {
        !track.is_established()
    });
    stage.run(tracks, &mut low, settings.low_iou, |track| {
        !track.is_established()
    });
    high
}

struct Stage<'a> {
    now: Duration,
    settings: &'a TrackerSettings,
}

impl Stage<'_> {
    /// Assigns `seen` to the tracks of one kind that saw nothing yet, and removes what was assigned.
    fn run(
        &self,
        tracks: &mut [Track],
        seen: &mut Vec<Observation>,
        min_iou: f32,
        takes_part: impl Fn(&Track) -> bool,
    ) {
        let mut free: Vec<&mut Track> = tracks
            .iter_mut()
            .filter(|track| track.last_seen < self.now && takes_part(track))
            .collect();
        let gains = Gains::from_fn(free.len(), seen.len(), |row, column| {
            self.gain(free[row], &seen[column], min_iou)
        });
        let pairs = best_pairs(&gains);
        for &(row, column) in &pairs {
            free[row].see(&seen[column], self.now, self.settings);
        }
        let mut column = 0;
        seen.retain(|_| {
            column += 1;
            pairs.iter().all(|&(_, taken)| taken + 1 != column)
        });
    }

    /// `None` if the observation cannot be the track's item.
    fn gain(&self, track: &Track, seen: &Observation, min_iou: f32) -> Option<f32> {
        let place = track.motion.bbox();
        let iou = place.iou(seen.bbox);
        let distance = distance_in_boxes(place, seen.bbox);
        if iou < min_iou || distance > self.settings.gate_in_boxes {
            return None;
        }
        // After a gap another kind of item at the same place is another item; without one it is a flicker.
        let could_be = seen
            .votes
            .iter()
            .any(|&(class, _)| track.could_be(class, self.settings));
        if track.is_lost(self.now, self.settings)
            && (!could_be || track.unseen_for(self.now) > self.settings.keep_lost)
        {
            return None;
        }
        let near = 1.0 - distance / self.settings.gate_in_boxes.max(f32::EPSILON);
        let class = track.votes.share(seen.class);
        Some(IOU_WEIGHT * iou + DISTANCE_WEIGHT * near + CLASS_WEIGHT * class)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distance_by_hand() {
        let a = CornerBox::new(0.0, 0.0, 0.2, 0.1);
        let b = CornerBox::new(0.3, 0.2, 0.5, 0.3);
        // 0.3 / 0.2 = 1.5 widths and 0.2 / 0.1 = 2 heights: 2.5.
        assert!((distance_in_boxes(a, b) - 2.5).abs() < 1e-5);
    }
}
