//! The gradient of a 1x1 convolution's weights: the product of two row blocks' transposes, in registers.
//!
//! [`add_outer`] works on blocks that fit a core's cache and knows nothing of pictures or threads. The other
//! product of a convolution, rows times weights, is the inference engine's ([`crate::vision::engine`]).

use pulp::Simd;

use super::lanes::load;

/// Registers that a block of sums is wide: three leave room for 8 rows of accumulators in 32 registers.
const fn widest<S: Simd>() -> usize {
    if S::REGISTER_COUNT >= 32 { 3 } else { 2 }
}

/// Adds `left^T * right` over a block of rows to `sums`, which is `[left columns, padded right columns]`.
///
/// `left_columns` and `right_columns` are the row lengths; `sums` is padded to whole registers, see
/// [`padded`].
#[inline(always)]
pub(super) fn add_outer<S: Simd>(
    simd: S,
    (left, left_columns): (&[f32], usize),
    (right, right_columns): (&[f32], usize),
    sums: &mut [f32],
) {
    let padded = padded::<S>(right_columns);
    assert_eq!(sums.len(), left_columns * padded, "sums are padded");
    let lanes = S::F32_LANES;
    let widest = widest::<S>();
    let mut right_start = 0;
    while right_start < padded {
        let width = widest.min((padded - right_start) / lanes);
        let mut left_start = 0;
        while left_start < left_columns {
            let job = OuterJob {
                left,
                left_columns,
                left_start,
                right,
                right_columns,
                right_start,
                padded,
            };
            let many = if S::REGISTER_COUNT >= 32 { 8 } else { 4 };
            let rest = left_columns - left_start;
            let height = if rest >= many { many } else { 1 };
            match (width, height) {
                (3, 8) => job.run::<S, 3, 8>(simd, sums),
                (3, _) => job.run::<S, 3, 1>(simd, sums),
                (2, 8) => job.run::<S, 2, 8>(simd, sums),
                (2, 4) => job.run::<S, 2, 4>(simd, sums),
                (2, _) => job.run::<S, 2, 1>(simd, sums),
                (_, 8) => job.run::<S, 1, 8>(simd, sums),
                (_, 4) => job.run::<S, 1, 4>(simd, sums),
                (_, _) => job.run::<S, 1, 1>(simd, sums),
            }
            left_start += height;
        }
        right_start += width * lanes;
    }
}

/// Columns padded to whole registers.
#[inline(always)]
pub(super) fn padded<S: Simd>(columns: usize) -> usize {
    columns.next_multiple_of(S::F32_LANES)
}

struct OuterJob<'a> {
    left: &'a [f32],
    left_columns: usize,
    left_start: usize,
    right: &'a [f32],
    right_columns: usize,
    right_start: usize,
    padded: usize,
}

impl OuterJob<'_> {
    #[inline(always)]
    fn run<S: Simd, const WIDTH: usize, const HEIGHT: usize>(&self, simd: S, sums: &mut [f32]) {
        if self.right_start + WIDTH * S::F32_LANES <= self.right_columns {
            self.block::<S, WIDTH, HEIGHT, false>(simd, sums);
        } else {
            self.block::<S, WIDTH, HEIGHT, true>(simd, sums);
        }
    }

    #[inline(always)]
    fn block<S: Simd, const WIDTH: usize, const HEIGHT: usize, const RAGGED: bool>(
        &self,
        simd: S,
        sums: &mut [f32],
    ) {
        let lanes = S::F32_LANES;
        let zero = simd.splat_f32s(0.0);
        let mut block = [[zero; WIDTH]; HEIGHT];
        let rows = self.left.chunks_exact(self.left_columns);
        let right_rows = self.right.chunks_exact(self.right_columns);
        for (left, right) in rows.zip(right_rows) {
            let left = &left[self.left_start..][..HEIGHT];
            let right = &right[self.right_start..];
            let mut values = [zero; WIDTH];
            if RAGGED {
                for (value, right) in values.iter_mut().zip(right.chunks(lanes)) {
                    *value = load(simd, right);
                }
            } else {
                values.copy_from_slice(&S::as_simd_f32s(&right[..WIDTH * lanes]).0[..WIDTH]);
            }
            for (sums, &left) in block.iter_mut().zip(left) {
                let left = simd.splat_f32s(left);
                for (sum, &value) in sums.iter_mut().zip(&values) {
                    *sum = simd.mul_add_e_f32s(left, value, *sum);
                }
            }
        }
        let rows = sums.chunks_exact_mut(self.padded).skip(self.left_start);
        for (row, block) in rows.zip(&block) {
            let row = S::as_mut_simd_f32s(&mut row[self.right_start..][..WIDTH * lanes]).0;
            for (sum, &value) in row.iter_mut().zip(block) {
                *sum = simd.add_f32s(*sum, value);
            }
        }
    }
}
