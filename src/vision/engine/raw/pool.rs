//! A few named threads that wait for work and do it together.
//!
//! A job is one function that all threads run at the same time, the caller's among them; inside it they meet
//! at a [`Meeting`]. Waiting is spinning for some microseconds, because the next layer is never far away, then
//! giving way; between frames the threads sleep.
//!
//! The job borrows from its caller. That is sound because [`Pool::run`] does not return before every thread
//! has left the job, even when one of them panics.

use std::{
    any::Any,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicPtr, AtomicUsize, Ordering},
    },
    thread::{JoinHandle, Thread},
};

/// Turns of spinning before a waiting thread gives way to others.
const SPINS: u32 = 4_000;
/// Times that a thread without work gives way before it sleeps.
const YIELDS: u32 = 8;

/// What all threads run; the number says which thread it is.
type Job<'a> = &'a (dyn Fn(usize) + Sync);

struct Shared {
    /// A `Job` on the stack of the thread inside [`Pool::run`]; null between jobs.
    job: AtomicPtr<()>,
    /// Counts the jobs; a change is the signal to start.
    epoch: AtomicUsize,
    /// Helpers that have left the job.
    left: AtomicUsize,
    /// Set when the helpers are to end.
    stop: AtomicBool,
    /// Set when a thread panicked inside the job.
    failed: AtomicBool,
}

/// The threads.
pub(super) struct Pool {
    shared: Arc<Shared>,
    helpers: Vec<JoinHandle<()>>,
}

impl std::fmt::Debug for Pool {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pool").field("threads", &self.threads()).finish()
    }
}

impl Pool {
    /// A pool in which `threads` threads work, the caller's among them; fewer if the system gives no more.
    #[must_use]
    pub(super) fn new(threads: usize) -> Self {
        let shared = Arc::new(Shared {
            job: AtomicPtr::new(std::ptr::null_mut()),
            epoch: AtomicUsize::new(0),
            left: AtomicUsize::new(0),
            stop: AtomicBool::new(false),
            failed: AtomicBool::new(false),
        });
        let mut helpers = Vec::new();
        for number in 1..threads {
            let shared = Arc::clone(&shared);
            let helper = std::thread::Builder::new()
                .name(format!("engine-{number}"))
                .spawn(move || help(&shared, number));
            match helper {
                Ok(handle) => helpers.push(handle),
                // Fewer threads are slower, not wrong.
                Err(_) => break,
            }
        }
        Self { shared, helpers }
    }

    /// Threads that work, the caller's among them.
    #[must_use]
    pub(super) fn threads(&self) -> usize {
        self.helpers.len() + 1
    }

    /// Runs a job on all threads and waits for them.
    ///
    /// # Panics
    /// With the panic of a thread, after all have left the job.
    pub(super) fn run(&mut self, job: Job<'_>) {
        let shared = &*self.shared;
        let place: *const Job<'_> = &raw const job;
        shared.failed.store(false, Ordering::Relaxed);
        shared.left.store(0, Ordering::Relaxed);
        shared.job.store(place.cast_mut().cast(), Ordering::Relaxed);
        shared.epoch.fetch_add(1, Ordering::Release);
        for helper in &self.helpers {
            helper.thread().unpark();
        }
        let mine = catch_unwind(AssertUnwindSafe(|| job(0)));
        if mine.is_err() {
            shared.failed.store(true, Ordering::Relaxed);
        }
        let mut turns = 0;
        while shared.left.load(Ordering::Acquire) != self.helpers.len() {
            wait_a_little(&mut turns);
        }
        shared.job.store(std::ptr::null_mut(), Ordering::Relaxed);
        if let Err(panic) = mine {
            resume_unwind(panic);
        }
        assert!(
            !shared.failed.load(Ordering::Relaxed),
            "a thread of the engine panicked"
        );
    }

    /// Whether a thread has panicked inside the running job; the others then leave it.
    pub(super) fn failure(&self) -> Failure {
        Failure(Arc::clone(&self.shared))
    }
}

/// A view of a pool's failure flag for its jobs.
#[derive(Clone)]
pub(super) struct Failure(Arc<Shared>);

impl std::fmt::Debug for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Failure")
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::Relaxed);
        self.shared.epoch.fetch_add(1, Ordering::Release);
        for helper in self.helpers.drain(..) {
            helper.thread().unpark();
            // A helper catches the panics of its jobs; there is nobody left to tell of another.
            let _ended: Result<(), Box<dyn Any + Send>> = helper.join();
        }
    }
}

