//! The inner loops, written once over [`Vector`] and compiled once for each instruction set.
//!
//! A kernel is called through a table of function pointers that is chosen once, when a network is loaded.
//! None of them checks a bound: the callers in `run` and `checked` do, once a row or a tile.

use super::{
    byte_kernels::{QuantiseFn, QuantiseRow},
    vector::{Portable, Vector},
};
use crate::vision::engine::Isa;

/// One tile of a matrix product: `rows` pixels by `columns` registers of output channels.
///
/// `out[r][c] = clamp(bias[c] + sum over s, k of a[s][r][k] * b[s][k][c] (+ added[r][c]))`
#[derive(Clone, Copy)]
pub(super) struct Tile {
    /// First input of the first pixel.
    pub a: *const f32,
    /// From pixel to pixel, in numbers.
    pub a_step: usize,
    /// Runs of inputs that lie together, and how far apart they start: three rows for the stem, else one.
    pub segments: usize,
    /// From run to run, in numbers.
    pub a_segment: usize,
    /// Inputs in a run.
    pub depth: usize,
    /// Weights: for each input, a register row of outputs.
    pub b: *const f32,
    /// One a column.
    pub bias: *const f32,
    /// First output of the first pixel.
    pub out: *mut f32,
    /// From pixel to pixel.
    pub out_step: usize,
    /// What is added to the output, laid out like it with its own step; null if nothing.
    pub added: *const f32,
    /// From pixel to pixel.
    pub added_step: usize,
    /// Smallest and largest output.
    pub clamp: [f32; 2],
    /// For tiles of bytes, one a column: what a weight's byte stands for, and the sum of the column's weights.
    pub scales: *const f32,
    /// See `scales`.
    pub corrections: *const f32,
    /// For tiles of bytes: what a step of an input's byte stands for.
    pub scale: f32,
    /// For tiles of bytes: what the byte 0 of an input stands for.
    pub low: f32,
}

/// One row of a depthwise 3x3 convolution for the channels of one panel.
#[derive(Clone, Copy)]
pub(super) struct DepthwiseRow {
    /// The three input rows, each with a column of padding on both sides, a panel wide.
    pub rows: [*const f32; 3],
    /// Registers in a panel.
    pub registers: usize,
    /// Nine register rows of weights for each register of the panel.
    pub weights: *const f32,
    /// One a channel.
    pub bias: *const f32,
    /// First output.
    pub out: *mut f32,
    /// From output pixel to output pixel.
    pub out_step: usize,
    /// Output pixels.
    pub width: usize,
    /// Smallest and largest output.
    pub clamp: [f32; 2],
}

pub(super) type TileFn = unsafe fn(&Tile);
pub(super) type DepthwiseFn = unsafe fn(&DepthwiseRow);

/// The kernels of one instruction set.
pub(super) struct Kernels {
    /// Numbers in a register.
    pub lanes: usize,
    /// Most rows of a tile 1, 2, 3 or 4 registers wide; 0 if it has none so wide.
    pub max_rows: [usize; 4],
    /// By registers - 1, then rows - 1.
    pub tiles: [[TileFn; MOST_ROWS]; 4],
    /// For strides 1 and 2.
    pub depthwise: [DepthwiseFn; 2],
    /// As `tiles` and `depthwise`, on bytes.
    pub byte_tiles: [[TileFn; MOST_ROWS]; 4],
    /// See `byte_tiles`.
    pub byte_depthwise: [DepthwiseFn; 2],
    /// Makes bytes of numbers.
    pub quantise: QuantiseFn,
    /// Adds `weight * byte` to each sum, product and sum each rounded.
    pub accumulate: unsafe fn(&mut [f32], &[u8], f32),
    /// A loop of multiply-adds that touches no memory; gives back how many it did.
    pub peak: unsafe fn(u32) -> u64,
}

