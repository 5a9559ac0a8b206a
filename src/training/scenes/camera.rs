//! What light, lens and camera do to a scene. None of it moves anything: boxes stay where they are.

use super::canvas::Canvas;
use crate::{
    geom::cast::{floor_index, round_u32},
    training::dataset::Dice,
};

/// How careful a shot is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shot {
    /// As in a shop or a kitchen: any light, any exposure.
    Casual,
    /// As for a catalogue: even light, well exposed, little noise, so that white stays white.
    Studio,
}

/// Lights the scene, blurs it, exposes it and adds the camera's noise and compression.
pub(super) fn take(canvas: &mut Canvas, shot: Shot, colour_jitter: f32, dice: &mut Dice) {
    let scale = canvas.side as f32 / 224.0;
    let studio = shot == Shot::Studio;
    if !studio && dice.chance(0.7) {
        light(canvas, dice);
    }
    if dice.chance(0.06) {
        enlarge(canvas, dice.range(1.4, 3.2));
    }
    if dice.chance(0.3) {
        canvas.soften(dice.range(0.2, 0.8));
    } else if dice.chance(0.2) {
        let radius = floor_index(dice.range(1.0, 2.3) * scale).max(1);
        canvas.box_blur(radius);
    }
    if dice.chance(if studio { 0.03 } else { 0.11 }) {
        motion_blur(canvas, dice.range(2.0, 9.0) * scale, dice);
    }
    expose(canvas, shot, colour_jitter, dice);
    if dice.chance(if studio { 0.25 } else { 0.5 }) {
        let sigma = dice.log_range(1.0, if studio { 4.0 } else { 9.0 });
        noise(canvas, sigma, dice);
    }
    if dice.chance(0.45) {
        compress(canvas, dice.range(28.0, 92.0));
    }
}

/// As if the picture had been small by `factor` and was enlarged.
fn enlarge(canvas: &mut Canvas, factor: f32) {
    let side = canvas.side;
    let last = side.saturating_sub(1);
    let before = canvas.pixels.clone();
    // Each large pixel is the mean of the small ones around its centre.
    let few = floor_index(side as f32 / factor).max(2);
    let step = side as f32 / few as f32;
    let small: Vec<[f32; 3]> = (0..few * few)
        .map(|at| {
            let (x0, y0) = ((at % few) as f32 * step, (at / few) as f32 * step);
            let (mut sum, mut count) = ([0.0f32; 3], 0.0f32);
            for y in floor_index(y0)..floor_index(y0 + step).min(side) {
                for x in floor_index(x0)..floor_index(x0 + step).min(side) {
                    for (total, value) in sum.iter_mut().zip(before[y.min(last) * side + x.min(last)]) {
                        *total += value;
                    }
                    count += 1.0;
                }
            }
            sum.map(|total| total / count.max(1.0))
        })
        .collect();
    let at = |position: usize| {
        let along = ((position as f32 + 0.5) / step - 0.5).clamp(0.0, (few - 1) as f32);
        let first = floor_index(along).min(few - 2);
        (first, along - first as f32)
    };
    canvas.paint(|x, y| {
        let ((column, fx), (row, fy)) = (at(x), at(y));
        let texel = |row: usize, column: usize| small[row * few + column];
        let (a, b) = (texel(row, column), texel(row, column + 1));
        let (c, d) = (texel(row + 1, column), texel(row + 1, column + 1));
        [0, 1, 2].map(|channel| {
            let top = a[channel] * (1.0 - fx) + b[channel] * fx;
            let bottom = c[channel] * (1.0 - fx) + d[channel] * fx;
            top * (1.0 - fy) + bottom * fy
        })
    });
}

