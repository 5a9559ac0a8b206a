//! Runs a plan for one picture on all threads of a pool.
//!
//! All maps lie in one block of memory that the threads share by address, because panels of channels of one
//! map interleave and cannot be lent out as slices. What makes this sound:
//! - every address is made by [`Area::at`], which checks that it and all that is reached from it lie inside
//!   the block; a wrong plan panics and does not write elsewhere;
//! - within a step, two threads never write the same number, and none reads what another writes: the items of
//!   a step are disjoint by construction of the plan (bands of rows, panels of channels, panels by pixels);
//! - between steps the threads wait until all items of the last one are done.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Instant,
};

use super::{
    area::Area,
    kernels::{Kernels, of},
    pool::{Failure, Pool, Step},
};
use crate::vision::engine::{
    Isa, Precision,
    aligned::Aligned,
    plan::{KernelShape, Plan},
    resize::Resizer,
};

/// What the planner needs to know of an instruction set.
pub(in super::super) fn shape(isa: Isa) -> KernelShape {
    let kernels = of(isa);
    KernelShape {
        lanes: kernels.lanes,
        max_rows: kernels.max_rows,
    }
}

/// The time that one step took, for the table of layers.
#[derive(Debug, Clone, Default)]
pub(in super::super) struct StepTimes {
    /// From the start of the step until all its items were done, in nanoseconds.
    pub(in super::super) wall: u64,
    /// Summed over threads: making the wide map, filtering it, mixing channels.
    pub(in super::super) parts: [u64; 3],
}

/// Counters of one step.
#[derive(Debug, Default)]
struct StepClock {
    wall: AtomicU64,
    parts: [AtomicU64; 3],
}

/// All that changes from frame to frame.
#[derive(Debug)]
pub(in super::super) struct Runner {
    kernels: &'static Kernels,
    pool: Pool,
    failure: Failure,
    /// Resizing, then two a group.
    steps: Vec<Step>,
    shared: Aligned,
    scratch: Aligned,
    resizer: Option<Resizer>,
    sums: Vec<f32>,
    /// Empty unless the steps are timed.
    clocks: Vec<StepClock>,
    /// What resizing took in the last frame, in nanoseconds.
    resize_time: AtomicU64,
}

/// What the threads of one frame see.
pub(super) struct Frame<'a> {
    pub(super) plan: &'a Plan,
    pub(super) kernels: &'a Kernels,
    pub(super) weights: &'a [f32],
    pub(super) shared: Area,
    pub(super) scratch: Area,
    sums: Area,
    failure: &'a Failure,
    steps: &'a [Step],
    clocks: &'a [StepClock],
    resize_time: &'a AtomicU64,
    resizer: &'a Resizer,
    bytes: &'a [u8],
}

/// Rows of the picture in one item of resizing.
const PICTURE_ROWS: usize = 8;

impl Runner {
    /// Threads and memory for a plan.
    ///
    /// # Panics
    /// If this machine does not have the instruction set, or not its part for bytes where the plan needs it.
    pub(in super::super) fn new(plan: &Plan, isa: Isa, threads: usize) -> Self {
        assert!(
            plan.precision == Precision::Floats || isa.for_bytes() == isa,
            "{} cannot multiply bytes on this machine",
            isa.name()
        );
        let pool = Pool::new(threads);
        let threads = pool.threads();
        Self {
            kernels: of(isa),
            failure: pool.failure(),
            steps: (0..=2 * plan.groups.len()).map(|_| Step::default()).collect(),
            shared: Aligned::zeros(plan.shared),
            scratch: Aligned::zeros(plan.scratch * threads),
            pool,
            resizer: None,
            sums: Vec::new(),
            clocks: Vec::new(),
            resize_time: AtomicU64::new(0),
        }
    }

    /// What resizing took in the last frame, in nanoseconds.
    pub(in super::super) fn resize_time(&self) -> u64 {
        self.resize_time.load(Ordering::Relaxed)
    }

    /// Threads that work.
    pub(in super::super) fn threads(&self) -> usize {
        self.pool.threads()
    }

    /// The shared memory, in which the predictions lie after a frame.
    pub(in super::super) fn memory(&self) -> &[f32] {
        self.shared.as_slice()
    }

    /// Starts or stops timing the steps.
    pub(in super::super) fn time_steps(&mut self, on: bool) {
        let steps = if on { self.steps.len() } else { 0 };
        self.clocks = (0..steps).map(|_| StepClock::default()).collect();
    }

    /// The times of the last frame by step: resizing, then two a group.
    pub(in super::super) fn step_times(&self) -> Vec<StepTimes> {
        let read = |clock: &StepClock| StepTimes {
            wall: clock.wall.load(Ordering::Relaxed),
            parts: [0, 1, 2].map(|i| clock.parts[i].load(Ordering::Relaxed)),
        };
        self.clocks.iter().map(read).collect()
    }

