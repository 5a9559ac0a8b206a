//! Every kernel of every instruction set of this machine against a slow reference, tile by tile and row by row.

use super::kernels::{DepthwiseRow, Kernels, Tile, of};
use crate::vision::engine::{Isa, testing::Random};

/// What a tile's place holds before it is computed, and between its pixels afterwards.
pub(super) const UNTOUCHED: f32 = 77.0;

/// How far a sum may be off whose terms are at most `scale` in all.
fn rounding(scale: f64) -> f64 {
    1e-6 * scale.max(1.0) * 8.0
}

fn assert_close(got: f32, want: f64, allowed: f64, what: &str) {
    assert!(
        (f64::from(got) - want).abs() <= allowed,
        "{what}: {got} is not {want}"
    );
}

fn clamped(value: f64, [low, high]: [f32; 2]) -> f64 {
    value.max(f64::from(low)).min(f64::from(high))
}

/// Compares each number of a tile with what is wanted at its row and column and how far it may be off; the room
/// between the pixels, from `columns` to `out_step`, must be as it was.
pub(super) fn check_pixels(
    out: &[f32],
    [columns, out_step]: [usize; 2],
    what: &str,
    want: impl Fn(usize, usize) -> (f64, f64),
) {
    for (row, pixel) in out.chunks_exact(out_step).enumerate() {
        for (column, &got) in pixel.iter().enumerate() {
            if column < columns {
                let (want, allowed) = want(row, column);
                assert_close(got, want, allowed, what);
            } else {
                assert_eq!(got.to_bits(), UNTOUCHED.to_bits(), "{what}: wrote between pixels");
            }
        }
    }
}

/// Checks every size of tile of these instruction sets, twenty random ones of each.
pub(super) fn each_tile(
    sets: impl Iterator<Item = Isa>,
    seed: u64,
    check: fn(&Kernels, [usize; 2], &mut Random, &str),
) {
    let mut random = Random::new(seed);
    for isa in sets {
        let kernels = of(isa);
        for registers in 1..=4 {
            for rows in 1..=kernels.max_rows[registers - 1] {
                for _ in 0..20 {
                    let what = format!("{}, {rows} by {registers}", isa.name());
                    check(kernels, [rows, registers], &mut random, &what);
                }
            }
        }
    }
}

/// Checks every kind of depthwise row of these instruction sets, forty random ones of each.
pub(super) fn each_row(
    sets: impl Iterator<Item = Isa>,
    seed: u64,
    check: fn(&Kernels, [usize; 2], &mut Random, &str),
) {
    let mut random = Random::new(seed);
    for isa in sets {
        for registers in 1..=4 {
            for stride in 1..=2 {
                for _ in 0..40 {
                    let what = format!("{}, {registers} registers, stride {stride}", isa.name());
                    check(of(isa), [stride, registers], &mut random, &what);
                }
            }
        }
    }
}

