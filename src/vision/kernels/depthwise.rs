//! Depthwise convolution on channels-last maps, forward and backward.
//!
//! Every output pixel is a sum of a few pixels, each times a vector of weights: registers hold channels, so
//! that odd sizes and strides cost nothing special. Pixels of a row that read through the same columns of
//! the kernel form a run, for which the weights stay in registers. The gradient of the input is the same sum
//! with the roles of the maps exchanged.

use std::ops::Range;

use pulp::{Arch, Simd, WithSimd};
use rayon::prelude::*;

use super::{
    buffers::with_scratch,
    conv::{ParameterGradients, Wanted, add_rows},
    geometry::Geometry,
    incoming::Incoming,
    lanes::{UNCLAMPED, clamp, load, store},
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
fn bands(map: &mut [f32], rows: usize, row_values: usize, band: usize) -> Vec<(Band, &mut [f32])> {
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
    let runs = runs(out_width, geometry.kernel, [1, geometry.stride], |x, k| {
        geometry.source(x, k, geometry.width)
    });
    let parts: Vec<Moments> = bands(out, out_height, row_values, band_rows(row_values))
        .into_par_iter()
        .map(|(band, out)| {
            let mut sums = Moments::default();
            Arch::new().dispatch(ForwardBand {
                geometry,
                x,
                weight: &weight,
                bias: bias.unwrap_or(&zeros),
                range,
                runs: &runs,
                band,
                out,
                moments: moments.then_some(&mut sums),
            });
            sums
        })
        .collect();
    Moments::total(&parts)
}

struct ForwardBand<'a> {
    geometry: &'a Geometry,
    x: &'a [f32],
    weight: &'a [f32],
    bias: &'a [f32],
    range: [f32; 2],
    runs: &'a [Run],
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
        let source = Source {
            weight: self.weight,
            map: self.x,
            kernel: geometry.kernel,
            width: geometry.width,
            channels,
        };
        let rows = self.out.chunks_exact_mut(out_width * channels);
        for (out_y, row) in self.band.y.zip(rows) {
            let kernel_rows = kernel_rows(geometry.kernel, |k| {
                let y = geometry.source(out_y, k, geometry.height)?;
                Some(self.band.picture * geometry.height + y)
            });
            for run in self.runs {
                source.sum_run(simd, run, &kernel_rows, (self.bias, self.range), row);
            }
        }
        if let Some(moments) = self.moments {
            moments.add_rows(simd, self.out, channels);
        }
    }
}

/// Pixels of a row, evenly spaced, that read the other map through the same columns of the kernel.
struct Run {
    /// First pixel.
    first: usize,
    /// Pixels.
    count: usize,
    /// From one pixel to the next.
    step: usize,
    /// From one pixel's reading to the next one's.
    source_step: usize,
    /// Kernel column and what the first pixel reads through it.
    taps: Vec<(usize, usize)>,
}

/// The runs of a row of `width` pixels, each of which reads `read(pixel, kernel column)`.
fn runs(
    width: usize,
    kernel: usize,
    [step, source_step]: [usize; 2],
    read: impl Fn(usize, usize) -> Option<usize>,
) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for phase in 0..step.min(width) {
        let mut current: Option<Run> = None;
        for pixel in (phase..width).step_by(step) {
            let taps: Vec<(usize, usize)> = (0..kernel).filter_map(|k| Some((k, read(pixel, k)?))).collect();
            let columns = |taps: &[(usize, usize)]| taps.iter().map(|tap| tap.0).collect::<Vec<_>>();
            match &mut current {
                Some(run) if columns(&run.taps) == columns(&taps) => run.count += 1,
                _ => {
                    runs.extend(current.take());
                    current = Some(Run {
                        first: pixel,
                        count: 1,
                        step,
                        source_step,
                        taps,
                    });
                }
            }
        }
        runs.extend(current);
    }
    runs
}

/// Rows of the kernel that fall inside the other map, and the row of that map which they read.
fn kernel_rows(kernel: usize, row: impl Fn(usize) -> Option<usize>) -> Vec<(usize, usize)> {
    (0..kernel).filter_map(|k| Some((k, row(k)?))).collect()
}

/// Weights, `[kernel, kernel, channels]`, and the map that is read.
struct Source<'a> {
    weight: &'a [f32],
    map: &'a [f32],
    kernel: usize,
    width: usize,
    channels: usize,
}

/// Where a tap's weights begin, and what the first pixel of a run reads through it.
type Tap = (usize, usize);