    /// Computes the predictions for a picture of `width` by `height` RGB pixels.
    ///
    /// # Panics
    /// If the bytes are not as many as the size says.
    pub(in super::super) fn run(&mut self, plan: &Plan, bytes: &[u8], [width, height]: [usize; 2]) {
        assert!(bytes.len() == width * height * 3, "three bytes a pixel");
        let resizer = match self.resizer.take() {
            Some(known) if known.size == [width, height] => known,
            _ => {
                let made = Resizer::new([width, height], plan.side, plan.normalisation);
                self.sums.resize(made.scratch() * self.pool.threads(), 0.0);
                made
            }
        };
        self.steps.iter().for_each(Step::reset);
        for part in self.clocks.iter().flat_map(|clock| &clock.parts) {
            part.store(0, Ordering::Relaxed);
        }
        let frame = Frame {
            plan,
            kernels: self.kernels,
            weights: plan.weights.as_slice(),
            shared: Area::new(self.shared.as_mut_slice()),
            scratch: Area::new(self.scratch.as_mut_slice()),
            sums: Area::new(&mut self.sums),
            failure: &self.failure,
            steps: &self.steps,
            clocks: &self.clocks,
            resize_time: &self.resize_time,
            resizer: &resizer,
            bytes,
        };
        self.pool.run(&|thread| frame.work(thread));
        self.resizer = Some(resizer);
    }
}

impl Frame<'_> {
    /// All steps of the frame, as one thread sees them.
    fn work(&self, thread: usize) {
        let rows = self.plan.side + 2;
        let start = (thread == 0).then(Instant::now);
        self.step(thread, 0, rows.div_ceil(PICTURE_ROWS), |item| {
            let last = rows.min((item + 1) * PICTURE_ROWS);
            for row in item * PICTURE_ROWS..last {
                self.picture_row(thread, row);
            }
        });
        if let Some(start) = start {
            self.resize_time.store(nanoseconds(start), Ordering::Relaxed);
        }
        for (index, group) in self.plan.groups.iter().enumerate() {
            self.group(group, 1 + 2 * index, thread);
        }
    }

    /// The items of one step, taken in turn, until all are done.
    pub(super) fn step(&self, thread: usize, step: usize, items: usize, work: impl Fn(usize)) {
        let start = (thread == 0 && !self.clocks.is_empty()).then(Instant::now);
        self.steps[step].take(items, self.failure, work);
        if let Some(start) = start {
            self.clocks[step]
                .wall
                .store(nanoseconds(start), Ordering::Relaxed);
        }
    }

    /// Runs a part of a step, and notes how long it took if that is wanted.
    pub(super) fn timed(&self, step: usize, part: usize, work: impl FnOnce()) {
        match self.clocks.get(step) {
            None => work(),
            Some(clock) => {
                let start = Instant::now();
                work();
                clock.parts[part].fetch_add(nanoseconds(start), Ordering::Relaxed);
            }
        }
    }

    /// Where a thread's scratch starts, after its row of zeros.
    pub(super) const fn scratch_of(&self, thread: usize) -> usize {
        self.zeros_of(thread) + self.plan.zeros
    }

    pub(super) const fn zeros_of(&self, thread: usize) -> usize {
        thread * self.plan.scratch
    }

    /// One row of the picture with its border.
    fn picture_row(&self, thread: usize, row: usize) {
        let len = (self.plan.side + 2) * 3;
        let place = self.shared.at(self.plan.picture + row * len, len);
        let own = self.resizer.scratch();
        let sums = self.sums.at(thread * own, own);
        // SAFETY: `at` checked the bounds; each row is one item, and the sums are this thread's.
        let (out, sums) = unsafe {
            (
                std::slice::from_raw_parts_mut(place, len),
                std::slice::from_raw_parts_mut(sums, own),
            )
        };
        if row == 0 || row > self.plan.side {
            out.fill(0.0);
        } else {
            let add = |sums: &mut [f32], bytes: &[u8], weight: f32| {
                assert_eq!(sums.len(), bytes.len(), "one sum a byte");
                // SAFETY: the table of kernels fits this machine.
                unsafe { (self.kernels.accumulate)(sums, bytes, weight) }
            };
            self.resizer.row(self.bytes, row - 1, sums, out, &add);
        }
    }
}

fn nanoseconds(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_nanos()).unwrap_or(u64::MAX)
}

/// Loops of multiply-adds on all threads, to see what they can do at most.
pub(in super::super) struct Loops {
    kernels: &'static Kernels,
    pool: Pool,
}

impl Loops {
    pub(in super::super) fn new(isa: Isa, threads: usize) -> Self {
        Self {
            kernels: of(isa),
            pool: Pool::new(threads),
        }
    }

    /// Runs for about a millisecond; gives multiply-adds a nanosecond.
    pub(in super::super) fn giga_multiply_adds(&mut self) -> f64 {
        const ROUNDS: u32 = 200_000;
        let done = AtomicU64::new(0);
        let kernels = self.kernels;
        let start = Instant::now();
        self.pool.run(&|_| {
            // SAFETY: the table of kernels fits this machine.
            let count = unsafe { (kernels.peak)(ROUNDS) };
            done.fetch_add(count, Ordering::Relaxed);
        });
        done.into_inner() as f64 / start.elapsed().as_nanos().max(1) as f64
    }
}