/// One tile of random numbers, with room between its pixels that must stay as it was.
fn check_tile(kernels: &Kernels, [rows, registers]: [usize; 2], random: &mut Random, what: &str) {
    let columns = registers * kernels.lanes;
    let segments = if random.between(0, 3) == 0 { 3 } else { 1 };
    let depth = random.between(1, 40);
    let a_step = depth + random.between(0, 5);
    let a_segment = rows * a_step + random.between(0, 7);
    let a = random.numbers(segments * a_segment.max(rows * a_step) + depth, 1.0);
    let b = random.numbers(segments * depth * columns, 1.0);
    let bias = random.numbers(columns, 1.0);
    let out_step = columns + random.between(0, 9);
    let added = (random.between(0, 1) == 0).then(|| random.numbers(rows * out_step, 1.0));
    let clamp = [
        [f32::NEG_INFINITY, f32::INFINITY],
        [0.0, 6.0],
        [0.0, f32::INFINITY],
    ][random.between(0, 2)];
    let mut out = vec![UNTOUCHED; rows * out_step];
    let tile = Tile {
        a: a.as_ptr(),
        a_step,
        segments,
        a_segment,
        depth,
        b: b.as_ptr(),
        bias: bias.as_ptr(),
        out: out.as_mut_ptr(),
        out_step,
        added: added.as_ref().map_or(std::ptr::null(), |values| values.as_ptr()),
        added_step: out_step,
        clamp,
        scales: std::ptr::null(),
        corrections: std::ptr::null(),
        scale: 0.0,
        low: 0.0,
    };
    // SAFETY: the lists above are as long as the tile says, and the machine has these kernels.
    unsafe { (kernels.tiles[registers - 1][rows - 1])(&tile) }
    check_pixels(&out, [columns, out_step], what, |row, column| {
        let at = row * out_step + column;
        let mut sum = f64::from(bias[column]) + added.as_ref().map_or(0.0, |values| f64::from(values[at]));
        let mut scale = sum.abs();
        for segment in 0..segments {
            for k in 0..depth {
                let value = f64::from(a[segment * a_segment + row * a_step + k]);
                let term = value * f64::from(b[(segment * depth + k) * columns + column]);
                sum += term;
                scale += term.abs();
            }
        }
        (clamped(sum, clamp), rounding(scale))
    });
}

/// One row of a depthwise convolution of random numbers.
fn check_row(kernels: &Kernels, [stride, registers]: [usize; 2], random: &mut Random, what: &str) {
    let channels = registers * kernels.lanes;
    let width = random.between(1, 30);
    let columns = (width - 1) * stride + 3;
    let rows: Vec<Vec<f32>> = (0..3).map(|_| random.numbers(columns * channels, 1.0)).collect();
    let weights = random.numbers(9 * channels, 1.0);
    let bias = random.numbers(channels, 1.0);
    let out_step = channels + random.between(0, 20);
    let mut out = vec![0.0f32; width * out_step];
    let clamp = [0.0, 6.0];
    let row = DepthwiseRow {
        rows: [0, 1, 2].map(|row: usize| rows[row].as_ptr()),
        registers,
        weights: weights.as_ptr(),
        bias: bias.as_ptr(),
        out: out.as_mut_ptr(),
        out_step,
        width,
        clamp,
    };
    // SAFETY: the lists above are as long as the row says, and the machine has these kernels.
    unsafe { (kernels.depthwise[stride - 1])(&row) }
    for x in 0..width {
        for channel in 0..channels {
            let (register, lane) = (channel / kernels.lanes, channel % kernels.lanes);
            let mut sum = f64::from(bias[channel]);
            for (ky, row) in rows.iter().enumerate() {
                for kx in 0..3 {
                    let weight = weights[(register * 9 + ky * 3 + kx) * kernels.lanes + lane];
                    sum += f64::from(weight) * f64::from(row[(x * stride + kx) * channels + channel]);
                }
            }
            assert_close(
                out[x * out_step + channel],
                clamped(sum, clamp),
                rounding(10.0),
                what,
            );
        }
    }
}

#[test]
fn every_tile_equals_the_slow_sum() {
    each_tile(Isa::available(), 3, check_tile);
}

#[test]
fn every_depthwise_row_equals_the_slow_sum() {
    each_row(Isa::available(), 4, check_row);
}

#[test]
fn pixels_are_added_up_as_written_down() {
    let mut random = Random::new(5);
    for isa in Isa::available() {
        for len in 0..70 {
            let bytes: Vec<u8> = (0..len)
                .map(|_| u8::try_from(random.between(0, 255)).unwrap())
                .collect();
            let start = random.numbers(len, 100.0);
            let weight = random.number();
            let mut sums = start.clone();
            // SAFETY: the machine has these kernels.
            unsafe { (of(isa).accumulate)(&mut sums, &bytes, weight) }
            for ((got, start), &byte) in sums.iter().zip(start).zip(&bytes) {
                let want = start + weight * f32::from(byte);
                assert_eq!(
                    got.to_bits(),
                    want.to_bits(),
                    "{}: each step is rounded",
                    isa.name()
                );
            }
        }
    }
}
