//! Convolution over all channels (1x1 and dense) on channels-last maps, forward and backward, as matrix
//! products over blocks of pixels.
//!
//! A 1x1 convolution multiplies the map's rows as they lie; a larger kernel gathers the taps of a block of
//! pixels first (im2col), never of the whole map. Bias, clamp, the clamp's gradient and the norm's gradient
//! are applied to a block while it is in a core's cache.

use std::{borrow::Cow, ops::Range};

use pulp::{Arch, Simd, WithSimd};
use rayon::prelude::*;

use super::{
    buffers::with_scratch,
    geometry::Geometry,
    incoming::Incoming,
    lanes::{UNCLAMPED, add_to, load, store},
    norm::Moments,
    outer::{add_outer, padded},
};
use crate::vision::engine::{
    Isa,
    product::{Matrix, Order},
};

/// Values of a block of rows that should fit the second-level cache beside the weights.
const BLOCK_VALUES: usize = 1 << 15;
/// Every row count of a register tile divides this.
const ROW_STEP: usize = 48;

/// What a backward pass gives besides the gradient of the input.
#[derive(Debug, Default)]
pub(super) struct ParameterGradients {
    /// Of the weights, `[output, input / groups, kernel, kernel]`; empty if not asked for.
    pub(super) weight: Vec<f32>,
    /// Sum over pixels of the gradient of the convolution's output, per channel; empty if not asked for.
    pub(super) bias: Vec<f32>,
}

impl ParameterGradients {
    /// The sum of all parts in their order, so that the result does not depend on threads.
    pub(super) fn total(parts: Vec<Self>) -> Self {
        let mut parts = parts.into_iter();
        let mut sum = parts.next().unwrap_or_default();
        for part in parts {
            add_to(&mut sum.weight, &part.weight);
            add_to(&mut sum.bias, &part.bias);
        }
        sum
    }
}

/// Which gradients of parameters are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Wanted {
    /// The weights'.
    pub(super) weight: bool,
    /// The bias's.
    pub(super) bias: bool,
}

fn block_rows(values: usize) -> usize {
    (BLOCK_VALUES / values).clamp(ROW_STEP, 1024) / ROW_STEP * ROW_STEP
}

/// `[output, input, kernel, kernel]` to `[output, kernel, kernel, input]`, the order in which taps are
/// gathered.
fn taps_first<'a>(weight: &'a [f32], geometry: &Geometry) -> Cow<'a, [f32]> {
    let taps = geometry.kernel * geometry.kernel;
    if taps == 1 {
        return Cow::Borrowed(weight);
    }
    let mut out = vec![0.0; weight.len()];
    let filter = taps * geometry.input;
    for (out, weight) in out.chunks_exact_mut(filter).zip(weight.chunks_exact(filter)) {
        for (channel, values) in weight.chunks_exact(taps).enumerate() {
            for (tap, &value) in values.iter().enumerate() {
                out[tap * geometry.input + channel] = value;
            }
        }
    }
    Cow::Owned(out)
}

/// The inverse of [`taps_first`].
fn channels_first(weight: Vec<f32>, geometry: &Geometry) -> Vec<f32> {
    let taps = geometry.kernel * geometry.kernel;
    if taps == 1 {
        return weight;
    }
    let mut out = vec![0.0; weight.len()];
    let filter = taps * geometry.input;
    for (out, weight) in out.chunks_exact_mut(filter).zip(weight.chunks_exact(filter)) {
        for (tap, values) in weight.chunks_exact(geometry.input).enumerate() {
            for (channel, &value) in values.iter().enumerate() {
                out[channel * taps + tap] = value;
            }
        }
    }
    out
}

/// `clamp(convolution(x) + bias)`; with `moments`, also the moments of what is written.
///
/// # Shapes
/// `x` is `[batch, height, width, input]`, `weight` `[output, input, kernel, kernel]`, `out`
/// `[batch, out height, out width, output]`.
pub(super) fn forward(
    geometry: &Geometry,
    x: &[f32],
    (weight, bias): (&[f32], Option<&[f32]>),
    range: [f32; 2],
    out: &mut [f32],
    moments: bool,
) -> Moments {
    let (depth, columns) = (geometry.depth(), geometry.output);
    let rows = block_rows(depth.max(columns));
    let weight = taps_first(weight, geometry);
    let matrix = Matrix::pack(
        Isa::best(),
        &weight,
        [depth, columns],
        Order::ColumnMajor,
        bias,
        rows,
    );
    let gather = if geometry.is_pointwise() { 0 } else { rows * depth };
    let parts: Vec<Moments> = out
        .par_chunks_mut(rows * columns)
        .enumerate()
        .map(|(index, out)| {
            let mut sums = Moments::default();
            let start = index * rows;
            with_scratch(gather, |scratch| {
                Arch::new().dispatch(ForwardBlock {
                    geometry,
                    x,
                    matrix: &matrix,
                    rows: start..start + out.len() / columns,
                    range,
                    out,
                    scratch,
                    moments: moments.then_some(&mut sums),
                });
            });
            sums
        })
        .collect();
    Moments::total(&parts)
}

