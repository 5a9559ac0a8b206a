//! Matrix products over rows of pixels, in registers: what a 1x1 convolution is in channels-last order.
//!
//! [`Panels`] holds the small matrix (weights) repacked so that the inner loop reads it in order;
//! [`rows_times_panels`] multiplies rows of activations by it, adding a bias and clamping while the result is
//! still in registers; [`add_outer`] adds the product of two row blocks' transposes, the gradient of the
//! weights. Everything works on blocks that fit a core's cache and knows nothing of pictures or threads.

use pulp::Simd;

use super::lanes::{clamp, load, store};

/// A matrix `[depth, columns]` in panels of a few vector registers' width, each panel `[depth, width]`,
/// padded with zeros; with a bias per column.
pub(super) struct Panels {
    depth: usize,
    columns: usize,
    lanes: usize,
    widest: usize,
    data: Vec<f32>,
    bias: Vec<f32>,
}

/// How a matrix given to [`Panels::pack`] lies in memory.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    /// `[depth, columns]`.
    DepthMajor,
    /// `[columns, depth]`, as convolution weights `[output, input]` are for the forward product.
    ColumnMajor,
}

/// Registers a panel is wide: three leave room for 8 rows of accumulators in 32 registers.
const fn widest<S: Simd>() -> usize {
    if S::REGISTER_COUNT >= 32 { 3 } else { 2 }
}

impl Panels {
    /// Packs `matrix` for the registers of `S`.
    #[inline(always)]
    pub(super) fn pack<S: Simd>(
        matrix: &[f32],
        [depth, columns]: [usize; 2],
        order: Order,
        bias: Option<&[f32]>,
    ) -> Self {
        assert_eq!(matrix.len(), depth * columns, "the matrix has its shape");
        let lanes = S::F32_LANES;
        let widest = widest::<S>();
        let padded = columns.next_multiple_of(lanes);
        let mut data = vec![0.0; depth * padded];
        let mut start = 0;
        let mut rest = data.as_mut_slice();
        while start < columns {
            let width = (widest * lanes).min(padded - start);
            let (panel, after) = std::mem::take(&mut rest).split_at_mut(width * depth);
            rest = after;
            let used = width.min(columns - start);
            match order {
                Order::DepthMajor => {
                    for (row, source) in panel.chunks_exact_mut(width).zip(matrix.chunks_exact(columns)) {
                        row[..used].copy_from_slice(&source[start..start + used]);
                    }
                }
                Order::ColumnMajor => {
                    let columns = matrix[start * depth..(start + used) * depth].chunks_exact(depth);
                    for (column, source) in columns.enumerate() {
                        for (row, &value) in panel.chunks_exact_mut(width).zip(source) {
                            row[column] = value;
                        }
                    }
                }
            }
            start += width;
        }
        let mut padded_bias = vec![0.0; padded];
        if let Some(bias) = bias {
            padded_bias[..columns].copy_from_slice(bias);
        }
        Self {
            depth,
            columns,
            lanes,
            widest,
            data,
            bias: padded_bias,
        }
    }
}

/// `out[r] = clamp(rows[r] * panels + bias, low, high)` for every row; the bias is that of the panels.
#[inline(always)]
pub(super) fn rows_times_panels<S: Simd>(
    simd: S,
    rows: &[f32],
    panels: &Panels,
    [low, high]: [f32; 2],
    out: &mut [f32],
) {
    let Panels {
        depth,
        columns,
        lanes,
        widest,
        ..
    } = *panels;
    assert_eq!(lanes, S::F32_LANES, "packed for these registers");
    let mut data = panels.data.as_slice();
    let mut bias = panels.bias.as_slice();
    let mut start = 0;
    while !bias.is_empty() {
        let width = (widest * lanes).min(bias.len());
        let (panel, data_after) = data.split_at(width * depth);
        let (panel_bias, bias_after) = bias.split_at(width);
        (data, bias) = (data_after, bias_after);
        let job = PanelJob {
            rows,
            depth,
            panel: S::as_simd_f32s(panel).0,
            bias: S::as_simd_f32s(panel_bias).0,
            clamp: [simd.splat_f32s(low), simd.splat_f32s(high)],
            start,
            columns,
        };
        match (width / lanes, S::REGISTER_COUNT >= 32) {
            (3, _) => job.run::<3, 8>(simd, out),
            (2, true) => job.run::<2, 12>(simd, out),
            (2, false) => job.run::<2, 6>(simd, out),
            (_, true) => job.run::<1, 16>(simd, out),
            (_, false) => job.run::<1, 8>(simd, out),
        }
        start += width;
    }
}

struct PanelJob<'a, S: Simd> {
    rows: &'a [f32],
    depth: usize,
    panel: &'a [S::f32s],
    bias: &'a [S::f32s],
    clamp: [S::f32s; 2],
    start: usize,
    columns: usize,
}

impl<S: Simd> PanelJob<'_, S> {
    #[inline(always)]
    fn run<const WIDTH: usize, const ROWS: usize>(&self, simd: S, out: &mut [f32]) {
        let rows = self.rows.chunks(ROWS * self.depth);
        for (rows, out) in rows.zip(out.chunks_mut(ROWS * self.columns)) {
            if out.len() == ROWS * self.columns {
                self.block::<WIDTH, ROWS>(simd, rows, out);
            } else {
                let single = rows.chunks_exact(self.depth);
                for (row, out) in single.zip(out.chunks_exact_mut(self.columns)) {
                    self.block::<WIDTH, 1>(simd, row, out);
                }
            }
        }
    }

    #[inline(always)]
    fn block<const WIDTH: usize, const ROWS: usize>(&self, simd: S, rows: &[f32], out: &mut [f32]) {
        let depth = self.depth;
        let rows: [&[f32]; ROWS] = std::array::from_fn(|r| &rows[r * depth..][..depth]);
        let mut sums = [[simd.splat_f32s(0.0); WIDTH]; ROWS];
        for sum in &mut sums {
            sum.copy_from_slice(&self.bias[..WIDTH]);
        }
        let panel = &self.panel.as_chunks::<WIDTH>().0[..depth];
        for (k, column) in panel.iter().enumerate() {
            for (row, sum) in rows.iter().zip(&mut sums) {
                let value = simd.splat_f32s(row[k]);
                for (sum, &weight) in sum.iter_mut().zip(column) {
                    *sum = simd.mul_add_e_f32s(value, weight, *sum);
                }
            }
        }
        for (sum, out) in sums.iter().zip(out.chunks_exact_mut(self.columns)) {
            let out = &mut out[self.start..];
            for (&sum, out) in sum.iter().zip(out.chunks_mut(S::F32_LANES)) {
                store(simd, out, clamp(simd, sum, self.clamp));
            }
        }
    }
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
