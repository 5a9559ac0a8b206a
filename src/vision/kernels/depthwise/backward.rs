//! The gradients of a depthwise convolution: of its input, its weights and its bias, band by band.

use pulp::{Arch, Simd, WithSimd};
use rayon::prelude::*;

use super::{
    super::{
        buffers::with_scratch,
        conv::{ParameterGradients, Wanted, add_rows},
        geometry::Geometry,
        incoming::Incoming,
        lanes::{UNCLAMPED, load, store},
    },
    Band, Run, band_rows, bands, kernel_rows, runs,
    sums::{Source, Tap},
    taps_first,
};

/// Gradients of the input (written to `dx` if given), the weights and the bias.
pub(in crate::vision::kernels) fn backward(
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