struct ForwardBlock<'a> {
    geometry: &'a Geometry,
    x: &'a [f32],
    matrix: &'a Matrix,
    rows: Range<usize>,
    range: [f32; 2],
    out: &'a mut [f32],
    scratch: &'a mut [f32],
    moments: Option<&'a mut Moments>,
}

impl WithSimd for ForwardBlock<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let depth = self.geometry.depth();
        let x = if self.geometry.is_pointwise() {
            &self.x[self.rows.start * depth..self.rows.end * depth]
        } else {
            let taps = &mut self.scratch[..self.rows.len() * depth];
            gather_taps(self.geometry, self.x, self.rows, taps);
            taps
        };
        self.matrix.times(x, self.range, self.out);
        if let Some(moments) = self.moments {
            moments.add_rows(simd, self.out, self.geometry.output);
        }
    }
}

/// The run of taps in one kernel row that lies inside the picture, for the output pixel `row`.
struct TapRun {
    tap: usize,
    pixel: usize,
    count: usize,
}

/// Calls `visit` with each run of neighbouring input pixels that output pixel `row` reads.
fn for_each_run(geometry: &Geometry, row: usize, mut visit: impl FnMut(TapRun)) {
    let [out_height, out_width] = geometry.out_size();
    let (picture, pixel) = (row / (out_height * out_width), row % (out_height * out_width));
    let (out_y, out_x) = (pixel / out_width, pixel % out_width);
    let pad = geometry.kernel / 2;
    let left = out_x * geometry.stride;
    let first = pad.saturating_sub(left);
    let last = geometry.kernel.min((geometry.width + pad).saturating_sub(left));
    if first >= last {
        return;
    }
    for ky in 0..geometry.kernel {
        if let Some(y) = geometry.source(out_y, ky, geometry.height) {
            visit(TapRun {
                tap: ky * geometry.kernel + first,
                pixel: (picture * geometry.height + y) * geometry.width + left + first - pad,
                count: last - first,
            });
        }
    }
}

fn gather_taps(geometry: &Geometry, x: &[f32], rows: Range<usize>, taps: &mut [f32]) {
    let channels = geometry.input;
    for (row, taps) in rows.zip(taps.chunks_exact_mut(geometry.depth())) {
        taps.fill(0.0);
        for_each_run(geometry, row, |run| {
            let length = run.count * channels;
            taps[run.tap * channels..][..length].copy_from_slice(&x[run.pixel * channels..][..length]);
        });
    }
}

/// Adds the gradients of gathered taps to the gradient of the input; `first_pixel` is where `dx` starts.
fn scatter_taps(geometry: &Geometry, taps: &[f32], rows: Range<usize>, first_pixel: usize, dx: &mut [f32]) {
    let channels = geometry.input;
    for (row, taps) in rows.zip(taps.chunks_exact(geometry.depth())) {
        for_each_run(geometry, row, |run| {
            let length = run.count * channels;
            let target = &mut dx[(run.pixel - first_pixel) * channels..][..length];
            add_to(target, &taps[run.tap * channels..][..length]);
        });
    }
}

/// Gradients of the input (written to `dx` if given), the weights and the bias.
pub(super) fn backward(
    geometry: &Geometry,
    x: &[f32],
    weight: &[f32],
    incoming: &Incoming<'_>,
    dx: Option<&mut [f32]>,
    wanted: Wanted,
) -> ParameterGradients {
    let (depth, columns) = (geometry.depth(), geometry.output);
    let block = block_rows(depth.max(columns));
    let matrix = dx.is_some().then(|| {
        let weight = taps_first(weight, geometry);
        let shape = [columns, depth];
        Matrix::pack(Isa::best(), &weight, shape, Order::DepthMajor, None, block)
    });
    let groups = Groups::split(geometry);
    let dx_groups: Vec<Option<&mut [f32]>> = match dx {
        Some(dx) => dx
            .chunks_mut(groups.in_pixels * geometry.input)
            .map(Some)
            .collect(),
        None => (0..groups.count).map(|_| None).collect(),
    };
    let gather = if geometry.is_pointwise() { 0 } else { block * depth };
    let out_pixels = geometry.out_pixels();
    let parts: Vec<ParameterGradients> = dx_groups
        .into_par_iter()
        .enumerate()
        .map(|(index, dx)| {
            let start = index * groups.out_pixels;
            with_scratch(block * columns + 2 * gather, |scratch| {
                Arch::new().dispatch(BackwardGroup {
                    geometry,
                    x,
                    matrix: matrix.as_ref(),
                    incoming,
                    rows: start..(start + groups.out_pixels).min(out_pixels),
                    block,
                    dx: dx.map(|dx| (index * groups.in_pixels, dx)),
                    wanted,
                    scratch,
                })
            })
        })
        .collect();
    let mut sum = ParameterGradients::total(parts);
    sum.weight = channels_first(sum.weight, geometry);
    sum
}

