//! From detections in single pictures to items counted once: tracks, association, votes, counting.
//!
//! Pure: no clock, no threads, no prices. Time comes in with the detections, and [`Tracker::update`] gives
//! back the tracks to paint and the events to act on. A track yields at most one [`ScanEvent::Counted`] or
//! [`ScanEvent::ClassUnsure`], and every track that yielded one ends with exactly one [`ScanEvent::Left`]
//! unless the tracker is reset. Nothing here grows without bound: tracks, detections and votes are capped.
//!
//! # Source
//! The two-stage association follows `ByteTrack` (Zhang et al. 2022, arXiv:2110.06864, algorithm 1). What
//! differs: tracks move by real time between pictures, a class is voted over the track, a track is confirmed
//! only after its item lay still, and items that come back within a time are the same item.

mod assignment;
mod association;
mod counting;
mod motion;
mod observation;
#[cfg(test)]
mod scenarios;
mod settings;
mod track;
mod tracker;
mod votes;

pub use counting::{Candidate, ScanEvent};
pub use settings::TrackerSettings;
pub use track::{TrackId, TrackState, TrackView};
pub use tracker::{Tracker, TrackerOutput};
