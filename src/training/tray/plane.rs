//! One number a pixel, and the means of squares around every pixel that everything here is made of.

use crate::{frame::RgbImage, geom::cast::floor_index};

/// A picture of numbers, row by row.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Plane {
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) values: Vec<f32>,
}

impl Plane {
    pub(super) fn new(width: usize, height: usize) -> Self {
        Self {
            width,
            height,
            values: vec![0.0; width * height],
        }
    }

    /// Made pixel by pixel from the place in the row of all pixels.
    pub(super) fn from_fn((width, height): (usize, usize), value: impl FnMut(usize) -> f32) -> Self {
        Self {
            width,
            height,
            values: (0..width * height).map(value).collect(),
        }
    }

    /// Brightness by Rec. 601, 0 to 255.
    pub(super) fn brightness(picture: &RgbImage) -> Self {
        Self {
            width: picture.width() as usize,
            height: picture.height() as usize,
            values: picture.pixels().map(|pixel| luma(pixel.0)).collect(),
        }
    }

    pub(super) fn size(&self) -> (usize, usize) {
        (self.width, self.height)
    }

    /// The value at a place; outside, that of the nearest pixel inside.
    pub(super) fn near(&self, x: isize, y: isize) -> f32 {
        let inside = |at: isize, length: usize| at.clamp(0, length.cast_signed() - 1).cast_unsigned();
        self.values[inside(y, self.height) * self.width + inside(x, self.width)]
    }

    /// The mean of the square of `2 radius + 1` pixels around every pixel, of what of it lies inside.
    pub(super) fn mean(&self, radius: usize) -> Self {
        let across = self.mean_of_rows(radius);
        across.turned().mean_of_rows(radius).turned()
    }

    fn mean_of_rows(&self, radius: usize) -> Self {
        let mut out = Self::new(self.width, self.height);
        let mut sums = vec![0.0f64; self.width + 1];
        for (row, target) in self
            .values
            .chunks_exact(self.width)
            .zip(out.values.chunks_exact_mut(self.width))
        {
            for (x, value) in row.iter().enumerate() {
                sums[x + 1] = sums[x] + f64::from(*value);
            }
            for (x, value) in target.iter_mut().enumerate() {
                let (from, to) = (x.saturating_sub(radius), (x + radius + 1).min(self.width));
                *value = crate::geom::cast::narrow_f32((sums[to] - sums[from]) / (to - from) as f64);
            }
        }
        out
    }

    fn turned(&self) -> Self {
        let mut out = Self::new(self.height, self.width);
        for y in 0..self.height {
            for x in 0..self.width {
                out.values[x * self.height + y] = self.values[y * self.width + x];
            }
        }
        out
    }

    /// Between the pixels, by straight lines; `x` and `y` in pixels with centres at halves.
    pub(super) fn sample(&self, x: f32, y: f32) -> f32 {
        let (x, y) = ((x - 0.5).max(0.0), (y - 0.5).max(0.0));
        let (column, row) = (
            floor_index(x).min(self.width - 1),
            floor_index(y).min(self.height - 1),
        );
        let (right, below) = ((column + 1).min(self.width - 1), (row + 1).min(self.height - 1));
        let (fx, fy) = ((x - column as f32).min(1.0), (y - row as f32).min(1.0));
        let at = |x: usize, y: usize| self.values[y * self.width + x];
        let top = at(column, row) * (1.0 - fx) + at(right, row) * fx;
        let bottom = at(column, below) * (1.0 - fx) + at(right, below) * fx;
        top * (1.0 - fy) + bottom * fy
    }
}

/// Brightness of a pixel by Rec. 601, 0 to 255.
pub(super) fn luma([r, g, b]: [u8; 3]) -> f32 {
    0.299 * f32::from(r) + 0.587 * f32::from(g) + 0.114 * f32::from(b)
}

/// The middle one of some numbers, which are put in another order; 0 of none.
pub(super) fn median(numbers: &mut [f32]) -> f32 {
    if numbers.is_empty() {
        return 0.0;
    }
    let middle = numbers.len() / 2;
    *numbers.select_nth_unstable_by(middle, f32::total_cmp).1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn means_by_hand() {
        // One 9 in the middle of a 3 x 3 plane of zeros: every square of 3 holds it, cut at the rim.
        let plane = Plane::from_fn((3, 3), |at| if at == 4 { 9.0 } else { 0.0 });
        let mean = plane.mean(1);
        let expected = [2.25, 1.5, 2.25, 1.5, 1.0, 1.5, 2.25, 1.5, 2.25];
        for (value, expected) in mean.values.iter().zip(expected) {
            assert!((value - expected).abs() < 1e-5, "{:?}", mean.values);
        }
    }

    #[test]
    fn between_pixels_by_straight_lines() {
        let plane = Plane::from_fn((2, 2), |at| at as f32);
        assert!((plane.sample(1.0, 1.0) - 1.5).abs() < 1e-6);
        assert!((plane.sample(0.5, 0.5) - 0.0).abs() < 1e-6);
        assert!(
            (plane.sample(9.0, 9.0) - 3.0).abs() < 1e-6,
            "outside as at the rim"
        );
    }

    #[test]
    fn the_middle_one() {
        assert!((median(&mut [5.0, 1.0, 3.0]) - 3.0).abs() < 1e-6);
        assert!(median(&mut []).abs() < 1e-6);
    }
}
