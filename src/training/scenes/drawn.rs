//! Distractors that are drawn, not photographed: leaves, citrus slices, and hands that reach in.
//!
//! Leaves and slices pass for bananas in a detector that never saw them; hands cover items at any till.

use super::{
    cutout::{Cutout, rgba_from_fn},
    textures::hsv,
};
use crate::{frame::RgbaImage, training::dataset::Dice};

/// Side of a drawn leaf or slice, and the length of a hand, in pixels.
const SIDE: usize = 128;

/// Leaves and slices, `count` of each.
pub(super) fn plants(count: usize, dice: &mut Dice) -> Vec<Cutout> {
    let mut drawn = Vec::new();
    for _ in 0..count {
        drawn.extend(Cutout::new(None, "drawn/leaf", &leaf(dice), 512));
        drawn.extend(Cutout::new(None, "drawn/slice", &slice(dice), 512));
    }
    drawn
}

/// Hands with a forearm that leaves the picture at the bottom.
pub(super) fn hands(count: usize, dice: &mut Dice) -> Vec<Cutout> {
    (0..count)
        .filter_map(|_| Cutout::new(None, "drawn/hand", &hand(dice), 512))
        .collect()
}

fn leaf(dice: &mut Dice) -> RgbaImage {
    let colour = hsv(
        dice.range(0.2, 0.38),
        dice.range(0.35, 0.85),
        dice.range(60.0, 190.0),
    );
    let (wide, bend) = (dice.range(0.16, 0.42), dice.around(0.25));
    let tip = dice.range(0.8, 1.6);
    let (veins, slant) = (dice.range(4.0, 9.0), dice.range(0.5, 1.2));
    let half = SIDE as f32 / 2.0;
    rgba_from_fn(SIDE, SIDE, |x, y| {
        let (u, v) = ((x - half) / half, (y - half) / half);
        let spine = bend * (1.0 - v * v);
        let width = wide * (1.0 - v * v).max(0.0).powf(tip) * (1.0 + 0.3 * v);
        let across = u - spine;
        let alpha = ((width - across.abs()) * half).clamp(0.0, 1.0);
        let vein = ((v - across.abs() * slant) * veins * std::f32::consts::TAU)
            .sin()
            .powi(8);
        let rib = if across.abs() < 0.018 { 0.35 } else { 0.12 * vein };
        let light = 0.85 + 0.25 * across / wide.max(0.01) + rib;
        [colour[0] * light, colour[1] * light, colour[2] * light, alpha]
    })
}

fn slice(dice: &mut Dice) -> RgbaImage {
    // Orange, lemon, lime, grapefruit.
    let (hue, saturation) = match dice.below(4) {
        0 => (dice.range(0.07, 0.1), 0.9),
        1 => (dice.range(0.13, 0.16), 0.75),
        2 => (dice.range(0.19, 0.25), 0.6),
        _ => (dice.range(0.98, 1.03), 0.6),
    };
    let flesh = hsv(hue, saturation * dice.range(0.7, 1.0), dice.range(190.0, 250.0));
    let rind = hsv(hue.max(0.06), 0.9, dice.range(170.0, 240.0));
    let pith = hsv(0.14, 0.15, 245.0);
    let segments = dice.whole(8, 12) as f32;
    let (turn, squash) = (dice.unit(), dice.range(0.6, 1.0));
    let halved = dice.chance(0.35);
    let half = SIDE as f32 / 2.0;
    rgba_from_fn(SIDE, SIDE, |x, y| {
        let (u, v) = ((x - half) / half, (y - half) / half / squash);
        let radius = (u * u + v * v).sqrt();
        let mut alpha = ((0.97 - radius) * half).clamp(0.0, 1.0);
        if halved && v > 0.05 {
            alpha = 0.0;
        }
        let around = (v.atan2(u) / std::f32::consts::TAU + turn) * segments;
        let beside = (around - around.round()).abs() / segments * std::f32::consts::TAU * radius;
        let grain = 0.93 + 0.07 * ((u * 41.0).sin() * (v * 37.0).cos());
        let colour = if radius > 0.9 {
            rind
        } else if radius > 0.82 || beside < 0.022 || radius < 0.07 {
            pith
        } else {
            flesh.map(|value| value * grain)
        };
        [colour[0], colour[1], colour[2], alpha]
    })
}

