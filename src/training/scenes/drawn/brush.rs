//! Draws bodies from signed distances: rounded, lit from one side, with a highlight.

use super::super::{cutout::rgba_from_fn, textures::hsv};
use crate::{frame::RgbaImage, training::dataset::Dice};

/// Side of a drawing in pixels.
pub(super) const SIDE: usize = 176;

/// Red, green and blue, 0 to 255.
pub(super) type Colour = [f32; 3];

/// A colour of which hue (0 to 1, going round), saturation (0 to 1) and value (0 to 255) lie within these ends.
pub(super) fn colour_in(
    dice: &mut Dice,
    hue: (f32, f32),
    saturation: (f32, f32),
    value: (f32, f32),
) -> Colour {
    let hue = dice.range(hue.0, hue.1);
    let saturation = dice.range(saturation.0, saturation.1);
    hsv(hue, saturation, dice.range(value.0, value.1))
}

/// The light on a body.
#[derive(Debug, Clone, Copy)]
pub(super) struct Light {
    toward: [f32; 3],
    ambient: f32,
    /// Brightness of the highlight, 0 to 255.
    gloss: f32,
    /// How narrow the highlight is.
    polish: i32,
}

impl Light {
    /// A light from above or beside; `gloss` is the brightest that a highlight gets.
    pub(super) fn random(gloss: f32, dice: &mut Dice) -> Self {
        let (x, y) = (dice.around(0.7), dice.range(-0.9, 0.3));
        let length = (x * x + y * y + 0.8).sqrt();
        Self {
            toward: [x / length, y / length, 0.8f32.sqrt() / length],
            ambient: dice.range(0.35, 0.75),
            gloss: gloss * dice.range(0.2, 1.0),
            polish: if dice.chance(0.5) { 12 } else { 40 },
        }
    }

    /// The colour of a surface of this normal in this light.
    pub(super) fn on(&self, colour: Colour, normal: [f32; 3]) -> Colour {
        let facing: f32 = normal.iter().zip(self.toward).map(|(n, l)| n * l).sum();
        let diffuse = self.ambient + (1.1 - self.ambient) * facing.max(0.0);
        // Halfway between the light and the eye, which looks along z.
        let half = [self.toward[0], self.toward[1], self.toward[2] + 1.0];
        let length = half.iter().map(|value| value * value).sum::<f32>().sqrt();
        let shine: f32 = normal.iter().zip(half).map(|(n, h)| n * h / length).sum();
        let highlight = self.gloss * shine.max(0.0).powi(self.polish);
        colour.map(|value| value * diffuse + highlight)
    }
}

/// A body in coordinates from -1 to 1: `distance` is negative inside, `round` is how wide its rounded rim
/// is, `paint` its colour before light.
pub(super) fn body(
    light: &Light,
    round: f32,
    distance: impl Fn(f32, f32) -> f32,
    paint: impl Fn(f32, f32) -> Colour,
) -> RgbaImage {
    let half = SIDE as f32 / 2.0;
    rgba_from_fn(SIDE, SIDE, |x, y| {
        let (u, v) = ((x - half) / half, (y - half) / half);
        let here = distance(u, v);
        let alpha = (0.5 - here * half).clamp(0.0, 1.0);
        if alpha <= 0.0 {
            return [0.0; 4];
        }
        let step = 0.01;
        let (gx, gy) = (
            (distance(u + step, v) - here) / step,
            (distance(u, v + step) - here) / step,
        );
        let rim = (1.0 + here / round).clamp(0.0, 1.0);
        let slope = (gx * gx + gy * gy).sqrt().max(1e-3);
        let (nx, ny) = (gx / slope * rim, gy / slope * rim);
        let normal = [nx, ny, (1.0 - rim * rim).max(0.0).sqrt()];
        let [r, g, b] = light.on(paint(u, v), normal);
        [r, g, b, alpha]
    })
}

/// Distance from an ellipse about the middle, exact on its axes.
pub(super) fn ellipse(u: f32, v: f32, a: f32, b: f32) -> f32 {
    let reach = ((u / a).powi(2) + (v / b).powi(2)).sqrt();
    (reach - 1.0) * a.min(b)
}