/// Light that falls off to one side, or a lamp's pool of light.
fn light(canvas: &mut Canvas, dice: &mut Dice) {
    let (sin, cos) = dice.around(std::f32::consts::PI).sin_cos();
    let slope = dice.range(0.0, 0.5);
    let pool = dice.range(-0.15, 0.45);
    let (cx, cy) = (dice.range(0.2, 0.8), dice.range(0.2, 0.8));
    let scale = 1.0 / canvas.side.max(1) as f32;
    let side = canvas.side.max(1);
    for (y, row) in canvas.pixels.chunks_exact_mut(side).enumerate() {
        let v = y as f32 * scale;
        for (x, pixel) in row.iter_mut().enumerate() {
            let u = x as f32 * scale;
            let linear = slope * ((u - 0.5) * cos + (v - 0.5) * sin);
            let far = (u - cx).powi(2) + (v - cy).powi(2);
            let factor = (1.05 + linear - pool * far).max(0.15);
            for value in pixel {
                *value *= factor;
            }
        }
    }
}

fn motion_blur(canvas: &mut Canvas, length: f32, dice: &mut Dice) {
    let (sin, cos) = dice.around(std::f32::consts::PI).sin_cos();
    let steps = round_u32(length).clamp(2, 16);
    let before = canvas.pixels.clone();
    let side = canvas.side;
    let last = side.saturating_sub(1) as f32;
    let share = 1.0 / steps as f32;
    let taps: Vec<(f32, f32)> = (0..steps)
        .map(|step| {
            let along = ((step as f32 + 0.5) * share - 0.5) * length;
            (along * cos + 0.5, along * sin + 0.5)
        })
        .collect();
    canvas.paint(|x, y| {
        let mut sum = [0.0f32; 3];
        for (dx, dy) in &taps {
            let column = floor_index((x as f32 + dx).min(last));
            let row = floor_index((y as f32 + dy).min(last));
            for (total, value) in sum.iter_mut().zip(before[row * side + column]) {
                *total += value;
            }
        }
        sum.map(|total| total * share)
    });
}

/// Brightness, contrast, gamma, white balance and saturation, all small in colour and larger in tone.
fn expose(canvas: &mut Canvas, shot: Shot, colour_jitter: f32, dice: &mut Dice) {
    // Half as much of everything in the studio.
    let (spread, exposure) = match shot {
        Shot::Studio => (0.4, dice.range(0.9, 1.15)),
        Shot::Casual if dice.chance(0.07) => (1.0, dice.range(0.4, 0.65)),
        Shot::Casual => (1.0, dice.range(0.76, 1.3)),
    };
    let gain = [0; 3].map(|_| exposure * (1.0 + dice.around(colour_jitter * spread)));
    let contrast = 1.0 + dice.around(0.25 * spread);
    let gamma = (dice.around(0.28 * spread)).exp();
    let lift = dice.around(12.0 * spread);
    let saturation = 1.0 + dice.around(0.15);
    let curve: Vec<f32> = (0..=1023u16)
        .map(|level| {
            let value = f32::from(level) / 1023.0;
            let toned = (value.powf(gamma) * 255.0 - 118.0) * contrast + 118.0 + lift;
            toned.clamp(0.0, 255.0)
        })
        .collect();
    let tone = |value: f32| {
        let level = floor_index((value * (1023.0 / 255.0)).min(1023.0));
        curve.get(level).copied().unwrap_or(255.0)
    };
    for pixel in &mut canvas.pixels {
        let toned = [
            tone(pixel[0] * gain[0]),
            tone(pixel[1] * gain[1]),
            tone(pixel[2] * gain[2]),
        ];
        let grey = toned[0] * 0.299 + toned[1] * 0.587 + toned[2] * 0.114;
        *pixel = toned.map(|value| grey + (value - grey) * saturation);
    }
}

/// Mostly grey noise with a little colour, near to a normal distribution.
fn noise(canvas: &mut Canvas, sigma: f32, dice: &mut Dice) {
    // The sum of four bytes has the mean 510 and the deviation 147.8.
    let unit = sigma / 147.8;
    for pixel in &mut canvas.pixels {
        let sum: u16 = dice.bits().to_le_bytes().into_iter().map(u16::from).sum();
        let grey = (f32::from(sum) - 510.0) * unit;
        let [r, g, b, _] = dice.bits().to_le_bytes();
        for (value, byte) in pixel.iter_mut().zip([r, g, b]) {
            *value += grey * 0.8 + (f32::from(byte) - 127.5) * unit * 0.9;
        }
    }
}