impl std::fmt::Debug for Kernels {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Kernels")
            .field("lanes", &self.lanes)
            .finish_non_exhaustive()
    }
}

/// Rows of the highest tile of all.
pub(super) const MOST_ROWS: usize = 14;

/// The kernels of an instruction set.
///
/// # Panics
/// If this machine does not have it: running them would be undefined behaviour.
pub(super) fn of(isa: Isa) -> &'static Kernels {
    assert!(isa.is_available(), "{} is not there on this machine", isa.name());
    match isa {
        Isa::Portable => &portable::KERNELS,
        #[cfg(target_arch = "x86_64")]
        Isa::Avx2 => &avx2::KERNELS,
        #[cfg(target_arch = "x86_64")]
        Isa::Avx512 => &avx512::KERNELS,
        #[cfg(target_arch = "aarch64")]
        Isa::Neon => &neon::KERNELS,
        #[cfg(not(target_arch = "x86_64"))]
        Isa::Avx2 | Isa::Avx512 => &portable::KERNELS,
        #[cfg(not(target_arch = "aarch64"))]
        Isa::Neon => &portable::KERNELS,
    }
}

/// # Safety
/// All pointers of the tile reach what it describes, and the processor has the instructions of `V`.
#[inline(always)]
unsafe fn tile<V: Vector, const ROWS: usize, const REGISTERS: usize>(t: &Tile) {
    if const { ROWS > V::MAX_ROWS[REGISTERS - 1] } {
        // Never asked for; nothing is compiled for it.
        return;
    }
    // SAFETY: the caller's promise; every offset below stays inside the tile.
    unsafe {
        let mut sums = [[V::splat(0.0); REGISTERS]; ROWS];
        for c in 0..REGISTERS {
            let bias = V::load(t.bias.add(c * V::LANES));
            for row in &mut sums {
                row[c] = bias;
            }
        }
        let step = t.a_step;
        let mut b = t.b;
        for segment in 0..t.segments {
            let mut a = t.a.add(segment.wrapping_mul(t.a_segment));
            // Groups of three rows share a pointer: `p`, `p + step` and `p + 2 * step` are one addressing
            // mode each, so that a tall tile needs a third of the pointer registers.
            for _ in 0..t.depth {
                let mut columns = [V::splat(0.0); REGISTERS];
                for (c, column) in columns.iter_mut().enumerate() {
                    *column = V::load(b.add(c * V::LANES));
                }
                let mut row = 0;
                while row < ROWS {
                    let value = V::splat(*a.add(row.wrapping_mul(step)));
                    for c in 0..REGISTERS {
                        sums[row][c] = value.mul_add(columns[c], sums[row][c]);
                    }
                    row += 1;
                }
                a = a.add(1);
                b = b.add(REGISTERS * V::LANES);
            }
        }
        let (low, high) = (V::splat(t.clamp[0]), V::splat(t.clamp[1]));
        if !t.added.is_null() {
            for (r, row) in sums.iter_mut().enumerate() {
                for (c, sum) in row.iter_mut().enumerate() {
                    let added = t.added.add(r.wrapping_mul(t.added_step)).add(c * V::LANES);
                    *sum = sum.add(V::load(added));
                }
            }
        }
        for (r, row) in sums.iter().enumerate() {
            for (c, sum) in row.iter().enumerate() {
                let out = t.out.add(r.wrapping_mul(t.out_step)).add(c * V::LANES);
                sum.clamp(low, high).store(out);
            }
        }
    }
}

