//! One cut-out in memory: premultiplied, with ever smaller copies, so that it can be drawn small and sharp.

use crate::{
    frame::{Rgba, RgbaImage, imageops},
    geom::{
        ClassId,
        cast::{narrow_f32, round_u8, saturating_u32},
    },
};

/// Pixels fainter than this do not belong to the item when its extent is measured on loading.
const FAINT: u8 = 24;

/// One size of a cut-out: premultiplied bytes with a transparent border of one pixel all round.
#[derive(Debug, Clone)]
pub(super) struct Layer {
    /// Width with the border.
    pub(super) width: usize,
    /// Height with the border.
    pub(super) height: usize,
    /// Row by row.
    pub(super) pixels: Vec<[u8; 4]>,
}

/// An item that can be drawn at any size up to its own.
#[derive(Debug, Clone)]
pub(super) struct Cutout {
    /// Our class, or none for a distractor.
    pub(super) class: Option<ClassId>,
    /// What a distractor is labelled as, if it is.
    pub(super) distractor: Option<ClassId>,
    /// File name, by which weights are looked up.
    pub(super) name: String,
    /// Mean red, green and blue of what is opaque, 0 to 255.
    pub(super) colour: [f32; 3],
    /// How near the outline comes to an ellipse: 1 for an ellipse, less for a torn or a long bent shape.
    pub(super) roundness: f32,
    /// Length over width of that ellipse.
    pub(super) elongation: f32,
    /// Largest first, each half the size of the one before.
    pub(super) layers: Vec<Layer>,
}

impl Cutout {
    /// Cuts `picture` to the extent of what is opaque and makes its smaller copies; none if nothing is
    /// opaque or if it is smaller than 4 pixels.
    pub(super) fn new(
        class: Option<ClassId>,
        name: &str,
        picture: &RgbaImage,
        max_side: u32,
    ) -> Option<Self> {
        let (x0, y0, width, height) = extent(picture)?;
        if width < 4 || height < 4 {
            return None;
        }
        let mut largest = imageops::crop_imm(picture, x0, y0, width, height).to_image();
        for pixel in largest.pixels_mut() {
            premultiply(pixel);
        }
        let longest = width.max(height);
        if longest > max_side.max(8) {
            let shrink = max_side.max(8) as f32 / longest as f32;
            let side = |length: u32| crate::geom::cast::round_u32(length as f32 * shrink).max(2);
            // Premultiplied, so the colour hidden under transparent pixels cannot bleed into the edge.
            largest = imageops::resize(
                &largest,
                side(width),
                side(height),
                imageops::FilterType::Triangle,
            );
        }
        let mut layers = vec![Layer::bordered(&largest)];
        let mut smaller = largest;
        while smaller.width().min(smaller.height()) >= 8 {
            smaller = half(&smaller);
            layers.push(Layer::bordered(&smaller));
        }
        // Half the size is fine enough to tell a shape.
        let coarse = layers.get(1).or(layers.first())?;
        let (roundness, elongation) = shape(coarse);
        Some(Self {
            class,
            distractor: None,
            name: name.to_owned(),
            colour: mean_colour(coarse),
            roundness,
            elongation,
            layers,
        })
    }

    /// Width and height of the largest copy in pixels, without the border.
    pub(super) fn size(&self) -> (f32, f32) {
        self.layers.first().map_or((1.0, 1.0), |layer| {
            ((layer.width - 2) as f32, (layer.height - 2) as f32)
        })
    }
}

impl Layer {
    fn bordered(picture: &RgbaImage) -> Self {
        let width = picture.width() as usize + 2;
        let height = picture.height() as usize + 2;
        let mut pixels = vec![[0; 4]; width * height];
        for (x, y, pixel) in picture.enumerate_pixels() {
            pixels[(y as usize + 1) * width + x as usize + 1] = pixel.0;
        }
        Self {
            width,
            height,
            pixels,
        }
    }
}

/// Mean colour of what is opaque.
fn mean_colour(layer: &Layer) -> [f32; 3] {
    let (mut sum, mut weight) = ([0.0f32; 3], 0.0f32);
    for pixel in &layer.pixels {
        for (total, value) in sum.iter_mut().zip(pixel) {
            *total += f32::from(*value);
        }
        weight += f32::from(pixel[3]) / 255.0;
    }
    sum.map(|total| total / weight.max(1.0))
}

/// The part of the outline and of the ellipse with the same middle and spread that both share, and that
/// ellipse's length over its width.
fn shape(layer: &Layer) -> (f32, f32) {
    let solid: Vec<(f64, f64)> = (0..layer.pixels.len())
        .filter(|at| layer.pixels[*at][3] >= 128)
        .map(|at| ((at % layer.width) as f64, (at / layer.width) as f64))
        .collect();
    if solid.len() < 16 {
        return (0.0, 1.0);
    }
    let count = solid.len() as f64;
    let mean = |axis: fn(&(f64, f64)) -> f64| solid.iter().map(axis).sum::<f64>() / count;
    let (mx, my) = (mean(|point| point.0), mean(|point| point.1));
    let (mut xx, mut xy, mut yy) = (0.0f64, 0.0, 0.0);
    for (x, y) in &solid {
        let (dx, dy) = (x - mx, y - my);
        xx += dx * dx / count;
        xy += dx * dy / count;
        yy += dy * dy / count;
    }
    let determinant = (xx * yy - xy * xy).max(1e-6);
    // An even ellipse has the Mahalanobis distance 2 at its rim and the area 4 pi sqrt(determinant).
    let inside = solid.iter().filter(|(x, y)| {
        let (dx, dy) = (x - mx, y - my);
        (yy * dx * dx - 2.0 * xy * dx * dy + xx * dy * dy) / determinant <= 4.0
    });
    let both = inside.count() as f64;
    let either = count + 4.0 * std::f64::consts::PI * determinant.sqrt() - both;
    let (middle, spread) = ((xx + yy) / 2.0, (((xx - yy) / 2.0).powi(2) + xy * xy).sqrt());
    let elongation = ((middle + spread) / (middle - spread).max(1e-6)).sqrt();
    (narrow_f32(both / either.max(1.0)), narrow_f32(elongation))
}

