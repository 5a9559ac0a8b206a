//! Depthwise convolution on channels-last maps, forward and backward.
//!
//! Every output pixel is a sum of a few pixels, each times a vector of weights: registers hold channels, so
//! that borders, odd sizes and strides cost nothing special. The gradient of the input is the same sum with
//! the roles of the maps exchanged.

use std::ops::Range;

use pulp::{Arch, Simd, WithSimd};
use rayon::prelude::*;

use super::{
    buffers::with_scratch,
    conv::{ParameterGradients, Wanted, add_rows},
    geometry::Geometry,
    incoming::Incoming,
    lanes::{UNCLAMPED, add_to, clamp, load, store},
    norm::Moments,
};

/// Values of gradient rows that one band keeps in scratch.
const BAND_VALUES: usize = 1 << 16;

/// `[channels, 1, kernel, kernel]` to `[kernel, kernel, channels]`.
fn taps_first(weight: &[f32], geometry: &Geometry) -> Vec<f32> {
    let taps = geometry.kernel * geometry.kernel;
    let mut out = vec![0.0; weight.len()];
    for (channel, weight) in weight.chunks_exact(taps).enumerate() {
        for (tap, &weight) in weight.iter().enumerate() {
            out[tap * geometry.output + channel] = weight;
        }
    }
    out
}

/// Rows `y` of one picture's map.
struct Band {
    picture: usize,
    y: Range<usize>,
}

/// Cuts `map`, which has `rows` rows in each picture, into bands of at most `band` rows.
fn bands<'a>(map: &'a mut [f32], rows: usize, row_values: usize, band: usize) -> Vec<(Band, &'a mut [f32])> {
    map.chunks_mut(rows * row_values)
        .enumerate()
        .flat_map(|(picture, map)| {
            map.chunks_mut(band * row_values)
                .enumerate()
                .map(move |(index, chunk)| {
                    let start = index * band;
                    let y = start..start + chunk.len() / row_values;
                    (Band { picture, y }, chunk)
                })
        })
        .collect()
}

fn band_rows(row_values: usize) -> usize {
    (BAND_VALUES / row_values).clamp(4, 64)
}

/// `clamp(convolution(x) + bias)`; with `moments`, also the moments of what is written.
///
/// # Shapes
/// `x` is `[batch, height, width, channels]`, `weight` `[channels, 1, kernel, kernel]`.
pub(super) fn forward(
    geometry: &Geometry,
    x: &[f32],
    (weight, bias): (&[f32], Option<&[f32]>),
    range: [f32; 2],
    out: &mut [f32],
    moments: bool,
) -> Moments {
    let channels = geometry.output;
    let weight = taps_first(weight, geometry);
    let zeros = vec![0.0; channels];
    let [out_height, out_width] = geometry.out_size();
    let row_values = out_width * channels;
    bands(out, out_height, row_values, band_rows(row_values))
        .into_par_iter()
        .fold(Moments::default, |mut sums, (band, out)| {
            Arch::new().dispatch(ForwardBand {
                geometry,
                x,
                weight: &weight,
                bias: bias.unwrap_or(&zeros),
                range,
                band,
                out,
                moments: moments.then_some(&mut sums),
            });
            sums
        })
        .reduce(Moments::default, |mut left, right| {
            left.merge(&right);
            left
        })
}

struct ForwardBand<'a> {
    geometry: &'a Geometry,
    x: &'a [f32],
    weight: &'a [f32],
    bias: &'a [f32],
    range: [f32; 2],
    band: Band,
    out: &'a mut [f32],
    moments: Option<&'a mut Moments>,
}

impl WithSimd for ForwardBand<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let geometry = self.geometry;
        let channels = geometry.output;
        let [_, out_width] = geometry.out_size();
        let mut taps = Taps::new(geometry);
        let rows = self.out.chunks_exact_mut(out_width * channels);
        for (out_y, row) in self.band.y.zip(rows) {
            taps.set_rows(|k| {
                let y = geometry.source(out_y, k, geometry.height)?;
                Some(self.band.picture * geometry.height + y)
            });
            for (out_x, out) in row.chunks_exact_mut(channels).enumerate() {
                let pairs = taps.pairs(geometry.width, channels, |k| {
                    geometry.source(out_x, k, geometry.width)
                });
                sum_taps(simd, pairs, (self.weight, self.x), self.bias, self.range, out);
            }
        }
        if let Some(moments) = self.moments {
            moments.add_rows(simd, self.out, channels);
        }
    }
}

