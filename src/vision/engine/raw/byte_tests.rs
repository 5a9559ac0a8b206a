//! Every kernel on bytes of every instruction set of this machine against a slow reference.

use super::{
    byte_kernels::QuantiseRow,
    kernel_tests::{UNTOUCHED, check_pixels, each_row, each_tile},
    kernels::{DepthwiseRow, Kernels, Tile, of},
};
use crate::vision::engine::{Isa, testing::Random};

/// The instruction sets whose kernels on bytes this machine can run.
fn instruction_sets() -> impl Iterator<Item = Isa> {
    Isa::available().filter(|isa| isa.for_bytes() == *isa)
}

fn bytes(random: &mut Random, count: usize) -> Vec<u8> {
    (0..count)
        .map(|_| u8::try_from(random.bits() >> 8).unwrap())
        .collect()
}

/// Four bytes in the place of each number.
fn as_numbers(bytes: &[u8]) -> Vec<f32> {
    bytes
        .chunks_exact(4)
        .map(|quad| f32::from_ne_bytes(quad.try_into().unwrap()))
        .collect()
}

/// One tile of random bytes, the largest among them, with room between its pixels that must stay as it was.
fn check_tile(kernels: &Kernels, [rows, registers]: [usize; 2], random: &mut Random, what: &str) {
    let columns = registers * kernels.lanes;
    let quads = random.between(1, 12);
    let a_step = quads + random.between(0, 3);
    let mut inputs = bytes(random, rows * a_step * 4);
    let mut weights = bytes(random, quads * columns * 4);
    if random.between(0, 3) == 0 {
        // Where sums of two products do not fit 16 bits.
        inputs.fill(255);
        weights.fill(i8::MIN.cast_unsigned());
    }
    let (a, b) = (as_numbers(&inputs), as_numbers(&weights));
    let scales = random.numbers(columns, 0.01);
    let corrections = random.numbers(columns, 1.0);
    let bias = random.numbers(columns, 1.0);
    let (scale, low) = (0.02, random.number());
    let out_step = columns + random.between(0, 9);
    let added = (random.between(0, 1) == 0).then(|| random.numbers(rows * out_step, 1.0));
    let clamp = [[f32::NEG_INFINITY, f32::INFINITY], [0.0, 6.0]][random.between(0, 1)];
    let mut out = vec![UNTOUCHED; rows * out_step];
    let tile = Tile {
        a: a.as_ptr(),
        a_step,
        segments: 1,
        a_segment: 0,
        depth: quads,
        b: b.as_ptr(),
        bias: bias.as_ptr(),
        out: out.as_mut_ptr(),
        out_step,
        added: added.as_ref().map_or(std::ptr::null(), |values| values.as_ptr()),
        added_step: out_step,
        clamp,
        scales: scales.as_ptr(),
        corrections: corrections.as_ptr(),
        scale,
        low,
    };
    // SAFETY: the lists above are as long as the tile says, and the machine has these kernels.
    unsafe { (kernels.byte_tiles[registers - 1][rows - 1])(&tile) }
    check_pixels(&out, [columns, out_step], what, |row, column| {
        let mut sum = 0i64;
        for k in 0..4 * quads {
            let value = inputs[row * a_step * 4 + k];
            let weight = weights[(k / 4 * columns + column) * 4 + k % 4].cast_signed();
            sum += i64::from(value) * i64::from(weight);
        }
        let product = f64::from(scale) * f64::from(scales[column]) * sum as f64;
        let shift = f64::from(low) * f64::from(corrections[column]);
        let added = added
            .as_ref()
            .map_or(0.0, |values| f64::from(values[row * out_step + column]));
        let want = (product + shift + f64::from(bias[column]) + added)
            .clamp(f64::from(clamp[0]), f64::from(clamp[1]));
        (want, 1e-6 * product.abs().max(1.0) * 4.0)
    });
}

#[test]
fn every_tile_of_bytes_equals_the_exact_sum() {
    each_tile(instruction_sets(), 13, check_tile);
}

