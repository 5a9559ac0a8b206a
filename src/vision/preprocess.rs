//! From RGB pixels to the network's input: the one path that training, evaluation and the lane share.
//!
//! The picture is resized to the network's square by area averaging, without keeping the aspect ratio, and
//! normalised as the architecture says. Reading files and their EXIF orientation is the work of
//! [`crate::frame::picture`].

use serde::{Deserialize, Serialize};

use crate::frame::RgbImage;

/// How pixel values from 0 to 255 become the network's input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Normalisation {
    /// To -1..1: `value / 127.5 - 1`, as Keras' `MobileNetV2`.
    #[default]
    SignedUnit,
    /// To 0..1.
    Unit,
    /// To 0..1, then by the means and deviations of ImageNet's channels, as torchvision's models.
    ImageNet,
    /// Blue, green, red, each less its mean over ImageNet (104, 117, 123), as Caffe's VGG.
    CaffeBgr,
}

/// A normalisation as numbers: `input = (value - mean) / deviation`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Affine {
    /// For each channel of the input, the channel of the picture that it is made of; red is 0.
    pub source: [usize; 3],
    /// What is subtracted, for each channel of the input.
    pub mean: [f32; 3],
    /// What is divided by, for each channel of the input.
    pub deviation: [f32; 3],
}

impl Normalisation {
    /// The numbers behind it.
    #[must_use]
    pub fn affine(self) -> Affine {
        const RGB: [usize; 3] = [0, 1, 2];
        let even = |mean, deviation| Affine {
            source: RGB,
            mean: [mean; 3],
            deviation: [deviation; 3],
        };
        match self {
            Self::SignedUnit => even(127.5, 127.5),
            Self::Unit => even(0.0, 255.0),
            Self::ImageNet => Affine {
                source: RGB,
                mean: [0.485, 0.456, 0.406].map(|mean: f32| mean * 255.0),
                deviation: [0.229, 0.224, 0.225].map(|deviation: f32| deviation * 255.0),
            },
            Self::CaffeBgr => Affine {
                source: [2, 1, 0],
                mean: [104.0, 117.0, 123.0],
                deviation: [1.0; 3],
            },
        }
    }
}

/// The input of one picture for an architecture.
///
/// # Shapes
/// `[3, side, side]`, channel by channel in the order of the normalisation, row by row.
#[must_use]
pub fn to_input(picture: &RgbImage, side: usize, normalisation: Normalisation) -> Vec<f32> {
    if picture.width() == 0 || picture.height() == 0 {
        // A picture of nothing: nothing is found in it.
        return vec![0.0; 3 * side * side];
    }
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    let bytes = picture.as_raw();
    if (width, height) == (side, side) {
        return normalised_planes(side, normalisation, |row, column, channel| {
            f32::from(bytes[(row * width + column) * 3 + channel])
        });
    }
    let across = Spans::new(width, side);
    let down = Spans::new(height, side);
    // Rows first: one row of `width` averaged pixels at a time stays in the cache.
    let mut averaged = vec![0.0f32; side * side * 3];
    let mut row = vec![0.0f32; width * 3];
    for y in 0..side {
        row.fill(0.0);
        for (source, weight) in down.of(y) {
            let line = &bytes[source * width * 3..(source + 1) * width * 3];
            for (sum, &byte) in row.iter_mut().zip(line) {
                *sum += weight * f32::from(byte);
            }
        }
        for x in 0..side {
            let out = &mut averaged[(y * side + x) * 3..(y * side + x) * 3 + 3];
            for (source, weight) in across.of(x) {
                for (sum, value) in out.iter_mut().zip(&row[source * 3..source * 3 + 3]) {
                    *sum += weight * value;
                }
            }
        }
    }
    normalised_planes(side, normalisation, |row, column, channel| {
        averaged[(row * side + column) * 3 + channel]
    })
}

/// Puts interleaved values into planes and normalises them.
fn normalised_planes(
    side: usize,
    normalisation: Normalisation,
    value: impl Fn(usize, usize, usize) -> f32,
) -> Vec<f32> {
    let affine = normalisation.affine();
    let mut planes = Vec::with_capacity(3 * side * side);
    for channel in 0..3 {
        let (source, mean, deviation) = (
            affine.source[channel],
            affine.mean[channel],
            affine.deviation[channel],
        );
        for row in 0..side {
            planes.extend((0..side).map(|column| (value(row, column, source) - mean) / deviation));
        }
    }
    planes
}

/// For each output cell of one axis: which source pixels it covers and by how much. The weights of a cell
/// sum to 1.
pub(super) struct Spans {
    first: Vec<usize>,
    weights: Vec<Vec<f32>>,
}

