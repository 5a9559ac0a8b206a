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
    ops::Range,
    sync::atomic::{AtomicU64, Ordering},
    time::Instant,
};

use super::{
    kernels::{DepthwiseRow, Kernels, Tile, of},
    pool::{Failure, Pool, Step},
};
use crate::vision::engine::{
    Isa,
    aligned::Aligned,
    pack::PackedPointwise,
    plan::{KernelShape, MapPlace, MixItem, Plan, PlannedBranch, PlannedGroup, PlannedSource, Way},
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

/// A block of numbers that threads share by address.
#[derive(Clone, Copy)]
struct Area {
    base: *mut f32,
    len: usize,
}

// SAFETY: an address alone does nothing; see the module's header for how it is used.
unsafe impl Send for Area {}
// SAFETY: as above.
unsafe impl Sync for Area {}

impl Area {
    const fn new(numbers: &mut [f32]) -> Self {
        Self {
            base: numbers.as_mut_ptr(),
            len: numbers.len(),
        }
    }

    /// The address of number `offset`, from which `reach` numbers are used.
    fn at(self, offset: usize, reach: usize) -> *mut f32 {
        assert!(
            offset.checked_add(reach).is_some_and(|end| end <= self.len),
            "the plan reaches beyond its memory"
        );
        // SAFETY: inside the block, as just checked.
        unsafe { self.base.add(offset) }
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
struct Frame<'a> {
    plan: &'a Plan,
    kernels: &'a Kernels,
    weights: &'a [f32],
    shared: Area,
    scratch: Area,
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
    pub(in super::super) fn new(plan: &Plan, isa: Isa, threads: usize) -> Self {
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
            let step = 1 + 2 * index;
            match &group.way {
                Way::Bands { bands, step: rows } => self.step(thread, step, bands.len(), |item| {
                    self.band(group, &bands[item], *rows, step, thread);
                }),
                Way::Panels { mixes } => {
                    self.step(thread, step, group.panels(), |panel| {
                        let place = Place {
                            band: 0..group.side,
                            ring: self.scratch_of(thread),
                            filtered: self.shared,
                            filtered_base: 0,
                            clock: step,
                            thread,
                        };
                        self.filter(group, panel, 0..group.side, 0..group.side, &place);
                    });
                    if !mixes.is_empty() {
                        self.step(thread, step + 1, mixes.len(), |item| {
                            let MixItem {
                                branch,
                                panel,
                                pixels,
                            } = &mixes[item];
                            let branch = &group.branches[*branch];
                            let source = (
                                self.shared,
                                branch.filtered + pixels.start * self.filtered_step(group),
                            );
                            self.timed(step + 1, 2, || {
                                self.mix(group, branch, source, pixels, *panel..*panel + 1);
                            });
                        });
                    }
                }
            }
        }
    }

    /// The items of one step, taken in turn, until all are done.
    fn step(&self, thread: usize, step: usize, items: usize, work: impl Fn(usize)) {
        let start = (thread == 0 && !self.clocks.is_empty()).then(Instant::now);
        self.steps[step].take(items, self.failure, work);
        if let Some(start) = start {
            self.clocks[step]
                .wall
                .store(nanoseconds(start), Ordering::Relaxed);
        }
    }

    /// Runs a part of a step, and notes how long it took if that is wanted.
    fn timed(&self, step: usize, part: usize, work: impl FnOnce()) {
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
    const fn scratch_of(&self, thread: usize) -> usize {
        self.zeros_of(thread) + self.plan.zeros
    }

    const fn zeros_of(&self, thread: usize) -> usize {
        thread * self.plan.scratch
    }

    const fn filtered_step(&self, group: &PlannedGroup) -> usize {
        group.registers * self.plan.lanes
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

    /// A band of wide rows: make, filter and mix a few rows at a time.
    fn band(&self, group: &PlannedGroup, band: &Range<usize>, rows: usize, step: usize, thread: usize) {
        let place = Place {
            band: band.clone(),
            ring: self.scratch_of(thread),
            filtered: self.scratch,
            filtered_base: self.scratch_of(thread),
            clock: step,
            thread,
        };
        let mut made = band.start.saturating_sub(1);
        let mut start = band.start;
        while start < band.end {
            let end = band.end.min(start + rows);
            // One row below the last is needed to filter it.
            let new = made..group.side.min(end + 1);
            made = new.end;
            for panel in 0..group.panels() {
                self.filter(group, panel, new.clone(), start..end, &place);
            }
            self.timed(step, 2, || {
                for branch in &group.branches {
                    let stride = branch.depthwise.stride;
                    let side = branch.out.side;
                    let pixels = start.div_ceil(stride) * side..end.div_ceil(stride) * side;
                    let source = (place.filtered, place.filtered_base + branch.filtered);
                    self.mix(group, branch, source, &pixels, 0..branch.pointwise.panels());
                }
            });
            start = end;
        }
    }

    /// Makes the rows `new` of one panel of the wide map, and filters the rows `now` for each branch.
    fn filter(
        &self,
        group: &PlannedGroup,
        panel: usize,
        new: Range<usize>,
        now: Range<usize>,
        place: &Place,
    ) {
        let width = group.width(panel) * self.plan.lanes;
        let row = (group.side + 2) * width;
        // With bands each panel keeps its rows from one time to the next; the last may be narrower.
        let full = (group.side + 2) * group.panel * self.plan.lanes;
        let held = match group.way {
            Way::Bands { .. } => panel * group.ring_rows * full,
            Way::Panels { .. } => 0,
        };
        let ring = Ring {
            start: place.ring + held,
            row,
            rows: group.ring_rows,
        };
        self.timed(place.clock, 0, || {
            for y in new {
                self.wide_row(group, panel, y, &ring, place);
            }
        });
        self.timed(place.clock, 1, || {
            for branch in &group.branches {
                let stride = branch.depthwise.stride;
                let first = now.start.div_ceil(stride);
                for y in first..now.end.div_ceil(stride) {
                    let line = y - first;
                    self.filter_row(group, branch, [panel, y, line], &ring, place);
                }
            }
        });
    }

    /// One row of one panel of the wide map, with its border, into the ring; and into the kept map.
    fn wide_row(&self, group: &PlannedGroup, panel: usize, y: usize, ring: &Ring, place: &Place) {
        let registers = group.width(panel);
        let width = registers * self.plan.lanes;
        let out = self.scratch.at(ring.row_of(y), ring.row);
        // SAFETY: the ring is this thread's own; `at` checked the row, which the tiles and borders fill.
        unsafe {
            std::slice::from_raw_parts_mut(out, width).fill(0.0);
            std::slice::from_raw_parts_mut(out.add(ring.row - width), width).fill(0.0);
            let first = out.add(width);
            match &group.source {
                PlannedSource::Stem(layer) => {
                    let line = (self.plan.side + 2) * 3;
                    let from = self.plan.picture + 2 * y * line;
                    let tile = Tile {
                        a: self.shared.at(from, 3 * line),
                        a_step: 6,
                        segments: 3,
                        a_segment: line,
                        depth: 9,
                        ..self.tile(layer, panel, first, width)
                    };
                    self.tiles(tile, group.side, registers);
                }
                PlannedSource::Pointwise(map, layer) => {
                    let from = map.offset + y * map.side * map.step;
                    let tile = Tile {
                        a: self.shared.at(from, map.side * map.step),
                        a_step: map.step,
                        ..self.tile(layer, panel, first, width)
                    };
                    self.tiles(tile, group.side, registers);
                }
                PlannedSource::Map(map) => {
                    let channel = panel * group.panel * self.plan.lanes;
                    let from = map.offset + y * map.side * map.step;
                    let source = self.shared.at(from, map.side * map.step).add(channel);
                    for x in 0..group.side {
                        let to = first.add(x * width);
                        std::ptr::copy_nonoverlapping(source.add(x * map.step), to, width);
                    }
                }
            }
            if let Some(keep) = group.keep.filter(|_| place.band.contains(&y)) {
                let channel = panel * group.panel * self.plan.lanes;
                let from = keep.offset + y * keep.side * keep.step;
                let kept = self.shared.at(from, keep.side * keep.step).add(channel);
                for x in 0..group.side {
                    std::ptr::copy_nonoverlapping(first.add(x * width), kept.add(x * keep.step), width);
                }
            }
        }
    }

    /// One filtered row `y` of one panel, as row `line` of what is filtered this time.
    fn filter_row(
        &self,
        group: &PlannedGroup,
        branch: &PlannedBranch,
        [panel, y, line]: [usize; 3],
        ring: &Ring,
        place: &Place,
    ) {
        let lanes = self.plan.lanes;
        let registers = group.width(panel);
        let channel = panel * group.panel * lanes;
        let stride = branch.depthwise.stride;
        let side = branch.out.side;
        let step = self.filtered_step(group);
        let rows = [0, 1, 2].map(|ky| {
            // Row `y * stride + ky - 1` of the wide map; zeros above and below it.
            let wide = (y * stride + ky).checked_sub(1).filter(|&wide| wide < group.side);
            let offset = wide.map_or_else(|| self.zeros_of(place.thread), |wide| ring.row_of(wide));
            self.scratch.at(offset, ring.row).cast_const()
        });
        let out = place.filtered_base + branch.filtered + line * side * step;
        let first = panel * group.panel;
        let weights =
            &self.weights[branch.depthwise.weights..][first * 9 * lanes..(first + registers) * 9 * lanes];
        let bias = &self.weights[branch.depthwise.bias..][channel..channel + registers * lanes];
        let row = DepthwiseRow {
            rows,
            registers,
            weights: weights.as_ptr(),
            bias: bias.as_ptr(),
            // SAFETY: `at` checked the whole row of outputs; a panel's channels lie within a pixel.
            out: unsafe { place.filtered.at(out, side * step).add(channel) },
            out_step: step,
            width: side,
            clamp: branch.depthwise.clamp,
        };
        // SAFETY: a padded row holds `(side - 1) * stride + 3` columns or more; the kernels fit this machine.
        unsafe { (self.kernels.depthwise[stride - 1])(&row) }
    }

    /// Mixes the channels of some filtered pixels into some panels of outputs.
    fn mix(
        &self,
        group: &PlannedGroup,
        branch: &PlannedBranch,
        (area, from): (Area, usize),
        pixels: &Range<usize>,
        panels: Range<usize>,
    ) {
        if pixels.is_empty() {
            return;
        }
        let layer = &branch.pointwise;
        let step = self.filtered_step(group);
        let source = area.at(from, pixels.len() * step);
        let part = |map: &MapPlace| {
            self.shared
                .at(map.offset + pixels.start * map.step, pixels.len() * map.step)
        };
        let (out, added) = (part(&branch.out), branch.residual.as_ref().map(part));
        for panel in panels {
            let channel = panel * layer.panel * self.plan.lanes;
            // SAFETY: `at` checked all pixels of each map, and a panel's channels lie within a pixel.
            unsafe {
                let tile = Tile {
                    a: source,
                    a_step: step,
                    added: added.map_or(std::ptr::null(), |map| map.add(channel).cast_const()),
                    added_step: branch.residual.map_or(0, |map| map.step),
                    ..self.tile(layer, panel, out.add(channel), branch.out.step)
                };
                self.tiles(tile, pixels.len(), layer.width(panel));
            }
        }
    }

    /// A tile of one panel of a 1x1 convolution, with its source still to be said.
    fn tile(&self, layer: &PackedPointwise, panel: usize, out: *mut f32, out_step: usize) -> Tile {
        let lanes = self.plan.lanes;
        let width = layer.width(panel) * lanes;
        let bias = &self.weights[layer.bias + panel * layer.panel * lanes..][..width];
        let weights = &self.weights[layer.weights_of(panel, lanes)..][..width * layer.inputs];
        Tile {
            a: std::ptr::null(),
            a_step: 0,
            segments: 1,
            a_segment: 0,
            depth: layer.inputs,
            b: weights.as_ptr(),
            bias: bias.as_ptr(),
            out,
            out_step,
            added: std::ptr::null(),
            added_step: 0,
            clamp: layer.clamp,
        }
    }

    /// Runs a tile for `pixels` pixels, cut into tiles of nearly the same height.
    ///
    /// # Safety
    /// The tile's pointers reach that many pixels.
    unsafe fn tiles(&self, first: Tile, pixels: usize, registers: usize) {
        let count = pixels.div_ceil(self.kernels.max_rows[registers - 1]);
        for index in 0..count {
            let (from, to) = (pixels * index / count, pixels * (index + 1) / count);
            // SAFETY: within the pixels that the caller promises.
            unsafe {
                let tile = Tile {
                    a: first.a.add(from * first.a_step),
                    out: first.out.add(from * first.out_step),
                    added: if first.added.is_null() {
                        first.added
                    } else {
                        first.added.add(from * first.added_step)
                    },
                    ..first
                };
                (self.kernels.tiles[registers - 1][to - from - 1])(&tile);
            }
        }
    }
}

/// Where a thread works on a group.
struct Place {
    /// Rows of the wide map whose outputs are this thread's.
    band: Range<usize>,
    /// In the scratch: where the rows of the wide map start.
    ring: usize,
    /// Where what is filtered goes.
    filtered: Area,
    filtered_base: usize,
    /// The step that it is timed under.
    clock: usize,
    thread: usize,
}

/// Rows of one panel in a thread's scratch; a new row takes the place of the oldest.
struct Ring {
    start: usize,
    row: usize,
    rows: usize,
}

impl Ring {
    const fn row_of(&self, y: usize) -> usize {
        self.start + y % self.rows * self.row
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
