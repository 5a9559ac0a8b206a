//! Rows times one panel of a matrix: the tiles for callers outside a plan.

use super::kernels::{MOST_ROWS, Tile, of};
use crate::vision::engine::Isa;

/// Numbers in a row of the widest tile.
const WIDEST: usize = 4 * 16;

/// Some columns of a matrix: `[depth, width]`, the width being 1 to 4 whole registers.
#[derive(Debug, Clone, Copy)]
pub(in super::super) struct Panel<'a> {
    /// Rows of the matrix.
    pub(in super::super) depth: usize,
    /// Row by row.
    pub(in super::super) weights: &'a [f32],
    /// One a column.
    pub(in super::super) bias: &'a [f32],
    /// Smallest and largest result.
    pub(in super::super) clamp: [f32; 2],
}

/// `out[r][c] = clamp(bias[c] + sum over k of rows[r][k] * weights[k][c])` for the first `used` columns.
///
/// # Shapes
/// `rows` is `[count, depth]`; row `r` of the result starts at `out[r * out_step]`.
///
/// # Panics
/// If the shapes do not fit each other, or this machine does not have the instruction set.
pub(in super::super) fn rows_times_panel(
    isa: Isa,
    rows: &[f32],
    panel: &Panel<'_>,
    out: &mut [f32],
    [out_step, used]: [usize; 2],
) {
    let kernels = of(isa);
    let width = panel.bias.len();
    let registers = width / kernels.lanes;
    let most = kernels.max_rows[registers - 1];
    assert!(
        registers * kernels.lanes == width && most > 0,
        "whole registers, no more than a tile has"
    );
    assert_eq!(
        panel.weights.len(),
        panel.depth * width,
        "the panel has its shape"
    );
    let count = rows.len() / panel.depth;
    assert_eq!(rows.len(), count * panel.depth, "whole rows");
    assert!(used <= width && used <= out_step, "columns of one row");
    if count == 0 {
        return;
    }
    assert!(out.len() >= (count - 1) * out_step + used, "room for all rows");
    // Tiles write whole registers: those of a panel with fewer columns go here first.
    let mut whole = [0.0f32; MOST_ROWS * WIDEST];
    let tiles = count.div_ceil(most);
    for index in 0..tiles {
        let (from, to) = (count * index / tiles, count * (index + 1) / tiles);
        let direct = used == width;
        let (target, step) = if direct {
            (out[from * out_step..].as_mut_ptr(), out_step)
        } else {
            (whole.as_mut_ptr(), width)
        };
        let tile = Tile {
            a: rows[from * panel.depth..].as_ptr(),
            a_step: panel.depth,
            segments: 1,
            a_segment: 0,
            depth: panel.depth,
            b: panel.weights.as_ptr(),
            bias: panel.bias.as_ptr(),
            out: target,
            out_step: step,
            added: std::ptr::null(),
            added_step: 0,
            clamp: panel.clamp,
            scales: std::ptr::null(),
            corrections: std::ptr::null(),
            scale: 0.0,
            low: 0.0,
        };
        // SAFETY: the shapes were checked above: rows and weights are as long as the tile says, and it writes
        // `used` numbers a row to `out`, or a whole width to `whole`, which holds the highest and widest tile.
        unsafe { (kernels.tiles[registers - 1][to - from - 1])(&tile) }
        if !direct {
            let rows = whole.chunks_exact(width).take(to - from);
            for (row, out) in rows.zip(out[from * out_step..].chunks_mut(out_step)) {
                out[..used].copy_from_slice(&row[..used]);
            }
        }
    }
}
