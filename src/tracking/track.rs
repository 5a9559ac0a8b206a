//! One item followed over time.

use std::time::Duration;

use crate::geom::{ClassId, CornerBox};

use super::{Candidate, TrackerSettings, motion::Motion, observation::Observation, votes::Votes};

/// How many candidates a view or a question names.
pub(super) const MAX_CANDIDATES: usize = 3;

/// Number of a track, from 1, never used twice by one tracker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TrackId(pub u64);

/// What is known of a track.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TrackState {
    /// Seen, but not long enough or not at rest yet.
    Tentative,
    /// Counted, or asked about.
    Confirmed,
    /// Confirmed and out of sight; the same item if it comes back soon.
    Lost,
}

/// A track as it can be painted.
#[derive(Debug, Clone, PartialEq)]
pub struct TrackView {
    /// Which track.
    pub id: TrackId,
    /// What is known of it.
    pub state: TrackState,
    /// The class it was counted as, or else the class with most votes.
    pub class: ClassId,
    /// True from the moment its class was asked for: the tracker will not count it.
    pub unsure: bool,
    /// Score of the newest detection.
    pub score: f32,
    /// Estimated place, normalised, inside the picture.
    pub bbox: CornerBox,
    /// The best three classes with their shares of the votes, best first.
    pub votes: Vec<Candidate>,
}

/// How far a track has come. It only moves on from the first stage, and only once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    /// Nothing was said about it.
    Tentative,
    /// It was counted as this class.
    Counted(ClassId),
    /// Somebody was asked what it is.
    Asked,
}

/// One item followed over time. Times are on the tracker's own clock.
#[derive(Debug, Clone)]
pub(super) struct Track {
    pub(super) id: TrackId,
    pub(super) stage: Stage,
    pub(super) motion: Motion,
    pub(super) votes: Votes,
    pub(super) first_seen: Duration,
    pub(super) last_seen: Duration,
    score: f32,
    hits: u32,
    missed: u32,
    rest_box: CornerBox,
    at_rest_since: Duration,
}

impl Track {
    pub(super) fn new(id: TrackId, seen: &Observation, now: Duration) -> Self {
        let mut votes = Votes::default();
        for &(class, score) in &seen.votes {
            votes.add(class, score);
        }
        Self {
            id,
            stage: Stage::Tentative,
            motion: Motion::new(seen.bbox),
            votes,
            first_seen: now,
            last_seen: now,
            score: seen.score,
            hits: 1,
            missed: 0,
            rest_box: seen.bbox,
            at_rest_since: now,
        }
    }

    /// Takes in what was seen of it now.
    pub(super) fn see(&mut self, seen: &Observation, now: Duration, settings: &TrackerSettings) {
        self.motion.correct(seen.bbox);
        self.votes
            .fade(now.saturating_sub(self.last_seen), settings.vote_half_life);
        for &(class, score) in &seen.votes {
            self.votes.add(class, score);
        }
        // Something that passes the same place again and again does not lie there.
        let was_away = self.missed > 0 && self.unseen_for(now) > settings.lost_after;
        // Measured boxes are compared, not estimated ones, which lag behind an item that was just put down.
        if was_away || self.rest_box.iou(seen.bbox) < settings.still_iou {
            self.rest_box = seen.bbox;
            self.at_rest_since = now;
        }
        self.score = seen.score;
        self.hits = self.hits.saturating_add(1);
        self.missed = 0;
        self.last_seen = now;
    }

    /// Notes that a picture did not show it.
    pub(super) fn miss(&mut self) {
        self.missed = self.missed.saturating_add(1);
    }

    /// Goes on as `newer`, a track of the same item that came back; the number and what was said stay.
    pub(super) fn continue_as(&mut self, newer: &Self) {
        self.motion = newer.motion;
        self.votes.merge(&newer.votes);
        self.last_seen = newer.last_seen;
        self.score = newer.score;
        self.hits = self.hits.saturating_add(newer.hits);
        self.missed = newer.missed;
        self.rest_box = newer.rest_box;
        self.at_rest_since = newer.at_rest_since;
    }

    pub(super) fn is_established(&self) -> bool {
        self.stage != Stage::Tentative
    }

    pub(super) fn unseen_for(&self, now: Duration) -> Duration {
        now.saturating_sub(self.last_seen)
    }

    /// Whether it is out of sight. Where pictures are slow, the time since the last one alone says nothing.
    pub(super) fn is_lost(&self, now: Duration, settings: &TrackerSettings) -> bool {
        self.is_established() && self.missed > 0 && self.unseen_for(now) > settings.lost_after
    }

    /// How long it has been lying still, by the pictures that showed it.
    pub(super) fn at_rest_for(&self) -> Duration {
        self.last_seen.saturating_sub(self.at_rest_since)
    }

    /// Whether a track that is not confirmed was out of sight for too long.
    pub(super) fn is_stale(&self, now: Duration, settings: &TrackerSettings) -> bool {
        !self.is_established() && self.missed > 0 && self.unseen_for(now) > settings.keep_tentative
    }

    pub(super) fn hits(&self) -> u32 {
        self.hits
    }

    pub(super) fn score(&self) -> f32 {
        self.score
    }

    /// The class it was counted as, or else the class with most votes.
    pub(super) fn class(&self) -> ClassId {
        match self.stage {
            Stage::Counted(class) => class,
            Stage::Tentative | Stage::Asked => self.votes.leader().unwrap_or(ClassId(0)),
        }
    }

    /// Whether something that looks like `class` can be this item.
    pub(super) fn could_be(&self, class: ClassId, settings: &TrackerSettings) -> bool {
        self.class() == class || self.votes.share(class) >= settings.return_share
    }

    pub(super) fn candidates(&self) -> Vec<Candidate> {
        let shares = self.votes.shares(MAX_CANDIDATES).into_iter();
        shares.map(|(class, share)| Candidate { class, share }).collect()
    }

    pub(super) fn view(&self, now: Duration, settings: &TrackerSettings) -> TrackView {
        let state = match (self.is_established(), self.is_lost(now, settings)) {
            (false, _) => TrackState::Tentative,
            (true, false) => TrackState::Confirmed,
            (true, true) => TrackState::Lost,
        };
        TrackView {
            id: self.id,
            state,
            class: self.class(),
            unsure: self.stage == Stage::Asked,
            score: self.score,
            bbox: self.motion.bbox().clipped(),
            votes: self.candidates(),
        }
    }
}
