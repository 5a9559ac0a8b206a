//! What a lane is made of and how long it waits for what.

use std::time::Duration;

use crate::{capture::Clock, tracking::TrackerSettings};

use super::{capture_loop::SourceOpener, detect_loop::DetectorBuilder, events::Wake, stillness::RestSign};

/// How long the lane waits for what.
#[derive(Debug, Clone, PartialEq)]
pub struct LaneTimings {
    /// First wait before a lost source is opened again; doubled with every failure. Default 500 ms.
    pub first_retry: Duration,
    /// Longest such wait. Default 8 s.
    pub longest_retry: Duration,
    /// How long opening a source may take before it counts as hung. Default 10 s.
    pub open_limit: Duration,
    /// How long a source may take for one frame before it counts as hung. Default 4 s.
    pub frame_limit: Duration,
    /// How long building a detector and its first frame may take, each. Default 3 min.
    pub first_detect_limit: Duration,
    /// How long every other frame may take in the detector. Default 20 s.
    pub detect_limit: Duration,
}

impl Default for LaneTimings {
    fn default() -> Self {
        Self {
            first_retry: Duration::from_millis(500),
            longest_retry: Duration::from_secs(8),
            open_limit: Duration::from_secs(10),
            frame_limit: Duration::from_secs(4),
            first_detect_limit: Duration::from_secs(180),
            detect_limit: Duration::from_secs(20),
        }
    }
}

/// What a lane is made of.
pub struct LaneConfig {
    /// Opens the source.
    pub source: SourceOpener,
    /// Builds the detector.
    pub detector: DetectorBuilder,
    /// How items are tracked and counted.
    pub tracker: TrackerSettings,
    /// The lane's clock, the one that the source stamps its frames with.
    pub clock: Clock,
    /// Wakes the window when there is something to poll.
    pub wake: Wake,
    /// How long to wait for what.
    pub timings: LaneTimings,
    /// Where the detector says that nothing moves; pictures then come to the window less often.
    pub rest: RestSign,
}

/// What becomes of the tracks when the detector is replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TrackPolicy {
    /// They go on: the same classes, as when a GPU was lost and the processor takes over.
    Keep,
    /// They are forgotten: other classes. What lies in view is counted anew.
    Forget,
}
