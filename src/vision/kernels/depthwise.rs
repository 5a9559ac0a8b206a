//! Depthwise convolution on channels-last maps, forward and backward.
//!
//! Every output pixel is a sum of a few pixels, each times a vector of weights: registers hold channels, so
//! that odd sizes and strides cost nothing special. Pixels of a row that read through the same columns of
//! the kernel form a run, for which the weights stay in registers (`sums`). The gradient of the input is the
//! same sum with the roles of the maps exchanged. Here is how maps are cut into bands of rows and rows into
//! runs; nothing here computes.

mod backward;
mod forward;
mod sums;

use std::ops::Range;

use super::geometry::Geometry;

pub(super) use backward::backward;
pub(super) use forward::forward;

/// Values of gradient rows that one band keeps in scratch.
const BAND_VALUES: usize = 1 << 16;

/// `[channels, 1, kernel, kernel]` to `[kernel, kernel, channels]`.
fn taps_first(weight: &[f32], geometry: &Geometry) -> Vec<f32> {
    let taps = geometry.kernel * geometry.kernel;
    let mut out = vec![0.0; weight.len()];
    for (channel, weight) in weight.chunks_exact(taps).enumerate() {
        for (tap, &weight) in weight.iter().enumerate() {
            out[tap * geometry.output + channel] = weight;
        }
    }
    out
}

/// Rows `y` of one picture's map.
struct Band {
    picture: usize,
    y: Range<usize>,
}

/// Cuts `map`, which has `rows` rows in each picture, into bands of at most `band` rows.
fn bands(map: &mut [f32], rows: usize, row_values: usize, band: usize) -> Vec<(Band, &mut [f32])> {
    map.chunks_mut(rows * row_values)
        .enumerate()
        .flat_map(|(picture, map)| {
            map.chunks_mut(band * row_values)
                .enumerate()
                .map(move |(index, chunk)| {
                    let start = index * band;
                    let y = start..start + chunk.len() / row_values;
                    (Band { picture, y }, chunk)
                })
        })
        .collect()
}

fn band_rows(row_values: usize) -> usize {
    (BAND_VALUES / row_values).clamp(4, 64)
}

/// Pixels of a row, evenly spaced, that read the other map through the same columns of the kernel.
struct Run {
    /// First pixel.
    first: usize,
    /// Pixels.
    count: usize,
    /// From one pixel to the next.
    step: usize,
    /// From one pixel's reading to the next one's.
    source_step: usize,
    /// Kernel column and what the first pixel reads through it.
    taps: Vec<(usize, usize)>,
}

/// The runs of a row of `width` pixels, each of which reads `read(pixel, kernel column)`.
fn runs(
    width: usize,
    kernel: usize,
    [step, source_step]: [usize; 2],
    read: impl Fn(usize, usize) -> Option<usize>,
) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for phase in 0..step.min(width) {
        let mut current: Option<Run> = None;
        for pixel in (phase..width).step_by(step) {
            let taps: Vec<(usize, usize)> = (0..kernel).filter_map(|k| Some((k, read(pixel, k)?))).collect();
            let columns = |taps: &[(usize, usize)]| taps.iter().map(|tap| tap.0).collect::<Vec<_>>();
            match &mut current {
                Some(run) if columns(&run.taps) == columns(&taps) => run.count += 1,
                _ => {
                    runs.extend(current.take());
                    current = Some(Run {
                        first: pixel,
                        count: 1,
                        step,
                        source_step,
                        taps,
                    });
                }
            }
        }
        runs.extend(current);
    }
    runs
}

/// Rows of the kernel that fall inside the other map, and the row of that map which they read.
fn kernel_rows(kernel: usize, row: impl Fn(usize) -> Option<usize>) -> Vec<(usize, usize)> {
    (0..kernel).filter_map(|k| Some((k, row(k)?))).collect()
}