/// One row of a depthwise convolution of random numbers, as floats and as bytes.
fn check_row(kernels: &Kernels, [stride, registers]: [usize; 2], random: &mut Random, what: &str) {
    let channels = registers * kernels.lanes;
    let width = random.between(1, 30);
    let columns = (width - 1) * stride + 3;
    let rows: Vec<Vec<f32>> = (0..3).map(|_| random.numbers(columns * channels, 2.0)).collect();
    let weights = random.numbers(9 * channels, 1.0);
    let bias = random.numbers(channels, 3.0);
    let byte_step = channels / 4 + random.between(0, 5);
    let mut floats = vec![0.0f32; width * channels];
    let mut quads = as_numbers(&vec![99u8; width * byte_step * 4]);
    let row = DepthwiseRow {
        rows: [0, 1, 2].map(|row: usize| rows[row].as_ptr()),
        registers,
        weights: weights.as_ptr(),
        bias: bias.as_ptr(),
        out: floats.as_mut_ptr(),
        out_step: channels,
        width,
        clamp: [0.0, 6.0],
    };
    let in_bytes = DepthwiseRow {
        out: quads.as_mut_ptr(),
        out_step: byte_step,
        ..row
    };
    // SAFETY: the lists above are as long as the rows say, and the machine has these kernels.
    unsafe {
        (kernels.depthwise[stride - 1])(&row);
        (kernels.byte_depthwise[stride - 1])(&in_bytes);
    }
    let stored: Vec<u8> = quads.iter().flat_map(|quad| quad.to_ne_bytes()).collect();
    for x in 0..width {
        let pixel = &stored[x * byte_step * 4..(x + 1) * byte_step * 4];
        for (channel, &byte) in pixel.iter().enumerate() {
            if channel >= channels {
                assert_eq!(byte, 99, "{what}: wrote between pixels");
                continue;
            }
            let exact = floats[x * channels + channel] * 255.0 / 6.0;
            assert!(
                (f32::from(byte) - exact).abs() < 0.501,
                "{what}: {byte} is not {exact} rounded"
            );
        }
    }
}

#[test]
fn every_depthwise_row_in_bytes_is_the_rounded_row() {
    each_row(instruction_sets(), 14, check_row);
}

/// The bytes of a row of numbers, with what a step of them and the byte 0 stand for.
fn quantised(kernels: &Kernels, numbers: &[f32]) -> (Vec<u8>, [f32; 2]) {
    let (mut to, mut range) = (vec![0u8; numbers.len()], [f32::NAN; 2]);
    let row = QuantiseRow {
        from: numbers.as_ptr(),
        count: numbers.len(),
        to: to.as_mut_ptr(),
        range: range.as_mut_ptr(),
    };
    // SAFETY: the lists are as long as the row says, and the machine has these kernels.
    unsafe { (kernels.quantise)(&row) }
    (to, range)
}

#[test]
fn a_row_of_numbers_comes_back_from_its_bytes() {
    let mut random = Random::new(15);
    for isa in instruction_sets() {
        let kernels = of(isa);
        for registers in 1..40 {
            let size = [0.01, 1.0, 300.0][random.between(0, 2)];
            let numbers = random.numbers(registers * kernels.lanes, size);
            let (stored, [scale, low]) = quantised(kernels, &numbers);
            let lowest = numbers.iter().copied().fold(f32::INFINITY, f32::min);
            assert_eq!(low.to_bits(), lowest.to_bits(), "{}", isa.name());
            assert!(
                stored.contains(&0) && stored.contains(&255),
                "the whole range is used"
            );
            for (number, byte) in numbers.iter().zip(stored) {
                let back = low + scale * f32::from(byte);
                assert!(
                    (back - number).abs() <= 0.502 * scale,
                    "{}: {back} is not {number}",
                    isa.name()
                );
            }
        }
    }
}

#[test]
fn a_row_without_a_range_keeps_its_number() {
    for isa in instruction_sets() {
        let kernels = of(isa);
        let (stored, [scale, low]) = quantised(kernels, &vec![-1.5; 3 * kernels.lanes]);
        let back = |&byte: &u8| low + scale * f32::from(byte);
        assert!(stored.iter().all(|byte| (back(byte) + 1.5).abs() < 1e-6));
    }
}