/// The taps that fall inside the map for one output pixel, as starts in the weights and in the map.
struct Taps {
    kernel: usize,
    rows: Vec<(usize, usize)>,
    pairs: Vec<(usize, usize)>,
}

impl Taps {
    fn new(geometry: &Geometry) -> Self {
        let kernel = geometry.kernel;
        Self {
            kernel,
            rows: Vec::with_capacity(kernel),
            pairs: Vec::with_capacity(kernel * kernel),
        }
    }

    /// Sets which row of the map each kernel row reads.
    #[inline(always)]
    fn set_rows(&mut self, row: impl Fn(usize) -> Option<usize>) {
        self.rows.clear();
        for k in 0..self.kernel {
            if let Some(row) = row(k) {
                self.rows.push((k, row));
            }
        }
    }

    /// The taps of a pixel whose kernel columns read `column`.
    #[inline(always)]
    fn pairs(
        &mut self,
        width: usize,
        channels: usize,
        column: impl Fn(usize) -> Option<usize>,
    ) -> &[(usize, usize)] {
        self.pairs.clear();
        for k in 0..self.kernel {
            if let Some(column) = column(k) {
                for &(ky, row) in &self.rows {
                    self.pairs
                        .push(((ky * self.kernel + k) * channels, (row * width + column) * channels));
                }
            }
        }
        &self.pairs
    }
}

/// `clamp(init + sum of weight * map over the taps)` for one pixel's channels.
#[inline(always)]
fn sum_taps<S: Simd>(
    simd: S,
    taps: &[(usize, usize)],
    sources: (&[f32], &[f32]),
    init: &[f32],
    range: [f32; 2],
    out: &mut [f32],
) {
    match taps.len() {
        0 => out.copy_from_slice(init),
        1 => sum_fixed::<S, 1>(simd, taps, sources, init, out),
        2 => sum_fixed::<S, 2>(simd, taps, sources, init, out),
        3 => sum_fixed::<S, 3>(simd, taps, sources, init, out),
        4 => sum_fixed::<S, 4>(simd, taps, sources, init, out),
        6 => sum_fixed::<S, 6>(simd, taps, sources, init, out),
        9 => {
            // The common case does its clamp in registers.
            sum_clamped::<S, 9>(simd, taps, sources, init, range, out);
            return;
        }
        _ => {
            out.copy_from_slice(init);
            for tap in taps {
                sum_more(simd, *tap, sources, out);
            }
        }
    }
    let range = range.map(|v| simd.splat_f32s(v));
    for out in out.chunks_mut(S::F32_LANES) {
        let value = clamp(simd, load(simd, out), range);
        store(simd, out, value);
    }
}

#[inline(always)]
fn sum_more<S: Simd>(simd: S, tap: (usize, usize), (weight, map): (&[f32], &[f32]), out: &mut [f32]) {
    let lanes = S::F32_LANES;
    let channels = out.len();
    let weight = weight[tap.0..][..channels].chunks(lanes);
    let map = map[tap.1..][..channels].chunks(lanes);
    for (out, (weight, map)) in out.chunks_mut(lanes).zip(weight.zip(map)) {
        let sum = simd.mul_add_e_f32s(load(simd, weight), load(simd, map), load(simd, out));
        store(simd, out, sum);
    }
}

#[inline(always)]
fn sum_fixed<S: Simd, const TAPS: usize>(
    simd: S,
    taps: &[(usize, usize)],
    sources: (&[f32], &[f32]),
    init: &[f32],
    out: &mut [f32],
) {
    sum_clamped::<S, TAPS>(simd, taps, sources, init, UNCLAMPED, out);
}

