//! The work on one group of layers: making its wide map, filtering it, mixing its channels; by bands of rows or
//! by panels of channels, as the plan says. What keeps threads apart is said in `run`.

use std::{cell::Cell, ops::Range};

use super::{
    area::Area,
    byte_kernels::QuantiseRow,
    kernels::{DepthwiseRow, Tile},
    run::Frame,
};
use crate::vision::engine::{
    pack::PackedPointwise,
    plan::{MapPlace, MixItem, PlannedBranch, PlannedGroup, PlannedSource, Way},
};

/// The largest number of a filtered map that is kept as bytes.
const FILTERED_MOST: f32 = 6.0;

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

impl Frame<'_> {
    /// One group, as one thread sees it; it has the steps `step` and the next.
    pub(super) fn group(&self, group: &PlannedGroup, step: usize, thread: usize) {
        match &group.way {
            Way::Bands { bands, step: rows } => self.step(thread, step, bands.len(), |item| {
                self.band(group, &bands[item], *rows, step, thread);
            }),
            Way::Panels { mixes } => {
                let ready = Cell::new(false);
                self.step(thread, step, group.panels(), |panel| {
                    if !ready.replace(true) {
                        self.timed(step, 0, || self.quantise(group, 0..group.side, thread));
                    }
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

    const fn filtered_step(&self, group: &PlannedGroup) -> usize {
        let numbers = group.registers * self.plan.lanes;
        if group.filtered_bytes {
            numbers / 4
        } else {
            numbers
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
            self.timed(step, 0, || self.quantise(group, new.clone(), thread));
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

    /// Makes bytes of some rows of the source, for this thread, if the source is mixed in bytes.
    fn quantise(&self, group: &PlannedGroup, rows: Range<usize>, thread: usize) {
        let PlannedSource::Pointwise(map, layer) = &group.source else {
            return;
        };
        if layer.bytes.is_none() {
            return;
        }
        for y in rows {
            let (to, range) = self.quantised_row(group, map, y, thread);
            let count = map.side * map.step;
            let row = QuantiseRow {
                from: self.shared.at(map.offset + y * count, count).cast_const(),
                count,
                to: to.cast(),
                range,
            };
            // SAFETY: a row of bytes is as long as a quarter of the row of numbers; the kernels fit this machine.
            unsafe { (self.kernels.quantise)(&row) }
        }
    }

    /// Where a thread keeps a row of the source as bytes, and their scale and low.
    fn quantised_row(
        &self,
        group: &PlannedGroup,
        map: &MapPlace,
        y: usize,
        thread: usize,
    ) -> (*mut f32, *mut f32) {
        let (held, len) = (group.quantised_rows(), map.side * map.step / 4);
        let start = self.scratch_of(thread) + group.quantised;
        let bytes = self.scratch.at(start + y % held * len, len);
        (bytes, self.scratch.at(start + held * len + y % held * 2, 2))
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
                PlannedSource::Pointwise(map, layer) if layer.bytes.is_some() => {
                    let (bytes, range) = self.quantised_row(group, map, y, place.thread);
                    let tile = Tile {
                        a: bytes,
                        a_step: map.step / 4,
                        scale: *range,
                        low: *range.add(1),
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
        let (kernels, first_number) = if group.filtered_bytes {
            (&self.kernels.byte_depthwise, channel / 4)
        } else {
            (&self.kernels.depthwise, channel)
        };
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
            out: unsafe { place.filtered.at(out, side * step).add(first_number) },
            out_step: step,
            width: side,
            clamp: branch.depthwise.clamp,
        };
        // SAFETY: a padded row holds `(side - 1) * stride + 3` columns or more; the kernels fit this machine.
        unsafe { (kernels[stride - 1])(&row) }
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
        let (scales, corrections) = layer.bytes.map_or((std::ptr::null(), std::ptr::null()), |bytes| {
            let first = bytes + panel * layer.panel * lanes;
            let scales = &self.weights[first..][..width];
            let corrections = &self.weights[first + layer.registers * lanes..][..width];
            (scales.as_ptr(), corrections.as_ptr())
        });
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
            scales,
            corrections,
            // What is filtered lies between 0 and 6; other inputs say their own range.
            scale: FILTERED_MOST / 255.0,
            low: 0.0,
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
                let kernels = if tile.scales.is_null() {
                    &self.kernels.tiles
                } else {
                    &self.kernels.byte_tiles
                };
                (kernels[registers - 1][to - from - 1])(&tile);
            }
        }
    }
}
