//! The inner loops of [`Precision::Bytes`], written once over [`Bytes`]; the tables of `kernels` hold them.
//! As there, nothing here checks a bound.
//!
//! [`Precision::Bytes`]: crate::vision::engine::Precision

use super::{
    bytes::Bytes,
    kernels::{DepthwiseRow, Tile, row_sums},
};

/// Numbers that become bytes: `number = low + scale * byte`.
#[derive(Clone, Copy)]
pub(super) struct QuantiseRow {
    /// The numbers.
    pub from: *const f32,
    /// How many; a multiple of the lanes.
    pub count: usize,
    /// As many bytes.
    pub to: *mut u8,
    /// Where `scale` and `low` go.
    pub range: *mut f32,
}

pub(super) type QuantiseFn = unsafe fn(&QuantiseRow);

/// Largest byte.
const MOST: f32 = 255.0;

/// As `kernels::tile`, on quads: `depth` counts them, and
/// `out[r][c] = clamp(scale * scales[c] * sum + low * corrections[c] + bias[c] (+ added[r][c]))`.
///
/// # Safety
/// All pointers of the tile reach what it describes, and the processor has the instructions of `V`.
#[inline(always)]
pub(super) unsafe fn tile<V: Bytes, const ROWS: usize, const REGISTERS: usize>(t: &Tile) {
    if const { ROWS > V::MAX_ROWS[REGISTERS - 1] } {
        // Never asked for; nothing is compiled for it.
        return;
    }
    // SAFETY: the caller's promise; every offset below stays inside the tile.
    unsafe {
        let mut sums = [[V::zeros(); REGISTERS]; ROWS];
        let (mut a, mut b) = (t.a, t.b);
        for _ in 0..t.depth {
            let mut columns = [V::zeros(); REGISTERS];
            for (c, column) in columns.iter_mut().enumerate() {
                *column = V::load_quads(b.add(c * V::LANES));
            }
            for (r, row) in sums.iter_mut().enumerate() {
                let values = V::splat_quad(a.add(r.wrapping_mul(t.a_step)));
                for (sum, column) in row.iter_mut().zip(columns) {
                    *sum = V::dot(*sum, values, column);
                }
            }
            a = a.add(1);
            b = b.add(REGISTERS * V::LANES);
        }
        let nothing = V::splat(0.0);
        let (scale, lowest) = (V::splat(t.scale), V::splat(t.low));
        let (low, high) = (V::splat(t.clamp[0]), V::splat(t.clamp[1]));
        for c in 0..REGISTERS {
            let at = c * V::LANES;
            let factor = V::load(t.scales.add(at)).mul_add(scale, nothing);
            let base = lowest.mul_add(V::load(t.corrections.add(at)), V::load(t.bias.add(at)));
            for (r, row) in sums.iter().enumerate() {
                let mut value = V::of_ints(row[c]).mul_add(factor, base);
                if !t.added.is_null() {
                    let added = t.added.add(r.wrapping_mul(t.added_step)).add(at);
                    value = value.add(V::load(added));
                }
                let out = t.out.add(r.wrapping_mul(t.out_step)).add(at);
                value.clamp(low, high).store(out);
            }
        }
    }
}

/// As `kernels::depthwise`, storing a byte for each number from 0 to the clamp's upper end; steps stay in
/// numbers, each of which holds four bytes.
///
/// # Safety
/// All pointers reach what the row describes, and the processor has the instructions of `V`.
#[inline(always)]
pub(super) unsafe fn depthwise<V: Bytes, const STRIDE: usize, const BLOCK: usize>(d: &DepthwiseRow) {
    // SAFETY: the caller's promise.
    unsafe {
        let step = d.registers.wrapping_mul(V::LANES);
        let (low, high) = (V::splat(0.0), V::splat(d.clamp[1]));
        let scale = V::splat(MOST / d.clamp[1]);
        for register in 0..d.registers {
            let at = register.wrapping_mul(V::LANES);
            let rows = d.rows.map(|row| row.add(at));
            let out = d.out.cast::<u8>().add(at);
            let bias = V::load(d.bias.add(at));
            let mut weights = [V::splat(0.0); 9];
            for (k, weight) in weights.iter_mut().enumerate() {
                *weight = V::load(d.weights.add((register.wrapping_mul(9) + k) * V::LANES));
            }
            let store = |sum: V, x: usize| {
                let value = sum.clamp(low, high).mul_add(scale, low);
                value.store_bytes(out.add(x.wrapping_mul(4 * d.out_step)));
            };
            let mut x = 0;
            while x + BLOCK <= d.width {
                let sums = row_sums::<V, STRIDE, BLOCK>(rows, x, step, bias, &weights);
                for (i, sum) in sums.into_iter().enumerate() {
                    store(sum, x + i);
                }
                x += BLOCK;
            }
            while x < d.width {
                let [sum] = row_sums::<V, STRIDE, 1>(rows, x, step, bias, &weights);
                store(sum, x);
                x += 1;
            }
        }
    }
}

/// Bytes for a row of numbers, with the range that the row has.
///
/// # Safety
/// All pointers reach what the row describes, and the processor has the instructions of `V`.
#[inline(always)]
pub(super) unsafe fn quantise<V: Bytes>(q: &QuantiseRow) {
    // SAFETY: the caller's promise.
    unsafe {
        let (down, up) = (V::splat(f32::NEG_INFINITY), V::splat(f32::INFINITY));
        // Two of each, so that one comparison need not wait for the one before.
        let (mut lows, mut highs) = ([up; 2], [down; 2]);
        for (index, at) in (0..q.count).step_by(V::LANES).enumerate() {
            let value = V::load(q.from.add(at));
            let chain = index % 2;
            lows[chain] = value.clamp(down, lows[chain]);
            highs[chain] = value.clamp(highs[chain], up);
        }
        let low = lows[0].clamp(down, lows[1]).fold(f32::INFINITY, f32::min);
        let high = highs[0].clamp(highs[1], up).fold(f32::NEG_INFINITY, f32::max);
        let width = high - low;
        let (scale, inverse) = if width > 0.0 && width.is_finite() {
            (width / MOST, MOST / width)
        } else {
            (0.0, 0.0)
        };
        q.range.write(scale);
        q.range.add(1).write(low);
        let (inverse, shift) = (V::splat(inverse), V::splat(-low * inverse));
        for at in (0..q.count).step_by(V::LANES) {
            let value = V::load(q.from.add(at)).mul_add(inverse, shift);
            value
                .clamp(V::splat(0.0), V::splat(MOST))
                .store_bytes(q.to.add(at));
        }
    }
}
