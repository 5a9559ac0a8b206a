//! What the lane's threads tell the window.

use std::time::Duration;

use crate::{
    frame::Frame,
    tracking::{ScanEvent, TrackView},
};

/// Counts the sessions of one part of the lane: its source, its detector, or its tracker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Generation(pub u64);

/// One message of the lane.
#[derive(Debug, Clone)]
pub struct LaneEvent {
    /// The session of the part that sent it.
    pub generation: Generation,
    /// What happened.
    pub kind: LaneEventKind,
}

/// What happened in the lane.
#[derive(Debug, Clone)]
pub enum LaneEventKind {
    /// A picture with what was found in it. Pictures that nobody takes in time are dropped.
    Picture {
        /// The picture.
        frame: Frame,
        /// The tracks at its time; empty while there is no detector.
        tracks: Vec<TrackView>,
        /// How long the detector took; `None` while there is none.
        detect_time: Option<Duration>,
        /// How long the tracker took after it.
        track_time: Duration,
    },
    /// An item was counted, must be asked about, or left. Never dropped.
    Scan(ScanEvent),
    /// The first picture of a source that was just chosen is there.
    SourceReady {
        /// The source in a few words.
        description: String,
    },
    /// Pictures stopped coming, or never came; the lane goes on trying.
    SourceLost {
        /// One sentence saying what to do.
        reason: String,
    },
    /// Pictures come again.
    SourceBack,
    /// A replay has shown everything and nothing more will come.
    SourceEnded,
    /// Something was left out, such as a file that is no picture.
    SourceNote {
        /// One sentence.
        sentence: String,
    },
    /// The detector is loaded and works.
    DetectorReady,
    /// There is no detector any more; pictures go on without boxes until another is given.
    DetectorLost {
        /// One sentence.
        reason: String,
    },
    /// A detector that was to replace another cannot be used; the other goes on.
    DetectorRefused {
        /// One sentence.
        reason: String,
    },
    /// A thread of the lane ended by a fault of the program; it was started again where that helps.
    WorkerDied {
        /// The thread.
        name: String,
        /// Its last words.
        reason: String,
    },
}