/// # Safety
/// All pointers reach what the row describes, and the processor has the instructions of `V`.
#[inline(always)]
unsafe fn depthwise<V: Vector, const STRIDE: usize, const BLOCK: usize>(d: &DepthwiseRow) {
    // SAFETY: the caller's promise.
    unsafe {
        let step = d.registers.wrapping_mul(V::LANES);
        for register in 0..d.registers {
            let at = register.wrapping_mul(V::LANES);
            let rows = d.rows.map(|row| row.add(at));
            let out = d.out.add(at);
            let bias = V::load(d.bias.add(at));
            let mut weights = [V::splat(0.0); 9];
            for (k, weight) in weights.iter_mut().enumerate() {
                *weight = V::load(d.weights.add((register.wrapping_mul(9) + k) * V::LANES));
            }
            let mut x = 0;
            let (low, high) = (V::splat(d.clamp[0]), V::splat(d.clamp[1]));
            while x + BLOCK <= d.width {
                let sums = row_sums::<V, STRIDE, BLOCK>(rows, x, step, bias, &weights);
                for (i, sum) in sums.into_iter().enumerate() {
                    sum.clamp(low, high)
                        .store(out.add((x + i).wrapping_mul(d.out_step)));
                }
                x += BLOCK;
            }
            while x < d.width {
                let [sum] = row_sums::<V, STRIDE, 1>(rows, x, step, bias, &weights);
                sum.clamp(low, high).store(out.add(x.wrapping_mul(d.out_step)));
                x += 1;
            }
        }
    }
}

/// `BLOCK` neighbouring sums of one register of channels, from output `x` on; `step` numbers lie from column to
/// column of the input rows.
///
/// # Safety
/// As [`depthwise`].
#[inline(always)]
pub(super) unsafe fn row_sums<V: Vector, const STRIDE: usize, const BLOCK: usize>(
    rows: [*const f32; 3],
    x: usize,
    step: usize,
    bias: V,
    weights: &[V; 9],
) -> [V; BLOCK] {
    let mut sums = [bias; BLOCK];
    // SAFETY: the caller's promise.
    unsafe {
        for (ky, row) in rows.iter().enumerate() {
            let first = row.add(x.wrapping_mul(STRIDE).wrapping_mul(step));
            for (i, sum) in sums.iter_mut().enumerate() {
                for kx in 0..3 {
                    let value = V::load(first.add((i * STRIDE + kx).wrapping_mul(step)));
                    *sum = value.mul_add(weights[ky * 3 + kx], *sum);
                }
            }
        }
    }
    sums
}

/// Sixteen independent chains of multiply-adds: enough to hide the latency of any processor.
///
/// # Safety
/// The processor has the instructions of `V`.
#[inline(always)]
unsafe fn peak<V: Vector>(rounds: u32) -> u64 {
    const CHAINS: usize = 12;
    // SAFETY: the caller's promise.
    unsafe {
        let factor = V::splat(std::hint::black_box(0.5));
        let plus = V::splat(std::hint::black_box(0.25));
        let mut sums = [plus; CHAINS];
        for _ in 0..rounds {
            for sum in &mut sums {
                *sum = sum.mul_add(factor, plus);
            }
        }
        let mut out = [0.0f32; 16];
        for sum in sums {
            sum.store(out.as_mut_ptr());
            std::hint::black_box(&out);
        }
    }
    u64::from(rounds) * (CHAINS * V::LANES) as u64
}

