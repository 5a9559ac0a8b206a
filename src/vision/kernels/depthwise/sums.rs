//! Sums of weight times map over the taps of a kernel, for the pixels of a run: what the convolution and the
//! gradient of its input both are.

use pulp::Simd;

use super::{
    super::lanes::{UNCLAMPED, clamp},
    Run,
};

/// Weights, `[kernel, kernel, channels]`, and the map that is read.
pub(super) struct Source<'a> {
    pub(super) weight: &'a [f32],
    pub(super) map: &'a [f32],
    pub(super) kernel: usize,
    pub(super) width: usize,
    pub(super) channels: usize,
}

/// Where a tap's weights begin, and what the first pixel of a run reads through it.
pub(super) type Tap = (usize, usize);

impl Source<'_> {
    pub(super) fn taps(&self, run: &Run, rows: &[(usize, usize)]) -> Vec<Tap> {
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
    pub(super) fn sum_run<S: Simd>(
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
