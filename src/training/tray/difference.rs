//! Where a picture differs from the empty tray, in parts of what the tray itself wavers, and where only a
//! shadow or a reflection fell on it.
//!
//! # Source
//! Brightness and colour distortion: Horprasert, Harwood and Davis, "A Statistical Approach for Real-time
//! Robust Background Subtraction and Shadow Detection" (1999). Here a shadow must also be smooth: what lies on
//! the tray has edges and print of its own.

use super::{light::gains, model::EmptyTray, morphology::Mask, plane::Plane};
use crate::frame::RgbImage;

/// So many times its own wavering makes a pixel different.
const DIFFERENT: f32 = 3.5;
/// Gains are known to this share only.
const GAIN_ERROR: f32 = 0.025;
/// A shadow leaves between these shares of the light; a reflection adds a little.
const SHADOW: (f32, f32) = (0.42, 1.12);
/// A shadow changes the colour by at most this share of the brightness.
const SHADOW_COLOUR: f32 = 0.055;
/// Within a shadow the light changes from pixel to pixel by at most this share.
const SHADOW_ROUGHNESS: f32 = 0.035;

/// What was compared.
#[derive(Debug)]
pub(super) struct Difference {
    /// How many times its own wavering every pixel is off, after the change of light.
    pub(super) strength: Plane,
    /// Different, and no shadow.
    pub(super) solid: Mask,
    /// Different, but only in brightness and smoothly: a shadow, or a thing that looks like one.
    pub(super) shade: Mask,
    /// The empty tray in the light of this picture.
    pub(super) ground: Vec<[f32; 3]>,
}

/// Compares a picture of the tray's size with the tray.
pub(super) fn difference(tray: &EmptyTray, small: &RgbImage) -> Difference {
    let gains = gains(tray, small);
    let size = (tray.width, tray.height);
    let ground: Vec<[f32; 3]> = tray
        .mean
        .iter()
        .map(|mean| [mean[0] * gains[0], mean[1] * gains[1], mean[2] * gains[2]])
        .collect();
    let pixels: Vec<[f32; 3]> = small.pixels().map(|pixel| pixel.0.map(f32::from)).collect();
    let wavers: Vec<[f32; 3]> = (0..pixels.len())
        .map(|at| {
            let spread = tray.spread(at);
            let one = |channel: usize| {
                let (spread, error) = (
                    spread[channel] * gains[channel].max(0.7),
                    ground[at][channel] * GAIN_ERROR,
                );
                (spread * spread + error * error).sqrt()
            };
            [one(0), one(1), one(2)]
        })
        .collect();
    let strength = Plane::from_fn(size, |at| {
        // A camera that trembles by a pixel must not outline every line of the tray: the nearest of five.
        let (x, y) = (at % tray.width, at / tray.width);
        let here = apart(pixels[at], ground[at], wavers[at]);
        if here < DIFFERENT {
            return here;
        }
        let mut least = here;
        let around = [
            (x > 0).then(|| at - 1),
            (x + 1 < tray.width).then(|| at + 1),
            (y > 0).then(|| at - tray.width),
            (y + 1 < tray.height).then(|| at + tray.width),
        ];
        for other in around.into_iter().flatten() {
            least = least.min(apart(pixels[at], ground[other], wavers[at]));
        }
        least
    });
    let light = Plane::from_fn(size, |at| share_of_light(pixels[at], ground[at], wavers[at]));
    let even = light.mean(1);
    let shade = Mask::from_fn(size, |at| {
        let share = light.values[at];
        let is_off = strength.values[at] >= DIFFERENT;
        let in_range = share > SHADOW.0 && share < SHADOW.1;
        let is_smooth = (share - even.values[at]).abs() < SHADOW_ROUGHNESS;
        is_off && in_range && is_smooth && keeps_colour(pixels[at], ground[at], share)
    });
    let solid = Mask::from_fn(size, |at| strength.values[at] >= DIFFERENT && !shade.set[at]);
    Difference {
        strength,
        solid,
        shade,
        ground,
    }
}

/// Root mean square of the three differences, each in parts of its wavering.
fn apart(pixel: [f32; 3], ground: [f32; 3], wavers: [f32; 3]) -> f32 {
    let sum: f32 = (0..3)
        .map(|channel| ((pixel[channel] - ground[channel]) / wavers[channel]).powi(2))
        .sum();
    (sum / 3.0).sqrt()
}

/// The share of the tray's light that explains the pixel best.
fn share_of_light(pixel: [f32; 3], ground: [f32; 3], wavers: [f32; 3]) -> f32 {
    let (mut both, mut own) = (0.0f32, 1e-3f32);
    for channel in 0..3 {
        let weight = wavers[channel].powi(-2);
        both += pixel[channel] * ground[channel] * weight;
        own += ground[channel] * ground[channel] * weight;
    }
    both / own
}

/// Whether a pixel can be nothing but the ground in less light.
pub(super) fn is_shadow(pixel: [f32; 3], ground: [f32; 3]) -> bool {
    let share = share_of_light(pixel, ground, [1.0; 3]);
    share > SHADOW.0 && share < SHADOW.1 && keeps_colour(pixel, ground, share)
}

/// Whether the pixel is the ground with `share` of its light and nothing else.
fn keeps_colour(pixel: [f32; 3], ground: [f32; 3], share: f32) -> bool {
    let brightness = (pixel[0] + pixel[1] + pixel[2]) / 3.0;
    let off: f32 = (0..3)
        .map(|channel| (pixel[channel] - share * ground[channel]).powi(2))
        .sum();
    // Three levels are noise whatever the brightness.
    (off / 3.0).sqrt() < SHADOW_COLOUR * brightness + 3.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::Rgb;

    #[test]
    fn a_thing_is_solid_and_its_shadow_is_not() {
        let tray = EmptyTray::new(&RgbImage::from_pixel(100, 60, Rgb([150, 140, 130])));
        let now = RgbImage::from_fn(100, 60, |x, y| match (x, y) {
            (30..50, 20..40) => Rgb([190, 40, 30]),
            // The same ground with 70 % of the light.
            (50..60, 20..40) => Rgb([105, 98, 91]),
            _ => Rgb([150, 140, 130]),
        });
        let found = difference(&tray, &now);
        // The square, and at most its shadow's hard outer line.
        assert!((400..480).contains(&found.solid.area()), "{}", found.solid.area());
        assert!(found.solid.set[30 * 100 + 40] && !found.shade.set[30 * 100 + 40]);
        assert!(found.shade.set[30 * 100 + 55] && !found.solid.set[30 * 100 + 55]);
        assert!(!found.solid.set[5 * 100 + 5] && !found.shade.set[5 * 100 + 5]);
    }

    #[test]
    fn the_share_of_light_by_hand() {
        let share = share_of_light([50.0, 100.0, 25.0], [100.0, 200.0, 50.0], [3.0; 3]);
        assert!((share - 0.5).abs() < 1e-4);
        assert!(keeps_colour([50.0, 100.0, 25.0], [100.0, 200.0, 50.0], 0.5));
        assert!(!keeps_colour([90.0, 60.0, 25.0], [100.0, 200.0, 50.0], 0.5));
    }
}
