//! Until when a worker must have given a sign of life; read by the lane, which gives up on it later.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

/// Stands for "no deadline".
const NEVER: u64 = u64::MAX;

/// A deadline shared by a worker and the lane that watches it, on the lane's clock.
#[derive(Debug, Clone)]
pub(super) struct Deadline(Arc<AtomicU64>);

impl Deadline {
    pub(super) fn never() -> Self {
        Self(Arc::new(AtomicU64::new(NEVER)))
    }

    pub(super) fn set(&self, at: Duration) {
        self.0
            .store(u64::try_from(at.as_millis()).unwrap_or(NEVER), Ordering::Release);
    }

    /// For work that takes as long as it takes, such as waiting for a slow consumer.
    pub(super) fn clear(&self) {
        self.0.store(NEVER, Ordering::Release);
    }

    pub(super) fn has_passed(&self, now: Duration) -> bool {
        now.as_millis() > u128::from(self.0.load(Ordering::Acquire))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passes_once_and_can_be_cleared() {
        let deadline = Deadline::never();
        assert!(!deadline.has_passed(Duration::from_secs(1_000_000_000)));
        deadline.set(Duration::from_secs(1));
        assert!(!deadline.has_passed(Duration::from_secs(1)));
        assert!(deadline.has_passed(Duration::from_millis(1001)));
        deadline.clear();
        assert!(!deadline.has_passed(Duration::from_secs(5)));
    }
}
