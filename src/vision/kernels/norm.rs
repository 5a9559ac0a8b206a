//! Batch norm on channels-last maps: moments of each channel, the normalised and clamped map, and the sums
//! that its gradient needs.
//!
//! Sums over a block of rows are made in `f32` around the block's own mean and merged in `f64` (Chan et al.
//! 1979), so that a large mean does not eat the variance.

use pulp::{Simd, WithSimd};
use rayon::prelude::*;

use super::lanes::{clamp, inside, load, store};

/// Rows summed in `f32` before they are merged in `f64`.
const BLOCK_ROWS: usize = 128;

/// Count, mean and sum of squared deviations of each channel.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Moments {
    count: f64,
    mean: Vec<f64>,
    squares: Vec<f64>,
}

impl Moments {
    /// Adds another set of samples.
    pub(super) fn merge(&mut self, other: &Self) {
        if other.count <= 0.0 {
            return;
        }
        if self.count <= 0.0 {
            self.clone_from(other);
            return;
        }
        let total = self.count + other.count;
        let share = other.count / total;
        let cross = self.count * share;
        let own = self.mean.iter_mut().zip(&mut self.squares);
        for ((mean, squares), (other_mean, other_squares)) in own.zip(other.mean.iter().zip(&other.squares)) {
            let delta = other_mean - *mean;
            *mean += delta * share;
            *squares += other_squares + delta * delta * cross;
        }
        self.count = total;
    }

    /// The sum of all parts in their order, so that the result does not depend on threads.
    pub(super) fn total(parts: &[Self]) -> Self {
        let mut total = Self::default();
        for part in parts {
            total.merge(part);
        }
        total
    }

    /// Mean and biased variance of each channel.
    pub(super) fn mean_and_variance(&self) -> (Vec<f64>, Vec<f64>) {
        let variance = self.squares.iter().map(|s| s / self.count).collect();
        (self.mean.clone(), variance)
    }

    /// Adds the samples of `rows`, which should lie in a core's cache.
    #[inline(always)]
    pub(super) fn add_rows<S: Simd>(&mut self, simd: S, rows: &[f32], channels: usize) {
        for block in rows.chunks(BLOCK_ROWS * channels) {
            let count = block.len() / channels;
            let mut mean = vec![0.0_f32; channels];
            let mut squares = vec![0.0_f32; channels];
            let lanes = S::F32_LANES;
            let inverse = simd.splat_f32s(1.0 / count as f32);
            let outputs = mean.chunks_mut(lanes).zip(squares.chunks_mut(lanes));
            for (index, (mean_out, squares_out)) in outputs.enumerate() {
                let start = index * lanes;
                let end = (start + lanes).min(channels);
                let mut sum = simd.splat_f32s(0.0);
                for row in block.chunks_exact(channels) {
                    sum = simd.add_f32s(sum, load(simd, &row[start..end]));
                }
                let mean = simd.mul_f32s(sum, inverse);
                let mut sum = simd.splat_f32s(0.0);
                for row in block.chunks_exact(channels) {
                    let delta = simd.sub_f32s(load(simd, &row[start..end]), mean);
                    sum = simd.mul_add_e_f32s(delta, delta, sum);
                }
                store(simd, mean_out, mean);
                store(simd, squares_out, sum);
            }
            self.merge(&Self {
                count: count as f64,
                mean: mean.into_iter().map(f64::from).collect(),
                squares: squares.into_iter().map(f64::from).collect(),
            });
        }
    }
}

/// `clamp(map * scale + shift)` per channel, for all rows.
pub(super) fn scale_shift(map: &[f32], [scale, shift]: [&[f32]; 2], range: [f32; 2], out: &mut [f32]) {
    let channels = scale.len();
    let block = BLOCK_ROWS * channels;
    map.par_chunks(block)
        .zip(out.par_chunks_mut(block))
        .for_each(|(map, out)| {
            pulp::Arch::new().dispatch(ScaleShift {
                map,
                scale,
                shift,
                range,
                out,
            });
        });
}

struct ScaleShift<'a> {
    map: &'a [f32],
    scale: &'a [f32],
    shift: &'a [f32],
    range: [f32; 2],
    out: &'a mut [f32],
}