/// Distance from a rectangle with rounded corners about the middle.
pub(super) fn slab(u: f32, v: f32, half: (f32, f32), round: f32) -> f32 {
    let (dx, dy) = (u.abs() - half.0 + round, v.abs() - half.1 + round);
    let outside = (dx.max(0.0).powi(2) + dy.max(0.0).powi(2)).sqrt();
    outside + dx.max(dy).min(0.0) - round
}

/// A bent rod: along an arc about the middle, thick as `radius` says at -1 to 1 along it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Arc {
    bend: f32,
    half_angle: f32,
    length: f32,
}

impl Arc {
    /// Of this length; `half_angle` is half of what it turns by, radians, above 0.
    pub(super) fn new(length: f32, half_angle: f32) -> Self {
        let half_angle = half_angle.max(0.05);
        Self {
            bend: length / (2.0 * half_angle),
            half_angle,
            length,
        }
    }

    /// Where along the rod a point is (-1 to 1), how far across, and its distance from the middle line.
    pub(super) fn at(&self, u: f32, v: f32) -> (f32, f32, f32) {
        // The chord's middle comes to lie near the middle of the drawing.
        let sag = self.bend * (1.0 - self.half_angle.cos());
        let (x, y) = (u, v + self.bend - sag / 2.0);
        let angle = x.atan2(y).clamp(-self.half_angle, self.half_angle);
        let (px, py) = (self.bend * angle.sin(), self.bend * angle.cos());
        let away = ((x - px).powi(2) + (y - py).powi(2)).sqrt();
        let across = (x * x + y * y).sqrt() - self.bend;
        (angle / self.half_angle, across, away)
    }

    pub(super) const fn length(&self) -> f32 {
        self.length
    }
}

/// Turns coordinates by an angle.
pub(super) fn turned(u: f32, v: f32, (sin, cos): (f32, f32)) -> (f32, f32) {
    (u * cos + v * sin, v * cos - u * sin)
}

/// Cheap waves in two directions, -1 to 1: spots and grain.
pub(super) fn grain(u: f32, v: f32, cells: f32) -> f32 {
    let (a, b) = (u * cells, v * cells);
    ((a + 1.7 * (b * 0.7).sin()).sin() + (b * 1.3 + 2.1 * (a * 0.6).cos()).sin()) * 0.5
}

/// Between two colours.
pub(super) fn mix(a: Colour, b: Colour, share: f32) -> Colour {
    let share = share.clamp(0.0, 1.0);
    [0, 1, 2].map(|channel| a[channel] + (b[channel] - a[channel]) * share)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_colour_is_drawn_hue_first() {
        let colour = colour_in(&mut Dice::new(3, 4), (0.1, 0.2), (0.5, 0.9), (100.0, 200.0));
        let mut dice = Dice::new(3, 4);
        let (hue, saturation, value) = (
            dice.range(0.1, 0.2),
            dice.range(0.5, 0.9),
            dice.range(100.0, 200.0),
        );
        let expected = hsv(hue, saturation, value);
        assert!(colour.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-6));
    }

    #[test]
    fn distances_by_hand() {
        assert!(ellipse(0.5, 0.0, 0.5, 0.8).abs() < 1e-6);
        assert!((slab(0.7, 0.0, (0.5, 0.5), 0.1) - 0.2).abs() < 1e-6);
        assert!(slab(0.0, 0.0, (0.5, 0.5), 0.1) < 0.0);
        let arc = Arc::new(1.6, 0.8);
        let (along, _, away) = arc.at(0.0, arc.bend * (1.0 - 0.8f32.cos()) / 2.0);
        assert!(
            along.abs() < 1e-5 && away < 1e-5,
            "the middle of the rod: {along} {away}"
        );
    }

    #[test]
    fn a_body_is_opaque_inside_and_brighter_toward_the_light() {
        let light = Light {
            toward: [-0.7, 0.0, 0.714],
            ambient: 0.3,
            gloss: 0.0,
            polish: 12,
        };
        let disc = body(&light, 0.6, |u, v| ellipse(u, v, 0.6, 0.6), |_, _| [200.0; 3]);
        let middle = u32::try_from(SIDE / 2).unwrap();
        assert_eq!(disc.get_pixel(middle, middle).0[3], 255);
        assert!(disc.get_pixel(middle - 40, middle).0[0] > disc.get_pixel(middle + 40, middle).0[0] + 40);
    }
}