impl Source<'_> {
    fn taps(&self, run: &Run, rows: &[(usize, usize)]) -> Vec<Tap> {
        let columns = run.taps.iter();
        columns
            .flat_map(|&(kx, column)| {
                rows.iter().map(move |&(ky, row)| {
                    let weight = (ky * self.kernel + kx) * self.channels;
                    (weight, (row * self.width + column) * self.channels)
                })
            })
            .collect()
    }

    /// `clamp(init + sum of weight * map over the taps)` for the pixels of a run in the row `out`.
    #[inline(always)]
    fn sum_run<S: Simd>(
        &self,
        simd: S,
        run: &Run,
        rows: &[(usize, usize)],
        (init, range): (&[f32], [f32; 2]),
        out: &mut [f32],
    ) {
        let taps = self.taps(run, rows);
        let mut rest = taps.as_slice();
        let mut init = Some(init);
        loop {
            let now = match rest.len() {
                9.. => 9,
                6.. => 6,
                count => count.min(4),
            };
            let (taps, after) = rest.split_at(now);
            rest = after;
            let range = if rest.is_empty() { range } else { UNCLAMPED };
            let job = SumRun {
                source: self,
                run,
                taps,
                init,
                range: range.map(|v| simd.splat_f32s(v)),
            };
            match now {
                0 => job.all_pixels::<S, 0>(simd, out),
                1 => job.all_pixels::<S, 1>(simd, out),
                2 => job.all_pixels::<S, 2>(simd, out),
                3 => job.all_pixels::<S, 3>(simd, out),
                4 => job.all_pixels::<S, 4>(simd, out),
                6 => job.all_pixels::<S, 6>(simd, out),
                _ => job.all_pixels::<S, 9>(simd, out),
            }
            if rest.is_empty() {
                break;
            }
            init = None;
        }
    }
}

struct SumRun<'a, V> {
    source: &'a Source<'a>,
    run: &'a Run,
    taps: &'a [Tap],
    /// What the sums start from; what is there already if `None`.
    init: Option<&'a [f32]>,
    range: [V; 2],
}