impl WithSimd for ScaleShift<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let channels = self.scale.len();
        let lanes = S::F32_LANES;
        let range = self.range.map(|v| simd.splat_f32s(v));
        let rows = self.map.chunks_exact(channels);
        for (row, out) in rows.zip(self.out.chunks_exact_mut(channels)) {
            let parameters = self.scale.chunks(lanes).zip(self.shift.chunks(lanes));
            let values = row.chunks(lanes).zip(out.chunks_mut(lanes));
            for ((scale, shift), (row, out)) in parameters.zip(values) {
                let scaled = simd.mul_add_e_f32s(load(simd, row), load(simd, scale), load(simd, shift));
                store(simd, out, clamp(simd, scaled, range));
            }
        }
    }
}

/// What the gradient through a norm and the clamp after it needs of the forward pass.
#[derive(Debug, Clone)]
pub(super) struct Normed {
    /// `gamma / sqrt(variance + epsilon)`.
    pub(super) scale: Vec<f32>,
    /// `beta - mean * scale`.
    pub(super) shift: Vec<f32>,
    /// Mean of each channel.
    pub(super) mean: Vec<f32>,
    /// `1 / sqrt(variance + epsilon)`.
    pub(super) inverse_deviation: Vec<f32>,
    /// The clamp's range.
    pub(super) range: [f32; 2],
}

/// Per channel: the sums of the gradient and of the gradient times the normalised value, counting only what
/// the clamp let through: the gradients of beta and gamma.
pub(super) fn norm_sums(grad: &[f32], map: &[f32], norm: &Normed) -> [Vec<f64>; 2] {
    let channels = norm.scale.len();
    let block = BLOCK_ROWS * channels;
    // One set of sums for each stretch of the map, added up in order: the result does not depend on which
    // thread was when ready.
    let stretch = block * (grad.len() / block).div_ceil(64).max(1);
    let parts: Vec<[Vec<f64>; 2]> = grad
        .par_chunks(stretch)
        .zip(map.par_chunks(stretch))
        .map(|(grad, map)| {
            let mut sums = [vec![0.0; channels], vec![0.0; channels]];
            let mut block_sums = vec![0.0_f32; 2 * channels];
            for (grad, map) in grad.chunks(block).zip(map.chunks(block)) {
                block_sums.fill(0.0);
                pulp::Arch::new().dispatch(NormSums {
                    grad,
                    map,
                    norm,
                    sums: &mut block_sums,
                });
                for (sums, block) in sums.iter_mut().zip(block_sums.chunks_exact(channels)) {
                    for (sum, &value) in sums.iter_mut().zip(block) {
                        *sum += f64::from(value);
                    }
                }
            }
            sums
        })
        .collect();
    let mut total = [vec![0.0; channels], vec![0.0; channels]];
    for part in &parts {
        for (total, part) in total.iter_mut().zip(part) {
            for (total, part) in total.iter_mut().zip(part) {
                *total += part;
            }
        }
    }
    let [plain, mut centred] = total;
    for (sum, &inverse) in centred.iter_mut().zip(&norm.inverse_deviation) {
        *sum *= f64::from(inverse);
    }
    [plain, centred]
}

struct NormSums<'a> {
    grad: &'a [f32],
    map: &'a [f32],
    norm: &'a Normed,
    sums: &'a mut [f32],
}

impl WithSimd for NormSums<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let norm = self.norm;
        let channels = norm.scale.len();
        let lanes = S::F32_LANES;
        let range = norm.range.map(|v| simd.splat_f32s(v));
        let (plain, centred) = self.sums.split_at_mut(channels);
        let rows = self.grad.chunks_exact(channels);
        for (grad, map) in rows.zip(self.map.chunks_exact(channels)) {
            let parameters = norm.scale.chunks(lanes).zip(norm.shift.chunks(lanes));
            let parameters = parameters.zip(norm.mean.chunks(lanes));
            let values = grad.chunks(lanes).zip(map.chunks(lanes));
            let sums = plain.chunks_mut(lanes).zip(centred.chunks_mut(lanes));
            for ((((scale, shift), mean), (grad, map)), (plain, centred)) in parameters.zip(values).zip(sums)
            {
                let map = load(simd, map);
                let normed = simd.mul_add_e_f32s(map, load(simd, scale), load(simd, shift));
                let grad = inside(simd, load(simd, grad), normed, range);
                let sum = simd.add_f32s(load(simd, plain), grad);
                store(simd, plain, sum);
                let delta = simd.sub_f32s(map, load(simd, mean));
                let sum = simd.mul_add_e_f32s(grad, delta, load(simd, centred));
                store(simd, centred, sum);
            }
        }
    }
}
