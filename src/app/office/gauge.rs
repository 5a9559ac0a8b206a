//! How far long work is, seen from two threads, and the wish to stop it.

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};

/// How far long work is. Clones are of one gauge.
#[derive(Debug, Clone, Default)]
pub struct Gauge {
    of: Arc<Marks>,
}

#[derive(Debug, Default)]
struct Marks {
    done: AtomicUsize,
    total: AtomicUsize,
    stop: AtomicBool,
}

impl Gauge {
    /// So many of so many are done; whether to go on.
    #[must_use]
    pub fn mark(&self, done: usize, total: usize) -> bool {
        self.of.done.store(done, Ordering::Relaxed);
        self.of.total.store(total, Ordering::Relaxed);
        !self.is_stopped()
    }

    /// How many of how many are done.
    #[must_use]
    pub fn read(&self) -> (usize, usize) {
        let read = |mark: &AtomicUsize| mark.load(Ordering::Relaxed);
        (read(&self.of.done), read(&self.of.total))
    }

    /// Asks the work to stop.
    pub fn stop(&self) {
        self.of.stop.store(true, Ordering::Relaxed);
    }

    /// Whether it was asked to stop.
    #[must_use]
    pub fn is_stopped(&self) -> bool {
        self.of.stop.load(Ordering::Relaxed)
    }
}