impl<V: Copy> SumRun<'_, V> {
    #[inline(always)]
    fn all_pixels<S: Simd<f32s = V>, const TAPS: usize>(&self, simd: S, out: &mut [f32]) {
        let Source {
            map,
            weight,
            channels,
            ..
        } = *self.source;
        let weights: [&[f32]; TAPS] = std::array::from_fn(|t| &weight[self.taps[t].0..][..channels]);
        let maps: [&[f32]; TAPS] = std::array::from_fn(|t| &map[self.taps[t].1..]);
        let (mut from, mut to) = (0, self.run.first * channels);
        let (from_step, to_step) = (self.run.source_step * channels, self.run.step * channels);
        for _ in 0..self.run.count {
            let maps: [&[f32]; TAPS] = std::array::from_fn(|t| &maps[t][from..][..channels]);
            self.pixel::<S, TAPS>(simd, &weights, &maps, &mut out[to..][..channels]);
            from += from_step;
            to += to_step;
        }
    }

    #[inline(always)]
    fn pixel<S: Simd<f32s = V>, const TAPS: usize>(
        &self,
        simd: S,
        weights: &[&[f32]; TAPS],
        maps: &[&[f32]; TAPS],
        out: &mut [f32],
    ) {
        let (out_whole, out_rest) = S::as_mut_simd_f32s(out);
        let whole = out_whole.len();
        let rest = whole * S::F32_LANES;
        let weights_whole: [&[V]; TAPS] = weights.map(|w| &S::as_simd_f32s(w).0[..whole]);
        let maps_whole: [&[V]; TAPS] = maps.map(|m| &S::as_simd_f32s(m).0[..whole]);
        if let Some(init) = self.init {
            let init_whole = &S::as_simd_f32s(init).0[..whole];
            for index in 0..whole {
                let mut sum = init_whole[index];
                for (weight, map) in weights_whole.iter().zip(&maps_whole) {
                    sum = simd.mul_add_e_f32s(weight[index], map[index], sum);
                }
                out_whole[index] = clamp(simd, sum, self.range);
            }
        } else {
            for index in 0..whole {
                let mut sum = out_whole[index];
                for (weight, map) in weights_whole.iter().zip(&maps_whole) {
                    sum = simd.mul_add_e_f32s(weight[index], map[index], sum);
                }
                out_whole[index] = clamp(simd, sum, self.range);
            }
        }
        if !out_rest.is_empty() {
            let mut sum = match self.init {
                Some(init) => simd.partial_load_f32s(&init[rest..]),
                None => simd.partial_load_f32s(out_rest),
            };
            for (weight, map) in weights.iter().zip(maps) {
                let weight = simd.partial_load_f32s(&weight[rest..]);
                sum = simd.mul_add_e_f32s(weight, simd.partial_load_f32s(&map[rest..]), sum);
            }
            simd.partial_store_f32s(out_rest, clamp(simd, sum, self.range));
        }
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
    let dx_runs = runs(geometry.width, geometry.kernel, [geometry.stride, 1], |x, k| {
        geometry.target(x, k, out_width)
    });
    let weight_runs = runs(out_width, geometry.kernel, [1, geometry.stride], |x, k| {
        geometry.source(x, k, geometry.width)
    });
    let parts: Vec<ParameterGradients> = jobs
        .into_par_iter()
        .map(|(band, dx)| {
            with_scratch(reach * out_row, |scratch| {
                Arch::new().dispatch(BackwardBand {
                    geometry,
                    out_size: [out_height, out_width],
                    x,
                    weight: &weight,
                    incoming,
                    runs: [&dx_runs, &weight_runs],
                    band,
                    dx,
                    wanted,
                    scratch,
                    sums: ParameterGradients::default(),
                })
            })
        })
        .collect();
    let mut sums = ParameterGradients::total(parts);
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
    /// For the gradient of the input and for that of the weights.
    runs: [&'a [Run]; 2],
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
        let own =
            (y.start / geometry.stride).min(out_height)..y.end.div_ceil(geometry.stride).min(out_height);
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
            let source = Source {
                weight: self.weight,
                map: grad,
                kernel: geometry.kernel,
                width: out_width,
                channels,
            };
            for (in_y, row) in y.clone().zip(dx.chunks_exact_mut(geometry.width * channels)) {
                let rows = kernel_rows(geometry.kernel, |k| {
                    Some(geometry.target(in_y, k, out_height)? - first)
                });
                for run in self.runs[0] {
                    source.sum_run(simd, run, &rows, (&zeros, UNCLAMPED), row);
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
            let source = Source {
                weight: &[],
                map: x,
                kernel: geometry.kernel,
                width: geometry.width,
                channels,
            };
            for (out_y, grad) in own.zip(own_grad.chunks_exact(out_row)) {
                let rows = kernel_rows(geometry.kernel, |k| geometry.source(out_y, k, geometry.height));
                for run in self.runs[1] {
                    for taps in source.taps(run, &rows).chunks(9) {
                        add_weight_run(simd, (x, grad), run, taps, &mut self.sums.weight, channels);
                    }
                }
            }
        }
        self.sums
    }
}

/// Adds the gradient of the taps' weights over the pixels of a run; `grad` is the row of the run.
#[inline(always)]
fn add_weight_run<S: Simd>(
    simd: S,
    (map, grad): (&[f32], &[f32]),
    run: &Run,
    taps: &[Tap],
    sums: &mut [f32],
    channels: usize,
) {
    let job = WeightRun {
        map,
        grad,
        run,
        channels,
    };
    match taps.len() {
        9 => job.all_channels::<S, 9>(simd, taps, sums),
        6 => job.all_channels::<S, 6>(simd, taps, sums),
        4 => job.all_channels::<S, 4>(simd, taps, sums),
        _ => {
            for tap in taps.chunks(1) {
                job.all_channels::<S, 1>(simd, tap, sums);
            }
        }
    }
}

struct WeightRun<'a> {
    map: &'a [f32],
    grad: &'a [f32],
    run: &'a Run,
    channels: usize,
}

impl WeightRun<'_> {
    #[inline(always)]
    fn all_channels<S: Simd, const TAPS: usize>(&self, simd: S, taps: &[Tap], sums: &mut [f32]) {
        for start in (0..self.channels).step_by(S::F32_LANES) {
            if start + S::F32_LANES <= self.channels {
                self.some_channels::<S, TAPS>(simd, taps, (start, S::F32_LANES), sums);
            } else {
                self.some_channels::<S, TAPS>(simd, taps, (start, self.channels - start), sums);
            }
        }
    }

    #[inline(always)]
    fn some_channels<S: Simd, const TAPS: usize>(
        &self,
        simd: S,
        taps: &[Tap],
        (start, count): (usize, usize),
        sums: &mut [f32],
    ) {
        let channels = self.channels;
        let maps: [&[f32]; TAPS] = std::array::from_fn(|t| &self.map[taps[t].1 + start..]);
        let mut totals = [simd.splat_f32s(0.0); TAPS];
        let (mut from, mut to) = (0, self.run.first * channels + start);
        let (from_step, to_step) = (self.run.source_step * channels, self.run.step * channels);
        for _ in 0..self.run.count {
            let grad = load(simd, &self.grad[to..][..count]);
            for (total, map) in totals.iter_mut().zip(&maps) {
                *total = simd.mul_add_e_f32s(grad, load(simd, &map[from..][..count]), *total);
            }
            from += from_step;
            to += to_step;
        }
        for (&(weight, _), total) in taps.iter().zip(totals) {
            let sum = &mut sums[weight + start..][..count];
            let total = simd.add_f32s(load(simd, sum), total);
            store(simd, sum, total);
        }
    }
}
