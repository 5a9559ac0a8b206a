//! Area averaging of a frame into the network's padded input, with exactly the numbers of
//! [`crate::vision::preprocess::to_input`].
//!
//! The tables depend on the size of the frame and are made again when that changes, which is the only time
//! that this allocates.

use crate::vision::preprocess::{Affine, Normalisation, Spans};

/// Tables for frames of one size.
#[derive(Debug)]
pub(super) struct Resizer {
    /// Width and height of the frames.
    pub(super) size: [usize; 2],
    /// Side of the result.
    pub(super) side: usize,
    affine: Affine,
    down: Cells,
    across: Cells,
}

/// [`Spans`] in flat tables.
#[derive(Debug)]
struct Cells {
    /// First source pixel of each cell, and where its weights start; one more at the end.
    starts: Vec<(usize, usize)>,
    weights: Vec<f32>,
}

impl Cells {
    fn new(source: usize, target: usize) -> Self {
        let spans = Spans::new(source, target);
        let mut starts = Vec::with_capacity(target + 1);
        let mut weights = Vec::new();
        for cell in 0..target {
            let from = weights.len();
            let mut covered = spans.of(cell).peekable();
            let first = covered.peek().map_or(0, |&(pixel, _)| pixel);
            weights.extend(covered.map(|(_, weight)| weight));
            starts.push((first, from));
        }
        starts.push((source, weights.len()));
        Self { starts, weights }
    }

    fn of(&self, cell: usize) -> (usize, &[f32]) {
        let (first, from) = self.starts[cell];
        (first, &self.weights[from..self.starts[cell + 1].1])
    }
}

/// Adds `weight * byte` to each sum; compiled for each instruction set.
pub(super) type Accumulate<'a> = &'a dyn Fn(&mut [f32], &[u8], f32);

impl Resizer {
    pub(super) fn new([width, height]: [usize; 2], side: usize, normalisation: Normalisation) -> Self {
        Self {
            size: [width, height],
            side,
            affine: normalisation.affine(),
            down: Cells::new(height, side),
            across: Cells::new(width, side),
        }
    }

    /// Numbers that a thread needs to work with.
    pub(super) const fn scratch(&self) -> usize {
        self.size[0] * 3 + 1
    }

    /// Row `y` of the result with a pixel of padding on each side: `3 * (side + 2)` numbers.
    pub(super) fn row(&self, bytes: &[u8], y: usize, sums: &mut [f32], out: &mut [f32], add: Accumulate<'_>) {
        if self.size.contains(&0) {
            // A picture of nothing: nothing is found in it.
            out.fill(0.0);
            return;
        }
        let Affine {
            source,
            mean,
            deviation,
        } = self.affine;
        let line = self.size[0] * 3;
        let (first, weights) = self.down.of(y);
        let sums = &mut sums[..line + 1];
        sums.fill(0.0);
        for (row, &weight) in (first..).zip(weights) {
            add(&mut sums[..line], &bytes[row * line..(row + 1) * line], weight);
        }
        out[..3].fill(0.0);
        for x in 0..self.side {
            let (first, weights) = self.across.of(x);
            // Three colours, and one number too many to fill a register.
            let mut sum = [0.0f32; 4];
            let values = sums[first * 3..].windows(4).step_by(3);
            for (value, &weight) in values.zip(weights) {
                for (sum, value) in sum.iter_mut().zip(value) {
                    *sum += weight * value;
                }
            }
            let place = &mut out[3 + x * 3..6 + x * 3];
            for (channel, value) in place.iter_mut().enumerate() {
                *value = (sum[source[channel]] - mean[channel]) / deviation[channel];
            }
        }
        let end = out.len();
        out[end - 3..].fill(0.0);
    }
}
