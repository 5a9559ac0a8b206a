//! The gradient that arrives at a convolution's output, taken back through what followed the convolution
//! (clamp, or batch norm and clamp) block by block, while the block is in a core's cache.

use pulp::Simd;

use super::{
    lanes::{inside, load, store},
    norm::Normed,
};

/// Gradient of the layer's output and what is needed to take it back to the convolution's output.
#[derive(Clone, Copy)]
pub(super) enum Incoming<'a> {
    /// Nothing followed.
    Plain(&'a [f32]),
    /// A clamp followed, whose output is kept.
    Clamped {
        /// Gradient of the clamp's output.
        grad: &'a [f32],
        /// The clamp's output.
        output: &'a [f32],
        /// The clamp's range.
        range: [f32; 2],
    },
    /// A batch norm on batch statistics and a clamp followed; the convolution's output is kept.
    Normed {
        /// Gradient of the clamp's output.
        grad: &'a [f32],
        /// The convolution's output.
        map: &'a [f32],
        /// The norm's forward values.
        norm: &'a Normed,
        /// Per channel, see [`through_statistics`].
        through: &'a ThroughStatistics,
    },
}

/// Gradient of the convolution's output by way of mean and variance: `offset + slope * map` per channel.
#[derive(Debug, Clone)]
pub(super) struct ThroughStatistics {
    offset: Vec<f32>,
    slope: Vec<f32>,
}

/// From the sums of [`super::norm::norm_sums`] over `count` samples.
///
/// # Source
/// Ioffe and Szegedy 2015, section 3: `dz = scale * (g - mean(g) - z_hat * mean(g * z_hat))`.
#[expect(clippy::cast_possible_truncation, reason = "the result is stored in f32")]
pub(super) fn through_statistics(
    norm: &Normed,
    [plain, centred]: &[Vec<f64>; 2],
    count: usize,
) -> ThroughStatistics {
    let count = count as f64;
    let mut offset = Vec::with_capacity(plain.len());
    let mut slope = Vec::with_capacity(plain.len());
    for (channel, (plain, centred)) in plain.iter().zip(centred).enumerate() {
        let scale = f64::from(norm.scale[channel]);
        let by_map = -scale * f64::from(norm.inverse_deviation[channel]) * centred / count;
        slope.push(by_map as f32);
        offset.push((-scale * plain / count - by_map * f64::from(norm.mean[channel])) as f32);
    }
    ThroughStatistics { offset, slope }
}

impl<'a> Incoming<'a> {
    /// The gradient of the convolution's output for the rows of `range` (in values), computed into `scratch`
    /// unless it is there already.
    #[inline(always)]
    pub(super) fn rows<'s, S: Simd>(
        &self,
        simd: S,
        range: std::ops::Range<usize>,
        channels: usize,
        scratch: &'s mut [f32],
    ) -> &'s [f32]
    where
        'a: 's,
    {
        match *self {
            Self::Plain(grad) => &grad[range],
            Self::Clamped {
                grad,
                output,
                range: limits,
            } => {
                let limits = limits.map(|v| simd.splat_f32s(v));
                let (grad, output) = (&grad[range.clone()], &output[range]);
                let out = &mut scratch[..grad.len()];
                let lanes = S::F32_LANES;
                let values = grad.chunks(lanes).zip(output.chunks(lanes));
                for ((grad, output), out) in values.zip(out.chunks_mut(lanes)) {
                    store(
                        simd,
                        out,
                        inside(simd, load(simd, grad), load(simd, output), limits),
                    );
                }
                out
            }
            Self::Normed {
                grad,
                map,
                norm,
                through,
            } => {
                let (grad, map) = (&grad[range.clone()], &map[range]);
                let out = &mut scratch[..grad.len()];
                normed_rows(simd, (grad, map), norm, through, channels, out);
                out
            }
        }
    }
}

#[inline(always)]
fn normed_rows<S: Simd>(
    simd: S,
    (grad, map): (&[f32], &[f32]),
    norm: &Normed,
    through: &ThroughStatistics,
    channels: usize,
    out: &mut [f32],
) {
    let lanes = S::F32_LANES;
    let limits = norm.range.map(|v| simd.splat_f32s(v));
    let rows = grad.chunks_exact(channels).zip(map.chunks_exact(channels));
    for ((grad, map), out) in rows.zip(out.chunks_exact_mut(channels)) {
        let parameters = norm.scale.chunks(lanes).zip(norm.shift.chunks(lanes));
        let parameters = parameters.zip(through.offset.chunks(lanes).zip(through.slope.chunks(lanes)));
        let values = grad
            .chunks(lanes)
            .zip(map.chunks(lanes))
            .zip(out.chunks_mut(lanes));
        for (((scale, shift), (offset, slope)), ((grad, map), out)) in parameters.zip(values) {
            let (map, scale) = (load(simd, map), load(simd, scale));
            let normed = simd.mul_add_e_f32s(map, scale, load(simd, shift));
            let grad = inside(simd, load(simd, grad), normed, limits);
            let rest = simd.mul_add_e_f32s(map, load(simd, slope), load(simd, offset));
            store(simd, out, simd.mul_add_e_f32s(grad, scale, rest));
        }
    }
}
