//! The edge of a thing, finer than its mask: how much of every pixel near the outline is the thing.
//!
//! What lies behind is known: the empty tray in the light of now. So a pixel between the two is a mixture of
//! the tray's colour there and the thing's colour nearby, and its share follows from one division. That is
//! cheaper than cutting a graph and, unlike it, gives shares and not only yes and no. A guided filter then
//! makes the shares follow the picture's own edges, and carries them up to the full size.
//!
//! # Source
//! Mixture with a known background: Smith and Blinn, "Blue Screen Matting" (1996). Guided filter: He, Sun and
//! Tang, "Guided Image Filtering" (2010), and its upsampling form, He and Sun, "Fast Guided Filter" (2015).

use super::{
    difference::is_shadow,
    morphology::Mask,
    plane::{Plane, luma},
};
use crate::{
    frame::{GrayImage, Luma, RgbImage},
    geom::cast::round_u8,
};

/// So far inside and outside the outline nothing is in doubt, in pixels of the small picture.
const BAND: usize = 3;
/// Colours of the thing and light on the tray are taken from so far around.
const AROUND: usize = 9;
/// Colours nearer than this cannot be told apart.
const ALIKE: f32 = 14.0;
/// A colour this far from every mixture of the two is the thing's own.
const OWN: f32 = 26.0;
/// Radius and smoothness of the guided filter; brightness runs from 0 to 1.
const GUIDE: (usize, f32) = (4, 4e-4);

/// Shares (0 to 1) in the small picture, from the mask, the picture and the tray in its light.
pub(super) fn shares(mask: &Mask, small: &RgbImage, ground: &[[f32; 3]]) -> Plane {
    let size = (mask.width, mask.height);
    let inner = mask.shrunk(BAND);
    let outer = mask.grown(BAND);
    let pixels: Vec<[f32; 3]> = small.pixels().map(|pixel| pixel.0.map(f32::from)).collect();
    // A thin thing has no inside: then its mask is its inside.
    let core = if inner.area() * 4 < mask.area() {
        mask
    } else {
        &inner
    };
    let thing = mean_where(core, size, |at| pixels[at]);
    let light = mean_where(&Mask::from_fn(size, |at| !outer.set[at]), size, |at| {
        let share = luma_of(pixels[at]) / luma_of(ground[at]).max(8.0);
        [share, 0.0, 0.0]
    });
    Plane::from_fn(size, |at| {
        if inner.set[at] {
            return 1.0;
        }
        if !outer.set[at] {
            return 0.0;
        }
        let unsure = f32::from(u8::from(mask.set[at]));
        let (Some(front), light) = (thing[at], light[at]) else {
            return unsure;
        };
        // A shadow at the edge is none of it, unless the thing itself has that colour.
        if is_shadow(pixels[at], ground[at]) && far(pixels[at], front) > ALIKE {
            return 0.0;
        }
        let shade = light.map_or(1.0, |light| light[0].clamp(0.4, 1.2));
        let back = ground[at].map(|value| value * shade);
        mixture(pixels[at], front, back).unwrap_or(unsure)
    })
}

fn far(a: [f32; 3], b: [f32; 3]) -> f32 {
    let sum: f32 = a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum();
    sum.sqrt()
}

fn luma_of(pixel: [f32; 3]) -> f32 {
    luma(pixel.map(round_u8))
}