fn help(shared: &Shared, number: usize) {
    let this: Thread = std::thread::current();
    tracing::trace!(thread = this.name(), "the engine's thread is ready");
    let mut seen = 0;
    loop {
        let mut turns = 0;
        let epoch = loop {
            let epoch = shared.epoch.load(Ordering::Acquire);
            if epoch != seen {
                break epoch;
            }
            if turns < SPINS + YIELDS {
                wait_a_little(&mut turns);
            } else {
                // An unpark between the look and here makes this return at once.
                std::thread::park();
            }
        };
        seen = epoch;
        if shared.stop.load(Ordering::Relaxed) {
            return;
        }
        let place = shared.job.load(Ordering::Relaxed).cast::<Job<'_>>();
        // SAFETY: the epoch was raised after the pointer was stored, and `run` keeps the job alive until
        // `left` counts this thread.
        let job = unsafe { *place };
        if catch_unwind(AssertUnwindSafe(|| job(number))).is_err() {
            shared.failed.store(true, Ordering::Relaxed);
        }
        shared.left.fetch_add(1, Ordering::Release);
    }
}

fn wait_a_little(turns: &mut u32) {
    if *turns < SPINS {
        std::hint::spin_loop();
    } else {
        std::thread::yield_now();
    }
    *turns = turns.saturating_add(1);
}

/// A place where all threads of a job wait for each other, again and again.
#[derive(Debug)]
pub(super) struct Meeting {
    threads: usize,
    arrived: AtomicUsize,
    round: AtomicUsize,
}

impl Meeting {
    pub(super) const fn new(threads: usize) -> Self {
        Self {
            threads,
            arrived: AtomicUsize::new(0),
            round: AtomicUsize::new(0),
        }
    }

    /// Makes ready for a new job, after one that may have failed half-way.
    pub(super) fn reset(&self) {
        self.arrived.store(0, Ordering::Relaxed);
    }

    /// Waits until all threads are here. What each wrote before, all may read after.
    ///
    /// # Panics
    /// If another thread of the job has panicked and will never come.
    pub(super) fn wait(&self, failure: &Failure) {
        if self.threads == 1 {
            return;
        }
        let round = self.round.load(Ordering::Acquire);
        if self.arrived.fetch_add(1, Ordering::AcqRel) + 1 == self.threads {
            self.arrived.store(0, Ordering::Relaxed);
            self.round.store(round.wrapping_add(1), Ordering::Release);
            return;
        }
        let mut turns = 0;
        while self.round.load(Ordering::Acquire) == round {
            wait_a_little(&mut turns);
            assert!(
                !failure.0.failed.load(Ordering::Relaxed),
                "another thread of the engine panicked"
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_threads_run_each_job_once_and_meet() {
        for threads in [1, 2, 3, 5] {
            let mut pool = Pool::new(threads);
            let meeting = Meeting::new(pool.threads());
            let failure = pool.failure();
            let ran: Vec<AtomicUsize> = (0..threads).map(|_| AtomicUsize::new(0)).collect();
            for job in 1..=50 {
                pool.run(&|number| {
                    ran[number].fetch_add(1, Ordering::Relaxed);
                    meeting.wait(&failure);
                    // After the meeting everybody has begun this job.
                    assert!(ran.iter().all(|r| r.load(Ordering::Relaxed) == job));
                    meeting.wait(&failure);
                });
            }
            assert!(ran.iter().all(|r| r.load(Ordering::Relaxed) == 50));
        }
    }

    #[test]
    fn a_panic_is_passed_on_and_the_pool_works_on() {
        let mut pool = Pool::new(3);
        let meeting = Meeting::new(3);
        let failure = pool.failure();
        for bad in 0..3 {
            let caught = catch_unwind(AssertUnwindSafe(|| {
                pool.run(&|number| {
                    assert!(number != bad, "on purpose");
                    meeting.wait(&failure);
                });
            }));
            assert!(caught.is_err());
            meeting.reset();
        }
        let count = AtomicUsize::new(0);
        pool.run(&|_| {
            count.fetch_add(1, Ordering::Relaxed);
        });
        assert_eq!(count.load(Ordering::Relaxed), 3);
    }
}
