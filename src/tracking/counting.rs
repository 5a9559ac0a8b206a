//! When a track has shown enough to be counted or asked about, and which lost item it may be.

use std::time::Duration;

use crate::geom::{ClassId, CornerBox};

use super::{
    TrackId, TrackerSettings,
    association::distance_in_boxes,
    track::{Stage, Track},
};

/// For how long after its time a lost track waits for an item that came back in time and is still moving.
const RETURN_SETTLE: Duration = Duration::from_millis(1500);

/// A class that an item may have.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Candidate {
    /// The class.
    pub class: ClassId,
    /// Its share of the track's votes, 0 to 1.
    pub share: f32,
}

/// Something the lane must act on.
#[derive(Debug, Clone, PartialEq)]
pub enum ScanEvent {
    /// An item lies in view and its class is settled; once for each track.
    Counted {
        /// The item's track.
        track: TrackId,
        /// What it is.
        class: ClassId,
        /// Score of the newest detection.
        score: f32,
        /// Where it lies, normalised.
        bbox: CornerBox,
    },
    /// An item lies in view, but its votes are split. The track will not be counted; somebody must choose.
    ClassUnsure {
        /// The item's track.
        track: TrackId,
        /// The best three classes, best first.
        candidates: Vec<Candidate>,
    },
    /// An item that was counted or asked about is gone for good.
    Left {
        /// The item's track.
        track: TrackId,
    },
}

/// What a tentative track has shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Not enough yet.
    Wait,
    /// An item of this class.
    Count(ClassId),
    /// An item of no settled class.
    Ask,
}

/// Decides by the pictures so far whether a tentative track is an item.
pub(super) fn verdict(track: &Track, now: Duration, settings: &TrackerSettings) -> Verdict {
    let seen_now = track.last_seen == now;
    let at_rest = track.at_rest_for();
    if !seen_now || track.hits() < settings.min_hits || at_rest < settings.still_time {
        return Verdict::Wait;
    }
    match track.votes.settled(settings.min_share, settings.min_margin) {
        Some(class) => Verdict::Count(class),
        None if at_rest >= settings.unsure_after => Verdict::Ask,
        None => Verdict::Wait,
    }
}

/// The index of the lost track whose item came back as `newer`: gone before `newer` was first seen, not
/// longer ago than the settings allow, of the same class and about the same size; of several the nearest.
pub(super) fn returned(
    tracks: &[Track],
    newer: &Track,
    verdict: Verdict,
    settings: &TrackerSettings,
) -> Option<usize> {
    let place = newer.motion.bbox();
    let lost = tracks.iter().enumerate().filter(|(_, lost)| {
        lost.is_established()
            && left_in_time(lost, newer, settings)
            && fits(lost, newer, verdict, settings)
            && similar_area(lost.motion.bbox(), place, settings)
    });
    let nearest = lost.min_by(|(_, a), (_, b)| {
        let of = |track: &Track| distance_in_boxes(track.motion.bbox(), place);
        of(a).total_cmp(&of(b))
    });
    nearest.map(|(index, _)| index)
}

/// Whether a track that was not seen for too long must still wait, because an item that may be its own came
/// back in time and does not lie still yet.
pub(super) fn may_return(lost: &Track, tracks: &[Track], now: Duration, settings: &TrackerSettings) -> bool {
    lost.unseen_for(now) <= settings.keep_lost + RETURN_SETTLE
        && tracks.iter().any(|newer| {
            !newer.is_established()
                && left_in_time(lost, newer, settings)
                && lost.could_be(newer.class(), settings)
        })
}

fn left_in_time(lost: &Track, newer: &Track, settings: &TrackerSettings) -> bool {
    newer.first_seen > lost.last_seen && newer.first_seen - lost.last_seen <= settings.keep_lost
}

fn fits(lost: &Track, newer: &Track, verdict: Verdict, settings: &TrackerSettings) -> bool {
    match (lost.stage, verdict) {
        (Stage::Tentative, _) | (_, Verdict::Wait) => false,
        (Stage::Counted(class), Verdict::Count(seen)) => class == seen,
        (Stage::Counted(class), Verdict::Ask) => newer.could_be(class, settings),
        (Stage::Asked, Verdict::Count(seen)) => lost.could_be(seen, settings),
        (Stage::Asked, Verdict::Ask) => newer.could_be(lost.class(), settings),
    }
}

fn similar_area(a: CornerBox, b: CornerBox, settings: &TrackerSettings) -> bool {
    let (small, large) = (a.area().min(b.area()), a.area().max(b.area()));
    large <= small * settings.return_area_ratio
}