/// The share of `front` in `pixel` over `back`; none if the two look alike.
fn mixture(pixel: [f32; 3], front: [f32; 3], back: [f32; 3]) -> Option<f32> {
    let minus = |a: [f32; 3], b: [f32; 3]| [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
    let dot = |a: [f32; 3], b: [f32; 3]| a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
    let (span, off) = (minus(front, back), minus(pixel, back));
    let length = dot(span, span);
    let share = if length > 0.0 {
        dot(off, span) / length
    } else {
        0.0
    };
    let rest = minus(off, span.map(|value| value * share));
    if dot(rest, rest) > OWN * OWN {
        return Some(1.0);
    }
    (length > ALIKE * ALIKE).then(|| share.clamp(0.0, 1.0))
}

/// The mean around every pixel of what is set; none where nothing is near.
fn mean_where(set: &Mask, size: (usize, usize), value: impl Fn(usize) -> [f32; 3]) -> Vec<Option<[f32; 3]>> {
    let weight = Plane::from_fn(size, |at| f32::from(u8::from(set.set[at]))).mean(AROUND);
    let channels = [0, 1, 2].map(|channel| {
        Plane::from_fn(size, |at| if set.set[at] { value(at)[channel] } else { 0.0 }).mean(AROUND)
    });
    (0..size.0 * size.1)
        .map(|at| {
            let weight = weight.values[at];
            (weight > 1e-4).then(|| [0, 1, 2].map(|channel: usize| channels[channel].values[at] / weight))
        })
        .collect()
}

/// Shares that follow the edges of the picture, in its full size; only where the small ones are in doubt.
pub(super) fn full_size(shares: &Plane, small: &RgbImage, picture: &RgbImage) -> GrayImage {
    let (radius, smoothness) = GUIDE;
    let size = shares.size();
    let guide = Plane::brightness(small);
    let guide = Plane::from_fn(size, |at| guide.values[at] / 255.0);
    let product = |a: &Plane, b: &Plane| Plane::from_fn(size, |at| a.values[at] * b.values[at]).mean(radius);
    let (mean_guide, mean_share) = (guide.mean(radius), shares.mean(radius));
    let (with_share, squared) = (product(&guide, shares), product(&guide, &guide));
    let slope = Plane::from_fn(size, |at| {
        let middle = mean_guide.values[at];
        let spread = (squared.values[at] - middle * middle).max(0.0);
        (with_share.values[at] - middle * mean_share.values[at]) / (spread + smoothness)
    });
    let offset = Plane::from_fn(size, |at| {
        mean_share.values[at] - slope.values[at] * mean_guide.values[at]
    });
    let (slope, offset) = (slope.mean(radius), offset.mean(radius));
    let least = Plane::from_fn(size, |at| neighbours(shares, at).fold(1.0, f32::min));
    let most = Plane::from_fn(size, |at| neighbours(shares, at).fold(0.0, f32::max));
    let step = (
        size.0 as f32 / picture.width() as f32,
        size.1 as f32 / picture.height() as f32,
    );
    let mut out = GrayImage::new(picture.width(), picture.height());
    for (x, y, pixel) in out.enumerate_pixels_mut() {
        let (u, v) = ((x as f32 + 0.5) * step.0, (y as f32 + 0.5) * step.1);
        let (low, high) = (least.sample(u, v), most.sample(u, v));
        let share = if high - low < 1e-3 {
            low
        } else {
            let here = luma(picture.get_pixel(x, y).0) / 255.0;
            let guided = slope.sample(u, v) * here + offset.sample(u, v);
            // Half of the mixture, half of the guide: the guide alone bleeds where a print meets the edge.
            f32::midpoint(guided.clamp(low, high), shares.sample(u, v))
        };
        *pixel = Luma([round_u8(share * 255.0)]);
    }
    out
}

fn neighbours(plane: &Plane, at: usize) -> impl Iterator<Item = f32> + '_ {
    let (x, y) = ((at % plane.width).cast_signed(), (at / plane.width).cast_signed());
    (-1..=1).flat_map(move |dy| (-1..=1).map(move |dx| plane.near(x + dx, y + dy)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mixtures_by_hand() {
        let (front, back) = ([200.0, 0.0, 0.0], [100.0, 100.0, 100.0]);
        // A quarter of the way from back to front.
        assert!((mixture([125.0, 75.0, 75.0], front, back).unwrap() - 0.25).abs() < 1e-5);
        assert!((mixture(front, front, back).unwrap() - 1.0).abs() < 1e-5);
        assert!(
            (mixture([100.0, 220.0, 20.0], front, back).unwrap() - 1.0).abs() < 1e-5,
            "its own colour"
        );
        assert_eq!(
            mixture([101.0, 100.0, 99.0], [104.0, 100.0, 100.0], back),
            None,
            "alike"
        );
    }
}