/// The work of a backward pass in equal parts, each with its own sums: whole pictures where kernels overlap,
/// any pixels otherwise.
struct Groups {
    count: usize,
    out_pixels: usize,
    in_pixels: usize,
}

impl Groups {
    fn split(geometry: &Geometry) -> Self {
        // Few parts where the sums themselves are large; as many on every machine, so that all add up alike.
        let weights = geometry.depth() * geometry.output;
        let wished = if weights > 1 << 16 { 8 } else { 16 };
        if geometry.is_pointwise() {
            let pixels = geometry.out_pixels();
            let each = pixels.div_ceil(wished).next_multiple_of(ROW_STEP);
            Self {
                count: pixels.div_ceil(each),
                out_pixels: each,
                in_pixels: each,
            }
        } else {
            let pictures = geometry.batch.div_ceil(wished).max(1);
            Self {
                count: geometry.batch.div_ceil(pictures),
                out_pixels: geometry.out_pixels() / geometry.batch * pictures,
                in_pixels: geometry.height * geometry.width * pictures,
            }
        }
    }
}

struct BackwardGroup<'a> {
    geometry: &'a Geometry,
    x: &'a [f32],
    matrix: Option<&'a Matrix>,
    incoming: &'a Incoming<'a>,
    rows: Range<usize>,
    block: usize,
    dx: Option<(usize, &'a mut [f32])>,
    wanted: Wanted,
    scratch: &'a mut [f32],
}

impl WithSimd for BackwardGroup<'_> {
    type Output = ParameterGradients;

    #[inline(always)]
    fn with_simd<S: Simd>(mut self, simd: S) -> ParameterGradients {
        let geometry = self.geometry;
        let (depth, columns) = (geometry.depth(), geometry.output);
        let width = padded::<S>(depth);
        let mut weight = vec![0.0; if self.wanted.weight { columns * width } else { 0 }];
        let mut bias = vec![0.0; if self.wanted.bias { columns } else { 0 }];
        let (grad_scratch, taps_scratch) = self.scratch.split_at_mut(self.block * columns);
        let half = taps_scratch.len() / 2;
        let (taps_scratch, dtaps_scratch) = taps_scratch.split_at_mut(half);
        let mut start = self.rows.start;
        while start < self.rows.end {
            let rows = start..(start + self.block).min(self.rows.end);
            let range = rows.start * columns..rows.end * columns;
            let grad = self.incoming.rows(simd, range, columns, grad_scratch);
            if self.wanted.bias {
                add_rows(simd, grad, &mut bias);
            }
            if geometry.is_pointwise() {
                let x = &self.x[rows.start * depth..rows.end * depth];
                if self.wanted.weight {
                    add_outer(simd, (grad, columns), (x, depth), &mut weight);
                }
                if let (Some(matrix), Some((first, dx))) = (self.matrix, &mut self.dx) {
                    let dx = &mut dx[(rows.start - *first) * depth..(rows.end - *first) * depth];
                    matrix.times(grad, UNCLAMPED, dx);
                }
            } else {
                let taps = &mut taps_scratch[..rows.len() * depth];
                if self.wanted.weight {
                    gather_taps(geometry, self.x, rows.clone(), taps);
                    add_outer(simd, (grad, columns), (taps, depth), &mut weight);
                }
                if let (Some(matrix), Some((first, dx))) = (self.matrix, &mut self.dx) {
                    let dtaps = &mut dtaps_scratch[..rows.len() * depth];
                    matrix.times(grad, UNCLAMPED, dtaps);
                    scatter_taps(geometry, dtaps, rows.clone(), *first, dx);
                }
            }
            start = rows.end;
        }
        let weight = if width == depth {
            weight
        } else {
            let rows = weight.chunks_exact(width);
            rows.flat_map(|row| &row[..depth]).copied().collect()
        };
        ParameterGradients { weight, bias }
    }
}

/// Adds every row to `sums`.
#[inline(always)]
pub(super) fn add_rows<S: Simd>(simd: S, rows: &[f32], sums: &mut [f32]) {
    let lanes = S::F32_LANES;
    let channels = sums.len();
    for (index, out) in sums.chunks_mut(lanes).enumerate() {
        let start = index * lanes;
        let end = start + out.len();
        let mut sum = load(simd, out);
        for row in rows.chunks_exact(channels) {
            sum = simd.add_f32s(sum, load(simd, &row[start..end]));
        }
        store(simd, out, sum);
    }
}
