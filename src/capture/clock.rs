//! The lane's monotonic clock, passed in so that tests can make their own time.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

/// Says how long the lane has been running.
pub type Clock = Arc<dyn Fn() -> Duration + Send + Sync>;

/// A clock that starts at zero now.
#[must_use]
pub fn monotonic_clock() -> Clock {
    let start = Instant::now();
    Arc::new(move || start.elapsed())
}