#[inline(always)]
fn sum_clamped<S: Simd, const TAPS: usize>(
    simd: S,
    taps: &[(usize, usize)],
    (weight, map): (&[f32], &[f32]),
    init: &[f32],
    range: [f32; 2],
    out: &mut [f32],
) {
    let channels = out.len();
    let range = range.map(|v| simd.splat_f32s(v));
    let weights: [&[f32]; TAPS] = std::array::from_fn(|t| &weight[taps[t].0..][..channels]);
    let maps: [&[f32]; TAPS] = std::array::from_fn(|t| &map[taps[t].1..][..channels]);
    let (out_whole, out_rest) = S::as_mut_simd_f32s(out);
    let whole = out_whole.len();
    let (init_whole, init_rest) = S::as_simd_f32s(&init[..channels]);
    let weights_whole: [&[S::f32s]; TAPS] = weights.map(|w| &S::as_simd_f32s(w).0[..whole]);
    let maps_whole: [&[S::f32s]; TAPS] = maps.map(|m| &S::as_simd_f32s(m).0[..whole]);
    let init_whole = &init_whole[..whole];
    for index in 0..whole {
        let mut sum = init_whole[index];
        for (weight, map) in weights_whole.iter().zip(&maps_whole) {
            sum = simd.mul_add_e_f32s(weight[index], map[index], sum);
        }
        out_whole[index] = clamp(simd, sum, range);
    }
    if !out_rest.is_empty() {
        let start = whole * S::F32_LANES;
        let mut sum = simd.partial_load_f32s(init_rest);
        for (weight, map) in weights.iter().zip(&maps) {
            let weight = simd.partial_load_f32s(&weight[start..]);
            sum = simd.mul_add_e_f32s(weight, simd.partial_load_f32s(&map[start..]), sum);
        }
        simd.partial_store_f32s(out_rest, clamp(simd, sum, range));
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
    let channels = geometry.output;
    let [out_height, out_width] = geometry.out_size();
    let weight = taps_first(weight, geometry);
    let in_row = geometry.width * channels;
    let out_row = out_width * channels;
    let band = band_rows(out_row);
    let jobs: Vec<(Band, Option<&mut [f32]>)> = match dx {
        Some(dx) => bands(dx, geometry.height, in_row, band * geometry.stride)
            .into_iter()
            .map(|(band, dx)| (band, Some(dx)))
            .collect(),
        None => (0..geometry.batch)
            .flat_map(|picture| {
                let step = band * geometry.stride;
                (0..geometry.height).step_by(step).map(move |start| {
                    let y = start..(start + step).min(geometry.height);
                    (Band { picture, y }, None)
                })
            })
            .collect(),
    };
    let reach = band + geometry.kernel + 1;
    let zero = ParameterGradients::default;
    let mut sums = jobs
        .into_par_iter()
        .fold(zero, |sums, (band, dx)| {
            with_scratch(reach * out_row, |scratch| {
                Arch::new().dispatch(BackwardBand {
                    geometry,
                    out_size: [out_height, out_width],
                    x,
                    weight: &weight,
                    incoming,
                    band,
                    dx,
                    wanted,
                    scratch,
                    sums,
                })
            })
        })
        .reduce(zero, |mut left, right| {
            if left.weight.is_empty() && left.bias.is_empty() {
                return right;
            }
            add_to(&mut left.weight, &right.weight);
            add_to(&mut left.bias, &right.bias);
            left
        });
    if wanted.weight {
        let taps = geometry.kernel * geometry.kernel;
        let mut out = vec![0.0; taps * channels];
        for (tap, values) in sums.weight.chunks_exact(channels).enumerate() {
            for (channel, &value) in values.iter().enumerate() {
                out[channel * taps + tap] = value;
            }
        }
        sums.weight = out;
    }
    sums
}

struct BackwardBand<'a> {
    geometry: &'a Geometry,
    out_size: [usize; 2],
    x: &'a [f32],
    weight: &'a [f32],
    incoming: &'a Incoming<'a>,
    /// Rows of the input.
    band: Band,
    dx: Option<&'a mut [f32]>,
    wanted: Wanted,
    scratch: &'a mut [f32],
    sums: ParameterGradients,
}