/// Quantisation of JPEG, annex K, table K.1: brightness.
const LUMA: [f32; 64] = [
    16., 11., 10., 16., 24., 40., 51., 61., 12., 12., 14., 19., 26., 58., 60., 55., 14., 13., 16., 24., 40.,
    57., 69., 56., 14., 17., 22., 29., 51., 87., 80., 62., 18., 22., 37., 56., 68., 109., 103., 77., 24.,
    35., 55., 64., 81., 104., 113., 92., 49., 64., 78., 87., 103., 121., 120., 101., 72., 92., 95., 98.,
    112., 100., 103., 99.,
];

/// Table K.2: colour.
const CHROMA: [f32; 64] = [
    17., 18., 24., 47., 99., 99., 99., 99., 18., 21., 26., 66., 99., 99., 99., 99., 24., 26., 56., 99., 99.,
    99., 99., 99., 47., 66., 99., 99., 99., 99., 99., 99., 99., 99., 99., 99., 99., 99., 99., 99., 99., 99.,
    99., 99., 99., 99., 99., 99., 99., 99., 99., 99., 99., 99., 99., 99., 99., 99., 99., 99., 99., 99., 99.,
    99.,
];

/// The loss of a JPEG of this quality (1 to 100), colour at half resolution, without writing one.
fn compress(canvas: &mut Canvas, quality: f32) {
    let side = canvas.side;
    let factor = if quality < 50.0 {
        50.0 / quality
    } else {
        2.0 - quality / 50.0
    };
    let table = |base: &[f32; 64]| base.map(|step| (step * factor).clamp(1.0, 255.0));
    let cosines = cosines();
    let mut luma = vec![0.0f32; side * side];
    let half = side.div_ceil(2);
    let (mut blue, mut red) = (vec![0.0f32; half * half], vec![0.0f32; half * half]);
    for (at, pixel) in canvas.pixels.iter().enumerate() {
        let [r, g, b] = pixel.map(|value| value.clamp(0.0, 255.0));
        luma[at] = 0.299 * r + 0.587 * g + 0.114 * b - 128.0;
        let small = (at / side / 2) * half + (at % side) / 2;
        blue[small] += (-0.1687 * r - 0.3313 * g + 0.5 * b) * 0.25;
        red[small] += (0.5 * r - 0.4187 * g - 0.0813 * b) * 0.25;
    }
    quantise(&mut luma, side, &table(&LUMA), &cosines);
    quantise(&mut blue, half, &table(&CHROMA), &cosines);
    quantise(&mut red, half, &table(&CHROMA), &cosines);
    for (at, pixel) in canvas.pixels.iter_mut().enumerate() {
        let small = (at / side / 2) * half + (at % side) / 2;
        let (y, cb, cr) = (luma[at] + 128.0, blue[small], red[small]);
        *pixel = [y + 1.402 * cr, y - 0.3441 * cb - 0.7141 * cr, y + 1.772 * cb];
    }
}

/// The orthonormal cosine transform of length 8, `[frequency][position]`.
fn cosines() -> [[f32; 8]; 8] {
    let mut table = [[0.0; 8]; 8];
    for (frequency, row) in (0u8..).zip(&mut table) {
        for (position, value) in (0u8..).zip(row.iter_mut()) {
            let scale = if frequency == 0 { 0.125f32.sqrt() } else { 0.5 };
            let angle = (f32::from(position) + 0.5) * f32::from(frequency) * std::f32::consts::PI / 8.0;
            *value = scale * angle.cos();
        }
    }
    table
}

type Block = [[f32; 8]; 8];

