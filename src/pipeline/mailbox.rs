//! A place for one message: a newer one replaces an older one that was not taken.

use std::{
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

/// One slot between threads. Cloning gives another end of the same slot.
pub struct Mailbox<T> {
    shared: Arc<Shared<T>>,
}

struct Shared<T> {
    slot: Mutex<Slot<T>>,
    filled: Condvar,
}

struct Slot<T> {
    message: Option<T>,
    dropped: u64,
}

impl<T> Mailbox<T> {
    /// An empty mailbox.
    #[must_use]
    pub fn new() -> Self {
        let slot = Mutex::new(Slot {
            message: None,
            dropped: 0,
        });
        Self {
            shared: Arc::new(Shared {
                slot,
                filled: Condvar::new(),
            }),
        }
    }

    /// Puts a message; one that nobody took yet is dropped and counted.
    pub fn put(&self, message: T) {
        let older = {
            let mut slot = self.lock();
            let older = slot.message.replace(message);
            slot.dropped += u64::from(older.is_some());
            older
        };
        self.shared.filled.notify_one();
        // A picture is large; it is freed after the lock is.
        drop(older);
    }

    /// Gives back a message that was taken and not used, unless a newer one has come.
    pub fn put_back(&self, message: T) {
        let mut slot = self.lock();
        if slot.message.is_none() {
            slot.message = Some(message);
            self.shared.filled.notify_one();
        }
    }

    /// Takes the message if there is one.
    #[must_use]
    pub fn try_take(&self) -> Option<T> {
        self.lock().message.take()
    }

    /// Takes the message, waiting for one at most this long.
    #[must_use]
    pub fn take_within(&self, limit: Duration) -> Option<T> {
        let end = Instant::now() + limit;
        let mut slot = self.lock();
        loop {
            if let Some(message) = slot.message.take() {
                return Some(message);
            }
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return None;
            }
            let waited = self.shared.filled.wait_timeout(slot, left);
            slot = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// How many messages were replaced before anybody took them.
    #[must_use]
    pub fn dropped(&self) -> u64 {
        self.lock().dropped
    }

    fn lock(&self) -> MutexGuard<'_, Slot<T>> {
        // The slot is whole after every step, so a thread that died with the lock leaves no harm.
        self.shared.slot.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> Default for Mailbox<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T> Clone for Mailbox<T> {
    fn clone(&self) -> Self {
        Self {
            shared: Arc::clone(&self.shared),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_message_wins() {
        let mailbox = Mailbox::new();
        let other_end = mailbox.clone();
        for message in 0..5 {
            mailbox.put(message);
        }
        assert_eq!(other_end.try_take(), Some(4));
        assert_eq!(other_end.try_take(), None);
        assert_eq!(mailbox.dropped(), 4);
    }

    #[test]
    fn a_message_given_back_does_not_replace_a_newer_one() {
        let mailbox = Mailbox::new();
        mailbox.put_back(1);
        assert_eq!(mailbox.try_take(), Some(1));
        mailbox.put(2);
        mailbox.put_back(1);
        assert_eq!(mailbox.try_take(), Some(2));
    }

    #[test]
    fn waiting_ends_with_the_message_or_the_limit() {
        let mailbox = Mailbox::new();
        assert_eq!(mailbox.take_within(Duration::from_millis(1)), None);
        let sender = mailbox.clone();
        let thread = std::thread::Builder::new()
            .name("sender".to_owned())
            .spawn(move || sender.put(7))
            .unwrap();
        assert_eq!(mailbox.take_within(Duration::from_secs(10)), Some(7));
        thread.join().unwrap();
    }
}
