//! Rows times a packed matrix: the engine's inner loop for others than its own networks, such as training.

use super::{
    Isa,
    aligned::Aligned,
    plan::best_panel,
    raw::{Panel, rows_times_panel, shape},
};

/// How a matrix given to [`Matrix::pack`] lies in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::vision) enum Order {
    /// `[depth, columns]`.
    DepthMajor,
    /// `[columns, depth]`, as convolution weights `[output, input]` are for the forward product.
    ColumnMajor,
}

/// A matrix `[depth, columns]` in panels of a few registers' width, each `[depth, width]` and padded with zeros;
/// with a bias for each column.
#[derive(Debug)]
pub(in crate::vision) struct Matrix {
    isa: Isa,
    depth: usize,
    columns: usize,
    /// Columns of a panel; the last may have fewer.
    width: usize,
    weights: Aligned,
    /// Padded like the weights.
    bias: Aligned,
}

impl Matrix {
    /// Packs a matrix that is to be multiplied with about so many rows at a time.
    ///
    /// # Panics
    /// If there are not `depth * columns` weights, either is 0, or this machine does not have the instruction
    /// set.
    pub(in crate::vision) fn pack(
        isa: Isa,
        matrix: &[f32],
        [depth, columns]: [usize; 2],
        order: Order,
        bias: Option<&[f32]>,
        rows: usize,
    ) -> Self {
        assert!(
            matrix.len() == depth * columns && !matrix.is_empty(),
            "the matrix has its shape"
        );
        let shape = shape(isa);
        let registers = columns.div_ceil(shape.lanes);
        let width = best_panel(shape, rows, registers) * shape.lanes;
        let padded = registers * shape.lanes;
        let mut weights = Aligned::zeros(depth * padded);
        let mut rest = weights.as_mut_slice();
        for start in (0..columns).step_by(width) {
            let width = width.min(padded - start);
            let (panel, after) = rest.split_at_mut(width * depth);
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
        }
        let mut padded_bias = Aligned::zeros(padded);
        if let Some(bias) = bias {
            padded_bias.as_mut_slice()[..columns].copy_from_slice(bias);
        }
        Self {
            isa,
            depth,
            columns,
            width,
            weights,
            bias: padded_bias,
        }
    }

    /// `out[r] = clamp(rows[r] * matrix + bias)` for every row; what is no number stays so.
    ///
    /// # Shapes
    /// `rows` is `[count, depth]`, `out` `[count, columns]`.
    ///
    /// # Panics
    /// If rows and results are not equally many.
    pub(in crate::vision) fn times(&self, rows: &[f32], clamp: [f32; 2], out: &mut [f32]) {
        assert_eq!(
            rows.len() * self.columns,
            out.len() * self.depth,
            "as many rows as results"
        );
        let bias = self.bias.as_slice();
        for start in (0..self.columns.min(out.len())).step_by(self.width) {
            let width = self.width.min(bias.len() - start);
            let panel = Panel {
                depth: self.depth,
                weights: &self.weights.as_slice()[start * self.depth..][..width * self.depth],
                bias: &bias[start..start + width],
                clamp,
            };
            let used = width.min(self.columns - start);
            rows_times_panel(self.isa, rows, &panel, &mut out[start..], [self.columns, used]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vision::engine::testing::Random;

    #[test]
    fn matrices_of_either_order_multiply_alike() {
        // Rows (1, 2) and (0, 1) times [[1, 0, 2], [3, 1, 0]], plus (0, 0, 10), at most 9.
        let product = |isa, matrix: &[f32], order| {
            let matrix = Matrix::pack(isa, matrix, [2, 3], order, Some(&[0.0, 0.0, 10.0]), 2);
            let mut out = [0.0; 6];
            matrix.times(&[1.0, 2.0, 0.0, 1.0], [0.0, 9.0], &mut out);
            out
        };
        let expected = [7.0, 2.0, 9.0, 3.0, 1.0, 9.0];
        for isa in Isa::available() {
            let by_row = product(isa, &[1.0, 0.0, 2.0, 3.0, 1.0, 0.0], Order::DepthMajor);
            let by_column = product(isa, &[1.0, 3.0, 0.0, 1.0, 2.0, 0.0], Order::ColumnMajor);
            assert_eq!((by_row, by_column), (expected, expected), "{}", isa.name());
        }
    }

    #[test]
    fn any_shape_equals_the_slow_sum() {
        let mut random = Random::new(6);
        for isa in Isa::available() {
            for _ in 0..60 {
                let [count, depth, columns] = [(0, 40), (1, 50), (1, 150)].map(|(l, h)| random.between(l, h));
                let (rows, matrix) = (
                    random.numbers(count * depth, 1.0),
                    random.numbers(depth * columns, 1.0),
                );
                let bias = random.numbers(columns, 1.0);
                let packed = Matrix::pack(
                    isa,
                    &matrix,
                    [depth, columns],
                    Order::DepthMajor,
                    Some(&bias),
                    count,
                );
                let mut out = vec![f32::NAN; count * columns];
                packed.times(&rows, [-1.0, 2.0], &mut out);
                for (at, &got) in out.iter().enumerate() {
                    let (row, column) = (at / columns, at % columns);
                    let terms = (0..depth)
                        .map(|k| f64::from(rows[row * depth + k]) * f64::from(matrix[k * columns + column]));
                    let want = (f64::from(bias[column]) + terms.sum::<f64>()).clamp(-1.0, 2.0);
                    assert!(
                        (f64::from(got) - want).abs() < 1e-5 * depth as f64,
                        "{}, {count} by {depth} by {columns}: {got} is not {want}",
                        isa.name()
                    );
                }
            }
        }
    }

    #[test]
    fn what_is_no_number_stays_so() {
        for isa in Isa::available() {
            let matrix = Matrix::pack(isa, &[f32::NAN, 1.0], [1, 2], Order::DepthMajor, None, 1);
            let mut out = [0.0; 2];
            matrix.times(&[1.0], [0.0, 6.0], &mut out);
            assert!(out[0].is_nan(), "{}: {out:?}", isa.name());
            assert_eq!(out[1].to_bits(), 1.0f32.to_bits());
        }
    }
}