/// Transforms, rounds and transforms back every 8 x 8 block; edge pixels are repeated beyond the edge.
fn quantise(plane: &mut [f32], side: usize, steps: &[f32; 64], cosines: &[[f32; 8]; 8]) {
    let last = side.saturating_sub(1);
    let transposed = transpose(cosines);
    for top in (0..side).step_by(8) {
        for left in (0..side).step_by(8) {
            let mut block: Block = [[0.0; 8]; 8];
            for (y, row) in block.iter_mut().enumerate() {
                let start = (top + y).min(last) * side;
                for (x, value) in row.iter_mut().enumerate() {
                    *value = plane[start + (left + x).min(last)];
                }
            }
            // C * block * C^T, and back with the transposed matrix.
            let mut transformed = multiply(&multiply(cosines, &block), &transposed);
            for (row, steps) in transformed.iter_mut().zip(steps.chunks_exact(8)) {
                for (value, step) in row.iter_mut().zip(steps) {
                    *value = (*value / step).round_ties_even() * step;
                }
            }
            let back = multiply(&multiply(&transposed, &transformed), cosines);
            for (y, row) in back.iter().enumerate().take(side - top) {
                let start = (top + y) * side + left;
                let width = (side - left).min(8);
                plane[start..start + width].copy_from_slice(&row[..width]);
            }
        }
    }
}

fn multiply(a: &Block, b: &Block) -> Block {
    let mut out = [[0.0; 8]; 8];
    for (row, left) in out.iter_mut().zip(a) {
        for (factor, right) in left.iter().zip(b) {
            for (value, term) in row.iter_mut().zip(right) {
                *value += factor * term;
            }
        }
    }
    out
}

fn transpose(a: &Block) -> Block {
    let mut out = [[0.0; 8]; 8];
    for (y, row) in a.iter().enumerate() {
        for (x, value) in row.iter().enumerate() {
            out[x][y] = *value;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cosine_transform_is_orthonormal() {
        let cosines = cosines();
        let product = multiply(&cosines, &transpose(&cosines));
        for (y, row) in product.iter().enumerate() {
            for (x, value) in row.iter().enumerate() {
                let expected = if x == y { 1.0 } else { 0.0 };
                assert!((value - expected).abs() < 1e-5, "({x}, {y}): {value}");
            }
        }
    }

    #[test]
    fn compression_keeps_plain_pictures_and_loses_detail() {
        let mut plain = Canvas::filled(20, [120.0, 60.0, 200.0]);
        compress(&mut plain, 90.0);
        for pixel in &plain.pixels {
            for (value, expected) in pixel.iter().zip([120.0, 60.0, 200.0]) {
                assert!((value - expected).abs() < 5.0, "{pixel:?}");
            }
        }
        let mut dots = Canvas::filled(16, [100.0; 3]);
        dots.paint(|x, y| if (x + y) % 2 == 0 { [116.0; 3] } else { [84.0; 3] });
        compress(&mut dots, 10.0);
        let spread = dots
            .pixels
            .iter()
            .map(|p| (p[0] - 100.0).abs())
            .fold(0.0, f32::max);
        assert!(spread < 16.0, "the finest pattern fades: {spread}");
    }

    #[test]
    fn a_shot_is_the_same_for_the_same_dice() {
        let shot = |index| {
            let mut canvas = Canvas::filled(40, [100.0, 150.0, 60.0]);
            take(&mut canvas, Shot::Casual, 0.07, &mut Dice::new(2, index));
            canvas.to_picture()
        };
        assert_eq!(shot(5), shot(5));
        assert_ne!(shot(5), shot(6));
    }

    #[test]
    fn the_studio_keeps_white_white() {
        for index in 0..40 {
            let mut canvas = Canvas::filled(32, [252.0; 3]);
            take(&mut canvas, Shot::Studio, 0.06, &mut Dice::new(2, index));
            let mean = canvas.pixels.iter().flatten().sum::<f32>() / (32.0 * 32.0 * 3.0);
            assert!(mean > 215.0, "shot {index}: {mean}");
        }
    }

    #[test]
    fn enlarging_keeps_the_mean_and_loses_detail() {
        let mut canvas = Canvas::filled(48, [0.0; 3]);
        canvas.paint(|x, _| [if x % 2 == 0 { 200.0 } else { 100.0 }; 3]);
        enlarge(&mut canvas, 2.0);
        for pixel in &canvas.pixels {
            assert!((pixel[0] - 150.0).abs() < 1.0, "{pixel:?}");
        }
    }
}
