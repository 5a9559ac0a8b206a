//! A few named threads that wait for work and do it together.
//!
//! A job is one function that the caller's thread runs, and with it every helper that is awake in time: a
//! helper that the system has put aside is not waited for. Inside a job the threads take items of a [`Step`]
//! in turn and wait until all its items are done. Waiting is spinning for some microseconds, because the end
//! of a step is never far away, then giving way; between frames the helpers sleep.
//!
//! The job borrows from its caller. That is sound because a helper enters it by raising a counter while it is
//! open, and [`Pool::run`] closes it and waits for that counter to fall to zero before it returns, even when
//! a thread panics.

use std::{
    any::Any,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicPtr, AtomicUsize, Ordering},
    },
    thread::JoinHandle,
};

/// Turns of spinning before a waiting thread gives way to others: about ten microseconds.
const SPINS: u32 = 400;
/// Turns, most of them giving way, before a helper without work sleeps.
const IDLE_TURNS: u32 = 500;

/// In [`Shared::gate`]: helpers inside the job, whether it is open, and the number of the job.
const INSIDE: usize = 0xFFFF;
const OPEN: usize = 1 << 16;
const NEXT_JOB: usize = 1 << 17;

/// What all threads run; the number says which thread it is.
type Job<'a> = &'a (dyn Fn(usize) + Sync);

struct Shared {
    /// A `Job` on the stack of the thread inside [`Pool::run`]; null between jobs.
    job: AtomicPtr<()>,
    /// See [`INSIDE`], [`OPEN`] and [`NEXT_JOB`].
    gate: AtomicUsize,
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
            gate: AtomicUsize::new(0),
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

    /// Runs a job on this thread, with the helpers that come in time, and waits for those.
    ///
    /// # Panics
    /// With the panic of a thread, after all have left the job.
    #[expect(
        clippy::needless_pass_by_ref_mut,
        reason = "one job at a time: between jobs the gate belongs to whoever may call this"
    )]
    pub(super) fn run(&mut self, job: Job<'_>) {
        let shared = &*self.shared;
        let place: *const Job<'_> = &raw const job;
        shared.failed.store(false, Ordering::Relaxed);
        shared.job.store(place.cast_mut().cast(), Ordering::Relaxed);
        // Between jobs the gate is closed and nobody is inside: only this thread changes it.
        let number = shared.gate.load(Ordering::Relaxed) & !(INSIDE | OPEN);
        shared
            .gate
            .store(number.wrapping_add(NEXT_JOB) | OPEN, Ordering::Release);
        for helper in &self.helpers {
            helper.thread().unpark();
        }
        let mine = catch_unwind(AssertUnwindSafe(|| job(0)));
        if mine.is_err() {
            shared.failed.store(true, Ordering::Relaxed);
        }
        shared.gate.fetch_and(!OPEN, Ordering::Relaxed);
        let mut turns = 0;
        while shared.gate.load(Ordering::Acquire) & INSIDE != 0 {
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
        for helper in self.helpers.drain(..) {
            helper.thread().unpark();
            // A helper catches the panics of its jobs; there is nobody left to tell of another.
            let _ended: Result<(), Box<dyn Any + Send>> = helper.join();
        }
    }
}

fn help(shared: &Shared, number: usize) {
    // The gate as it was when this thread last had nothing to do.
    let mut seen = 0;
    let mut turns = 0;
    while !shared.stop.load(Ordering::Relaxed) {
        let gate = shared.gate.load(Ordering::Acquire);
        let is_new = gate & OPEN != 0 && gate & !INSIDE != seen;
        if !is_new {
            if turns < IDLE_TURNS {
                wait_a_little(&mut turns);
            } else {
                // An unpark between the look and here makes this return at once.
                std::thread::park();
            }
            continue;
        }
        let entered = shared
            .gate
            .compare_exchange(gate, gate + 1, Ordering::AcqRel, Ordering::Relaxed);
        if entered.is_err() {
            continue;
        }
        let place = shared.job.load(Ordering::Relaxed).cast::<Job<'_>>();
        // SAFETY: the pointer was stored before the gate was opened, and `run` keeps the job alive while the
        // gate counts this thread as inside.
        let job = unsafe { *place };
        if catch_unwind(AssertUnwindSafe(|| job(number))).is_err() {
            shared.failed.store(true, Ordering::Relaxed);
        }
        shared.gate.fetch_sub(1, Ordering::Release);
        seen = gate & !INSIDE;
        turns = 0;
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

/// Items of work that the threads of a job take in turn. On a cache line of its own, because all write it.
#[derive(Debug, Default)]
#[repr(align(64))]
pub(super) struct Step {
    next: AtomicUsize,
    done: AtomicUsize,
}

impl Step {
    /// Makes ready for a new job.
    pub(super) fn reset(&self) {
        self.next.store(0, Ordering::Relaxed);
        self.done.store(0, Ordering::Relaxed);
    }

    /// Does items until none is left, then waits until all are done. What was written for an item, every
    /// thread may read after.
    ///
    /// # Panics
    /// If another thread has panicked, whose item will never be done.
    pub(super) fn take(&self, items: usize, failure: &Failure, work: impl Fn(usize)) {
        loop {
            let item = self.next.fetch_add(1, Ordering::Relaxed);
            if item >= items {
                break;
            }
            work(item);
            self.done.fetch_add(1, Ordering::Release);
        }
        let mut turns = 0;
        while self.done.load(Ordering::Acquire) < items {
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
    fn each_item_is_done_once_and_all_wait_for_the_last() {
        for threads in [1, 2, 3, 5] {
            let mut pool = Pool::new(threads);
            let failure = pool.failure();
            let steps: Vec<Step> = (0..4).map(|_| Step::default()).collect();
            for _ in 0..200 {
                let done: Vec<AtomicUsize> = (0..28).map(|_| AtomicUsize::new(0)).collect();
                steps.iter().for_each(Step::reset);
                pool.run(&|_| {
                    for (index, step) in steps.iter().enumerate() {
                        step.take(7, &failure, |item| {
                            done[index * 7 + item].fetch_add(1, Ordering::Relaxed);
                        });
                        let all = |range: std::ops::Range<usize>| {
                            done[range].iter().all(|d| d.load(Ordering::Relaxed) == 1)
                        };
                        assert!(all(0..(index + 1) * 7), "everything up to this step is done once");
                    }
                });
            }
        }
    }

    #[test]
    fn a_panic_is_passed_on_and_the_pool_works_on() {
        let mut pool = Pool::new(3);
        let failure = pool.failure();
        let step = Step::default();
        for bad in 0..5 {
            step.reset();
            let caught = catch_unwind(AssertUnwindSafe(|| {
                pool.run(&|_| step.take(5, &failure, |item| assert!(item != bad, "on purpose")));
            }));
            assert!(caught.is_err());
        }
        step.reset();
        let count = AtomicUsize::new(0);
        pool.run(&|_| {
            step.take(9, &failure, |_| {
                count.fetch_add(1, Ordering::Relaxed);
            });
        });
        assert_eq!(count.load(Ordering::Relaxed), 9);
    }
}