/// The table of one instruction set.
macro_rules! kernels {
    ($module:ident, $vector:ty, $block:literal $(, $feature:literal)* $(; $byte_feature:literal)*) => {
        mod $module {
            use super::{super::byte_kernels, DepthwiseRow, Kernels, QuantiseRow, Tile, TileFn, Vector};

            $(#[target_feature(enable = $feature)])*
            unsafe fn tile<const ROWS: usize, const REGISTERS: usize>(t: &Tile) {
                // SAFETY: the table is only given out on a machine that has the instructions.
                unsafe { super::tile::<$vector, ROWS, REGISTERS>(t) }
            }
            $(#[target_feature(enable = $feature)])*
            unsafe fn depthwise<const STRIDE: usize>(d: &DepthwiseRow) {
                // SAFETY: as above.
                unsafe { super::depthwise::<$vector, STRIDE, $block>(d) }
            }
            $(#[target_feature(enable = $feature)])*
            $(#[target_feature(enable = $byte_feature)])*
            unsafe fn byte_tile<const ROWS: usize, const REGISTERS: usize>(t: &Tile) {
                // SAFETY: as above; `of_bytes` asks for the instructions on bytes.
                unsafe { byte_kernels::tile::<$vector, ROWS, REGISTERS>(t) }
            }
            $(#[target_feature(enable = $feature)])*
            unsafe fn byte_depthwise<const STRIDE: usize>(d: &DepthwiseRow) {
                // SAFETY: as above.
                unsafe { byte_kernels::depthwise::<$vector, STRIDE, $block>(d) }
            }
            $(#[target_feature(enable = $feature)])*
            unsafe fn quantise(q: &QuantiseRow) {
                // SAFETY: as above.
                unsafe { byte_kernels::quantise::<$vector>(q) }
            }
            $(#[target_feature(enable = $feature)])*
            unsafe fn accumulate(sums: &mut [f32], bytes: &[u8], weight: f32) {
                for (sum, &byte) in sums.iter_mut().zip(bytes) {
                    *sum += weight * f32::from(byte);
                }
            }
            $(#[target_feature(enable = $feature)])*
            unsafe fn peak(rounds: u32) -> u64 {
                // SAFETY: as above.
                unsafe { super::peak::<$vector>(rounds) }
            }

            const fn byte_column<const REGISTERS: usize>() -> [TileFn; super::MOST_ROWS] {
                [
                    byte_tile::<1, REGISTERS>, byte_tile::<2, REGISTERS>, byte_tile::<3, REGISTERS>,
                    byte_tile::<4, REGISTERS>, byte_tile::<5, REGISTERS>, byte_tile::<6, REGISTERS>,
                    byte_tile::<7, REGISTERS>, byte_tile::<8, REGISTERS>, byte_tile::<9, REGISTERS>,
                    byte_tile::<10, REGISTERS>, byte_tile::<11, REGISTERS>, byte_tile::<12, REGISTERS>,
                    byte_tile::<13, REGISTERS>, byte_tile::<14, REGISTERS>,
                ]
            }

            const fn column<const REGISTERS: usize>() -> [TileFn; super::MOST_ROWS] {
                [
                    tile::<1, REGISTERS>, tile::<2, REGISTERS>, tile::<3, REGISTERS>,
                    tile::<4, REGISTERS>, tile::<5, REGISTERS>, tile::<6, REGISTERS>,
                    tile::<7, REGISTERS>, tile::<8, REGISTERS>, tile::<9, REGISTERS>,
                    tile::<10, REGISTERS>, tile::<11, REGISTERS>, tile::<12, REGISTERS>,
                    tile::<13, REGISTERS>, tile::<14, REGISTERS>,
                ]
            }

            pub(super) static KERNELS: Kernels = Kernels {
                lanes: <$vector>::LANES,
                max_rows: <$vector>::MAX_ROWS,
                tiles: [column::<1>(), column::<2>(), column::<3>(), column::<4>()],
                depthwise: [depthwise::<1>, depthwise::<2>],
                byte_tiles: [
                    byte_column::<1>(), byte_column::<2>(), byte_column::<3>(), byte_column::<4>(),
                ],
                byte_depthwise: [byte_depthwise::<1>, byte_depthwise::<2>],
                quantise,
                accumulate,
                peak,
            };
        }
    };
}

kernels!(portable, super::Portable, 2);
#[cfg(target_arch = "x86_64")]
kernels!(avx2, super::super::vector::Avx2, 4, "avx2", "fma");
#[cfg(target_arch = "x86_64")]
kernels!(avx512, super::super::vector::Avx512, 8, "avx512f"; "avx512vnni");
#[cfg(target_arch = "aarch64")]
kernels!(neon, super::super::vector::Neon, 4, "neon");