impl Spans {
    pub(super) fn new(source: usize, target: usize) -> Self {
        let scale = source as f64 / target as f64;
        let mut first = Vec::with_capacity(target);
        let mut weights = Vec::with_capacity(target);
        for cell in 0..target {
            let (start, end) = (cell as f64 * scale, (cell + 1) as f64 * scale);
            let mut covered = Vec::new();
            // `cell * source / target`, in integers: exactly the pixel that `start` lies in.
            let from = cell * source / target;
            let mut pixel = from;
            while pixel < source && (pixel as f64) < end {
                let overlap = end.min((pixel + 1) as f64) - start.max(pixel as f64);
                covered.push(crate::geom::cast::narrow_f32(overlap.max(0.0) / scale));
                pixel += 1;
            }
            first.push(from);
            weights.push(covered);
        }
        Self { first, weights }
    }

    pub(super) fn of(&self, cell: usize) -> impl Iterator<Item = (usize, f32)> + '_ {
        let first = self.first[cell];
        self.weights[cell]
            .iter()
            .enumerate()
            .map(move |(offset, &weight)| (first + offset, weight))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::frame::Rgb;

    #[test]
    fn same_size_is_only_scaled() {
        let picture = RgbImage::from_fn(4, 4, |x, _| Rgb([if x == 1 { 255 } else { 0 }, 51, 255]));
        let input = to_input(&picture, 4, Normalisation::SignedUnit);
        assert!((input[0] + 1.0).abs() < 1e-6 && (input[1] - 1.0).abs() < 1e-6);
        assert!((input[16] + 0.6).abs() < 1e-6, "51 / 127.5 - 1");
        assert!((input[47] - 1.0).abs() < 1e-6);
    }

    #[test]
    fn three_pixels_into_two_by_hand() {
        // Each output covers one and a half pixels: (0 + 30 / 2) / 1.5 = 10 and (30 / 2 + 60) / 1.5 = 50.
        let picture = RgbImage::from_fn(3, 2, |x, _| Rgb([u8::try_from(x).unwrap() * 30; 3]));
        let input = to_input(&picture, 2, Normalisation::SignedUnit);
        assert!(((input[0] + 1.0) * 127.5 - 10.0).abs() < 1e-3);
        assert!(((input[1] + 1.0) * 127.5 - 50.0).abs() < 1e-3);
    }

    #[test]
    fn each_normalisation_by_hand() {
        let picture = RgbImage::from_pixel(1, 1, Rgb([255, 51, 0]));
        for (normalisation, wanted) in [
            (Normalisation::SignedUnit, [1.0, -0.6, -1.0]),
            (Normalisation::Unit, [1.0, 0.2, 0.0]),
            // (1 - 0.485) / 0.229, (0.2 - 0.456) / 0.224, (0 - 0.406) / 0.225.
            (Normalisation::ImageNet, [2.248_908, -1.142_857, -1.804_444]),
            // Blue first.
            (Normalisation::CaffeBgr, [-104.0, -66.0, 132.0]),
        ] {
            for (got, want) in to_input(&picture, 1, normalisation).into_iter().zip(wanted) {
                assert!(
                    (got - want).abs() < 1e-5,
                    "{normalisation:?}: {got} is not {want}"
                );
            }
        }
    }

    #[test]
    fn a_picture_without_pixels_is_no_panic() {
        let input = to_input(&RgbImage::new(0, 5), 2, Normalisation::Unit);
        assert_eq!(input.len(), 12);
    }

    /// The average over each output cell, by sampling finely enough to be exact for these sizes.
    fn slow(picture: &RgbImage, side: u32) -> Vec<f32> {
        let (w, h) = picture.dimensions();
        let mut planes = Vec::new();
        for channel in 0..3 {
            for y in 0..side {
                for x in 0..side {
                    // `w * h` samples along each axis hit every pixel as often as it is covered.
                    let mut sum = 0.0f64;
                    for sy in 0..h {
                        for sx in 0..w {
                            let px = (x * w + sx) / side;
                            let py = (y * h + sy) / side;
                            sum += f64::from(picture.get_pixel(px, py).0[channel]);
                        }
                    }
                    planes.push(crate::geom::cast::narrow_f32(
                        sum / f64::from(w * h) / 127.5 - 1.0,
                    ));
                }
            }
        }
        planes
    }

    proptest! {
        #[test]
        fn equals_the_slow_average(w in 1u32..12, h in 1u32..12, side in 1u32..6, seed in any::<u64>()) {
            let picture = RgbImage::from_fn(w, h, |x, y| {
                let mixed = seed.wrapping_mul(u64::from(x * 31 + y * 17 + 1)) >> 40;
                Rgb([(mixed & 255) as u8, (mixed >> 4 & 255) as u8, (mixed >> 8 & 255) as u8])
            });
            let fast = to_input(&picture, side as usize, Normalisation::SignedUnit);
            for (a, b) in fast.iter().zip(slow(&picture, side)) {
                prop_assert!((a - b).abs() < 1e-4, "{a} is not {b}");
            }
        }

        #[test]
        fn a_plain_picture_stays_plain(w in 1u32..700, h in 1u32..300, value in any::<u8>()) {
            let input = to_input(&RgbImage::from_pixel(w, h, Rgb([value; 3])), 7, Normalisation::SignedUnit);
            let expected = f32::from(value) / 127.5 - 1.0;
            prop_assert!(input.iter().all(|v| (v - expected).abs() < 1e-4));
        }
    }
}