impl WithSimd for BackwardBand<'_> {
    type Output = ParameterGradients;

    #[inline(always)]
    fn with_simd<S: Simd>(mut self, simd: S) -> ParameterGradients {
        let geometry = self.geometry;
        let channels = geometry.output;
        let [out_height, out_width] = self.out_size;
        let out_row = out_width * channels;
        let Band { picture, y } = &self.band;
        // Output rows that read these input rows, and those whose weight gradients are made here: a band
        // starts at a multiple of the stride, so every output row belongs to exactly one band.
        let pad = geometry.kernel / 2;
        let own = (y.start / geometry.stride).min(out_height)..y.end.div_ceil(geometry.stride).min(out_height);
        let first = (y.start + pad)
            .saturating_sub(geometry.kernel - 1)
            .div_ceil(geometry.stride)
            .min(own.start);
        let last = ((y.end - 1 + pad) / geometry.stride + 1)
            .min(out_height)
            .max(own.end);
        let start = picture * out_height * out_row;
        let range = start + first * out_row..start + last * out_row;
        let grad = self.incoming.rows(simd, range, channels, self.scratch);
        if let Some(dx) = self.dx {
            let zeros = vec![0.0; channels];
            let mut taps = Taps::new(geometry);
            for (in_y, row) in y.clone().zip(dx.chunks_exact_mut(geometry.width * channels)) {
                taps.set_rows(|k| Some(geometry.target(in_y, k, out_height)? - first));
                for (in_x, dx) in row.chunks_exact_mut(channels).enumerate() {
                    let pairs = taps.pairs(out_width, channels, |k| geometry.target(in_x, k, out_width));
                    sum_taps(simd, pairs, (self.weight, grad), &zeros, UNCLAMPED, dx);
                }
            }
        }
        let own_grad = &grad[(own.start - first) * out_row..(own.end - first) * out_row];
        if self.wanted.bias {
            self.sums.bias.resize(channels, 0.0);
            add_rows(simd, own_grad, &mut self.sums.bias);
        }
        if self.wanted.weight {
            let taps = geometry.kernel * geometry.kernel;
            self.sums.weight.resize(taps * channels, 0.0);
            let x = &self.x[picture * geometry.height * geometry.width * channels..];
            weight_sums(simd, geometry, (x, own_grad), own, &mut self.sums.weight);
        }
        self.sums
    }
}

/// Adds the gradient of each tap's weights over some output rows of one picture.
#[inline(always)]
fn weight_sums<S: Simd>(
    simd: S,
    geometry: &Geometry,
    (x, grad): (&[f32], &[f32]),
    out_rows: Range<usize>,
    sums: &mut [f32],
) {
    const WIDTH: usize = 4;
    let channels = geometry.output;
    let [_, out_width] = geometry.out_size();
    let lanes = S::F32_LANES;
    let zero = simd.splat_f32s(0.0);
    for (tap, sums) in sums.chunks_exact_mut(channels).enumerate() {
        let (ky, kx) = (tap / geometry.kernel, tap % geometry.kernel);
        let reads = |out_x: &usize| geometry.source(*out_x, kx, geometry.width).is_some();
        let Some(first_x) = (0..out_width).find(reads) else {
            continue;
        };
        let end_x = (first_x..out_width).rfind(reads).map_or(first_x, |x| x + 1);
        for (block, sums) in sums.chunks_mut(WIDTH * lanes).enumerate() {
            let start = block * WIDTH * lanes;
            let mut block_sums = [zero; WIDTH];
            for (out_y, grad) in out_rows.clone().zip(grad.chunks_exact(out_width * channels)) {
                let Some(y) = geometry.source(out_y, ky, geometry.height) else {
                    continue;
                };
                let first_in = first_x * geometry.stride + kx - geometry.kernel / 2;
                let x = &x[(y * geometry.width + first_in) * channels..];
                let grad = grad[first_x * channels..end_x * channels].chunks_exact(channels);
                for (grad, x) in grad.zip(x.chunks(channels * geometry.stride)) {
                    let (grad, x) = (&grad[start..][..sums.len()], &x[start..][..sums.len()]);
                    if sums.len() == WIDTH * lanes {
                        let (grad, x) = (S::as_simd_f32s(grad).0, S::as_simd_f32s(x).0);
                        let (grad, x) = (&grad[..WIDTH], &x[..WIDTH]);
                        for index in 0..WIDTH {
                            block_sums[index] = simd.mul_add_e_f32s(grad[index], x[index], block_sums[index]);
                        }
                    } else {
                        let values = grad.chunks(lanes).zip(x.chunks(lanes));
                        for (sum, (grad, x)) in block_sums.iter_mut().zip(values) {
                            *sum = simd.mul_add_e_f32s(load(simd, grad), load(simd, x), *sum);
                        }
                    }
                }
            }
            for (sum, out) in block_sums.iter().zip(sums.chunks_mut(lanes)) {
                let total = simd.add_f32s(*sum, load(simd, out));
                store(simd, out, total);
            }
        }
    }
}