/// A thick line with round ends.
#[derive(Debug, Clone, Copy)]
struct Limb {
    from: (f32, f32),
    to: (f32, f32),
    radius: (f32, f32),
}

impl Limb {
    /// Distance from the surface; negative inside.
    fn distance(&self, x: f32, y: f32) -> f32 {
        let (dx, dy) = (self.to.0 - self.from.0, self.to.1 - self.from.1);
        let (px, py) = (x - self.from.0, y - self.from.1);
        let along = ((px * dx + py * dy) / (dx * dx + dy * dy).max(1e-6)).clamp(0.0, 1.0);
        let (ox, oy) = (px - dx * along, py - dy * along);
        (ox * ox + oy * oy).sqrt() - (self.radius.0 + (self.radius.1 - self.radius.0) * along)
    }
}

fn hand(dice: &mut Dice) -> RgbaImage {
    let skin = hsv(
        dice.range(0.035, 0.075),
        dice.range(0.28, 0.6),
        dice.range(70.0, 235.0),
    );
    let sleeve = dice
        .chance(0.5)
        .then(|| hsv(dice.unit(), dice.range(0.0, 0.7), dice.range(20.0, 220.0)));
    // In units of the hand's width: fingers up, arm down to 2.4.
    let mut limbs = vec![
        Limb {
            from: (0.5, 0.95),
            to: (0.5, 1.15),
            radius: (0.25, 0.23),
        },
        Limb {
            from: (0.5, 1.2),
            to: (0.5, 2.6),
            radius: (0.19, 0.27),
        },
    ];
    let curl = dice.range(0.45, 1.0);
    for finger in 0..4u8 {
        let base = 0.3 + 0.133 * f32::from(finger);
        let lean = (base - 0.5) * dice.range(0.2, 0.9) + dice.around(0.05);
        let middle = 1.0 - (base - 0.5).abs() * 0.6;
        let length = 0.62 * middle * curl * dice.range(0.85, 1.1);
        limbs.push(Limb {
            from: (base, 0.85),
            to: (base + lean, 0.85 - length),
            radius: (0.075, 0.06),
        });
    }
    let thumb = dice.range(0.1, 0.35);
    limbs.push(Limb {
        from: (0.3, 1.05),
        to: (0.3 - thumb, 0.72),
        radius: (0.09, 0.065),
    });
    let unit = SIDE as f32 / 1.1;
    let height = SIDE * 2;
    rgba_from_fn(SIDE, height, |x, y| {
        let (u, v) = (x / unit - 0.05, y / unit);
        let distances = limbs.iter().map(|limb| limb.distance(u, v));
        // The nearest limb's surface shades as a rounded body does; seams between fingers stay dark.
        let distance = distances.fold(f32::INFINITY, f32::min);
        let alpha = (-distance * unit).clamp(0.0, 1.0);
        let light = 0.55 + 0.5 * (-distance / 0.08).clamp(0.0, 1.0).sqrt();
        let colour = match sleeve {
            Some(cloth) if v > 1.45 => cloth,
            Some(_) | None => skin,
        };
        [colour[0] * light, colour[1] * light, colour[2] * light, alpha]
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_drawings_show_something_and_leave_their_corners_free() {
        let mut dice = Dice::new(1, 1);
        for picture in [leaf(&mut dice), slice(&mut dice), hand(&mut dice)] {
            let solid = picture.pixels().filter(|pixel| pixel.0[3] > 128).count();
            assert!(solid * 12 > picture.pixels().count(), "{solid} solid pixels");
            assert_eq!(picture.get_pixel(0, 0).0[3], 0, "corner");
        }
        assert_eq!(plants(3, &mut dice).len(), 6);
        assert_eq!(hands(3, &mut dice).len(), 3);
    }
}
