//! The picture while it is composed: three floats a pixel, 0 to 255, rows from the top.

use super::warp::Patch;
use crate::{
    frame::RgbImage,
    geom::cast::{round_u8, saturating_u32},
};

/// A square picture in floats.
#[derive(Debug, Clone)]
pub(super) struct Canvas {
    /// Width and height.
    pub(super) side: usize,
    /// Row by row, `side * side` of them.
    pub(super) pixels: Vec<[f32; 3]>,
}

impl Canvas {
    pub(super) fn filled(side: usize, colour: [f32; 3]) -> Self {
        Self {
            side,
            pixels: vec![colour; side * side],
        }
    }

    /// Sets every pixel from its column and row.
    pub(super) fn paint(&mut self, mut colour: impl FnMut(usize, usize) -> [f32; 3]) {
        for (y, row) in self.pixels.chunks_exact_mut(self.side.max(1)).enumerate() {
            for (x, pixel) in row.iter_mut().enumerate() {
                *pixel = colour(x, y);
            }
        }
    }

    /// Lays a premultiplied patch over the picture.
    pub(super) fn lay(&mut self, patch: &Patch) {
        let pixels = &mut self.pixels;
        patch.inside(self.side, |at, [r, g, b, a]| {
            let under = &mut pixels[at];
            let keep = 1.0 - a;
            *under = [r + under[0] * keep, g + under[1] * keep, b + under[2] * keep];
        });
    }

    pub(super) fn to_picture(&self) -> RgbImage {
        let side = saturating_u32(self.side);
        let mut picture = RgbImage::new(side, side);
        for (out, pixel) in picture.pixels_mut().zip(&self.pixels) {
            out.0 = pixel.map(round_u8);
        }
        picture
    }

    /// Blurs with a box of `2 * radius + 1` pixels along rows and columns; the edge pixels are repeated.
    pub(super) fn box_blur(&mut self, radius: usize) {
        if radius == 0 || self.side == 0 {
            return;
        }
        let mut line = vec![[0.0; 3]; self.side];
        for y in 0..self.side {
            blur_line(&mut self.pixels, (y * self.side, 1), radius, &mut line);
        }
        for x in 0..self.side {
            blur_line(&mut self.pixels, (x, self.side), radius, &mut line);
        }
    }

    /// A light blur: each pixel takes `share` of the mean of its four neighbours.
    pub(super) fn soften(&mut self, share: f32) {
        let before = self.pixels.clone();
        let last = self.side.saturating_sub(1);
        let side = self.side;
        let keep = 1.0 - share;
        self.paint(|x, y| {
            let here = before[y * side + x];
            let left = before[y * side + x.saturating_sub(1)];
            let right = before[y * side + (x + 1).min(last)];
            let up = before[y.saturating_sub(1) * side + x];
            let down = before[(y + 1).min(last) * side + x];
            let mut out = [0.0; 3];
            for (channel, value) in out.iter_mut().enumerate() {
                let around = left[channel] + right[channel] + up[channel] + down[channel];
                *value = here[channel] * keep + around * share * 0.25;
            }
            out
        });
    }
}

/// Running mean over one row or column, given by its first pixel and its stride.
fn blur_line(pixels: &mut [[f32; 3]], (first, stride): (usize, usize), radius: usize, line: &mut [[f32; 3]]) {
    let count = line.len();
    for (position, value) in line.iter_mut().enumerate() {
        *value = pixels[first + position * stride];
    }
    let scale = 1.0 / (2 * radius + 1) as f32;
    let last = count - 1;
    let mut sum = [0.0f32; 3];
    for offset in 0..=2 * radius {
        let source = line[offset.saturating_sub(radius).min(last)];
        for (total, value) in sum.iter_mut().zip(source) {
            *total += value;
        }
    }
    for position in 0..count {
        pixels[first + position * stride] = sum.map(|total| total * scale);
        let entering = line[(position + radius + 1).min(last)];
        let leaving = line[position.saturating_sub(radius)];
        for channel in 0..3 {
            sum[channel] += entering[channel] - leaving[channel];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blur_keeps_a_plain_picture_and_spreads_a_dot_evenly() {
        let mut plain = Canvas::filled(9, [10.0, 20.0, 30.0]);
        plain.box_blur(3);
        assert!(plain.pixels.iter().all(|p| (p[1] - 20.0).abs() < 1e-3));
        let mut dot = Canvas::filled(9, [0.0; 3]);
        dot.pixels[4 * 9 + 4] = [90.0; 3];
        dot.box_blur(1);
        for (position, pixel) in dot.pixels.iter().enumerate() {
            let (x, y) = (position % 9, position / 9);
            let inside = (3..=5).contains(&x) && (3..=5).contains(&y);
            let expected = if inside { 10.0 } else { 0.0 };
            assert!((pixel[0] - expected).abs() < 1e-3, "({x}, {y}): {}", pixel[0]);
        }
    }
}