fn premultiply(pixel: &mut Rgba<u8>) {
    let alpha = f32::from(pixel.0[3]) / 255.0;
    for channel in &mut pixel.0[..3] {
        *channel = round_u8(f32::from(*channel) * alpha);
    }
}

/// Left, top, width and height of what is not faint.
pub(super) fn extent(picture: &RgbaImage) -> Option<(u32, u32, u32, u32)> {
    let (mut x0, mut y0, mut x1, mut y1) = (u32::MAX, u32::MAX, 0, 0);
    for (x, y, pixel) in picture.enumerate_pixels() {
        if pixel.0[3] >= FAINT {
            x0 = x0.min(x);
            y0 = y0.min(y);
            x1 = x1.max(x + 1);
            y1 = y1.max(y + 1);
        }
    }
    (x0 < x1 && y0 < y1).then(|| (x0, y0, x1 - x0, y1 - y0))
}

/// The mean of every two by two pixels; an odd last row or column is repeated.
fn half(picture: &RgbaImage) -> RgbaImage {
    let (width, height) = picture.dimensions();
    RgbaImage::from_fn(width.div_ceil(2), height.div_ceil(2), |x, y| {
        let mut sum = [0u32; 4];
        for (dx, dy) in [(0, 0), (1, 0), (0, 1), (1, 1)] {
            let pixel = picture.get_pixel((2 * x + dx).min(width - 1), (2 * y + dy).min(height - 1));
            for (total, value) in sum.iter_mut().zip(pixel.0) {
                *total += u32::from(value);
            }
        }
        Rgba(sum.map(|total| u8::try_from((total + 2) / 4).unwrap_or(u8::MAX)))
    })
}

/// Turns pixels that were drawn as floats into a picture with plain (not premultiplied) colours.
pub(super) fn rgba_from_fn(
    width: usize,
    height: usize,
    mut pixel: impl FnMut(f32, f32) -> [f32; 4],
) -> RgbaImage {
    RgbaImage::from_fn(saturating_u32(width), saturating_u32(height), |x, y| {
        let [r, g, b, a] = pixel(x as f32 + 0.5, y as f32 + 0.5);
        Rgba([round_u8(r), round_u8(g), round_u8(b), round_u8(a * 255.0)])
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cut_to_what_is_opaque_and_halved() {
        let mut picture = RgbaImage::new(60, 50);
        for y in 10..42 {
            for x in 20..36 {
                picture.put_pixel(x, y, Rgba([200, 100, 50, 255]));
            }
        }
        let cutout = Cutout::new(Some(ClassId(1)), "x", &picture, 192).unwrap();
        assert_eq!(cutout.size(), (16.0, 32.0));
        let second = &cutout.layers[1];
        assert_eq!((second.width, second.height), (10, 18));
        assert_eq!(second.pixels[second.width + 1], [200, 100, 50, 255]);
        assert_eq!(second.pixels[0], [0; 4], "transparent border");
        let small = Cutout::new(None, "x", &picture, 16).unwrap();
        assert_eq!(small.size(), (8.0, 16.0));
    }

    #[test]
    fn a_disc_is_round_and_a_bitten_one_is_not() {
        let disc = |bite: bool| {
            let picture = RgbaImage::from_fn(80, 80, |x, y| {
                let far = |cx: f32, cy: f32| (x as f32 - cx).powi(2) + (y as f32 - cy).powi(2);
                let inside = far(39.5, 39.5) < 1400.0 && !(bite && far(70.0, 39.5) < 900.0);
                Rgba([210, 20, 30, if inside { 255 } else { 0 }])
            });
            Cutout::new(None, "x", &picture, 192).unwrap()
        };
        assert!(disc(false).roundness > 0.98, "{}", disc(false).roundness);
        assert!(disc(true).roundness < 0.93, "{}", disc(true).roundness);
        assert!((disc(true).colour[0] - 210.0).abs() < 1.0);
        assert!((disc(false).elongation - 1.0).abs() < 0.05);
        let bar = RgbaImage::from_pixel(120, 40, Rgba([1, 2, 3, 255]));
        let bar = Cutout::new(None, "x", &bar, 192).unwrap();
        assert!((bar.elongation - 3.0).abs() < 0.05, "{}", bar.elongation);
    }

    #[test]
    fn nothing_opaque_is_no_cutout() {
        assert!(Cutout::new(None, "x", &RgbaImage::new(30, 30), 192).is_none());
    }
}
