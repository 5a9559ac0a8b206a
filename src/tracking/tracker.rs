//! The tracker: one update per picture, in the order predict, end, associate, start, confirm.

use std::time::Duration;

use crate::geom::Detection;

use super::{
    ScanEvent, TrackId, TrackView, TrackerSettings,
    association::associate,
    counting::{Verdict, may_return, returned, verdict},
    observation::{Observation, observe},
    track::{Stage, Track},
};

/// What one picture led to.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TrackerOutput {
    /// All tracks, oldest first.
    pub tracks: Vec<TrackView>,
    /// What happened, in order.
    pub events: Vec<ScanEvent>,
}

/// Follows items from picture to picture and says when one is to be counted.
#[derive(Debug, Clone)]
pub struct Tracker {
    settings: TrackerSettings,
    tracks: Vec<Track>,
    next_id: u64,
    /// Time of the newest picture, as given.
    newest: Option<Duration>,
    /// The tracker's own clock, which runs on at most `max_step` per picture.
    now: Duration,
}

impl Tracker {
    /// A tracker that has seen nothing.
    #[must_use]
    pub const fn new(settings: TrackerSettings) -> Self {
        Self {
            settings,
            tracks: Vec::new(),
            next_id: 1,
            newest: None,
            now: Duration::ZERO,
        }
    }

    /// The settings in use.
    #[must_use]
    pub const fn settings(&self) -> &TrackerSettings {
        &self.settings
    }

    /// Takes in the detections of the picture taken at `at`. Pictures must come in order of time; one that is
    /// not newer than the last only repeats the tracks.
    pub fn update(&mut self, detections: &[Detection], at: Duration) -> TrackerOutput {
        let mut events = Vec::new();
        if self.advance(at) {
            self.end_tracks(&mut events);
            let seen = observe(detections, &self.settings);
            let unclaimed = associate(&mut self.tracks, seen, self.now, &self.settings);
            for track in self.tracks.iter_mut().filter(|track| track.last_seen < self.now) {
                track.miss();
            }
            self.start_tracks(&unclaimed);
            self.confirm(&mut events);
        }
        TrackerOutput {
            tracks: self
                .tracks
                .iter()
                .map(|track| track.view(self.now, &self.settings))
                .collect(),
            events,
        }
    }

    /// Forgets all tracks without saying that they left; numbers of tracks go on. What lies in view after
    /// that is counted anew.
    pub fn reset(&mut self) {
        self.tracks.clear();
    }

    /// Moves clock and tracks on; false if the picture is not newer than the last.
    fn advance(&mut self, at: Duration) -> bool {
        let step = match self.newest {
            None => Duration::from_nanos(1),
            Some(newest) if at <= newest => return false,
            Some(newest) => (at - newest).min(self.settings.max_step),
        };
        self.newest = Some(at);
        self.now += step;
        for track in &mut self.tracks {
            track.motion.predict(step);
        }
        true
    }

    fn end_tracks(&mut self, events: &mut Vec<ScanEvent>) {
        let (now, settings) = (self.now, &self.settings);
        let ended = |track: &Track| {
            if track.is_established() {
                track.unseen_for(now) > settings.keep_lost && !may_return(track, &self.tracks, now, settings)
            } else {
                track.is_stale(now, settings)
            }
        };
        let gone: Vec<TrackId> = self.tracks.iter().filter(|t| ended(t)).map(|t| t.id).collect();
        for track in self.tracks.extract_if(.., |track| gone.contains(&track.id)) {
            if track.is_established() {
                events.push(ScanEvent::Left { track: track.id });
            }
        }
    }

    fn start_tracks(&mut self, unclaimed: &[Observation]) {
        let room = self.settings.max_tracks.saturating_sub(self.tracks.len());
        for seen in unclaimed.iter().take(room) {
            self.tracks
                .push(Track::new(TrackId(self.next_id), seen, self.now));
            self.next_id += 1;
        }
    }

    /// Counts or asks about tentative tracks that have shown enough, or gives them to the lost track of the
    /// same item.
    fn confirm(&mut self, events: &mut Vec<ScanEvent>) {
        let mut index = 0;
        while let Some(track) = self.tracks.get(index) {
            let found = match track.stage {
                Stage::Tentative => verdict(track, self.now, &self.settings),
                Stage::Counted(_) | Stage::Asked => Verdict::Wait,
            };
            if found == Verdict::Wait || self.is_shadow(track) {
                index += 1;
                continue;
            }
            if let Some(lost) = returned(&self.tracks, track, found, &self.settings) {
                let newer = track.clone();
                self.tracks[lost].continue_as(&newer);
                self.tracks.remove(index);
                continue;
            }
            let track = &mut self.tracks[index];
            match found {
                Verdict::Wait => {}
                Verdict::Count(class) => {
                    track.stage = Stage::Counted(class);
                    events.push(ScanEvent::Counted {
                        track: track.id,
                        class,
                        score: track.score(),
                        bbox: track.motion.bbox().clipped(),
                    });
                }
                Verdict::Ask => {
                    track.stage = Stage::Asked;
                    events.push(ScanEvent::ClassUnsure {
                        track: track.id,
                        candidates: track.candidates(),
                    });
                }
            }
            index += 1;
        }
    }

    /// Whether a confirmed track in sight lies at the same place: then this is a second box of its item.
    fn is_shadow(&self, track: &Track) -> bool {
        let place = track.motion.bbox();
        self.tracks.iter().any(|other| {
            other.is_established()
                && !other.is_lost(self.now, &self.settings)
                && other.motion.bbox().iou(place) >= self.settings.same_item_iou
        })
    }
}
