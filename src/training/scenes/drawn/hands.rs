//! Hands that reach in, hands that hold, and heads: what people bring into a picture.

use super::{
    super::cutout::{Cutout, extent, rgba_from_fn},
    brush::{Colour, Light, body, colour_in, ellipse, grain},
};
use crate::{frame::RgbaImage, training::dataset::Dice};

/// Width of a drawn hand in pixels.
const SIDE: usize = 128;

/// Hands with a forearm that leaves the picture at the bottom.
pub(in crate::training::scenes) fn hands(count: usize, dice: &mut Dice) -> Vec<Cutout> {
    (0..count)
        .filter_map(|_| Cutout::new(None, "drawn/hand", &hand(dice), 512))
        .collect()
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

    /// Whether a point lies on the nail at the far end.
    fn is_nail(&self, x: f32, y: f32) -> bool {
        let (dx, dy) = (self.to.0 - self.from.0, self.to.1 - self.from.1);
        let length = (dx * dx + dy * dy).sqrt().max(1e-6);
        let (px, py) = (x - self.to.0, y - self.to.1);
        let along = (px * dx + py * dy) / length;
        let across = (px * dy - py * dx) / length;
        along > -self.radius.1 * 0.4 && along < self.radius.1 * 0.7 && across.abs() < self.radius.1 * 0.55
    }
}

/// A skin tone from dark to light.
fn skin(dice: &mut Dice) -> Colour {
    colour_in(dice, (0.03, 0.075), (0.25, 0.6), (70.0, 240.0))
}

/// Limbs in one skin, pixels of `unit` a unit, the origin at `origin` pixels.
fn draw_limbs(limbs: &[Limb], look: &Look, size: (usize, usize), origin: (f32, f32), unit: f32) -> RgbaImage {
    rgba_from_fn(size.0, size.1, |x, y| {
        let (u, v) = ((x - origin.0) / unit, (y - origin.1) / unit);
        // The nearest limb's surface shades as a rounded body does; seams between fingers stay dark.
        let (mut distance, mut depth, mut nail) = (f32::INFINITY, 0.0, false);
        for limb in limbs {
            let away = limb.distance(u, v);
            if away < distance {
                distance = away;
                depth = -away / limb.radius.1.max(0.02);
                nail = look.nails && limb.is_nail(u, v);
            }
        }
        let alpha = (0.5 - distance * unit).clamp(0.0, 1.0);
        let rim = (1.0 - depth).clamp(0.0, 1.0);
        let light = 0.62 + 0.42 * (1.0 - rim * rim).sqrt() + look.slope * (u + v) + 0.03 * grain(u, v, 25.0);
        let colour = match look.sleeve {
            Some((cloth, from)) if (u * u + v * v).sqrt() > from => cloth,
            Some(_) | None if nail => look.skin.map(|value| (value * 1.12 + 12.0).min(250.0)),
            Some(_) | None => look.skin,
        };
        [colour[0] * light, colour[1] * light, colour[2] * light, alpha]
    })
}

/// How a hand looks.
struct Look {
    skin: Colour,
    /// The sleeve's colour, and how far from the origin it starts.
    sleeve: Option<(Colour, f32)>,
    nails: bool,
    slope: f32,
}

impl Look {
    fn random(sleeve_from: f32, dice: &mut Dice) -> Self {
        let cloth = colour_in(dice, (0.0, 1.0), (0.0, 0.7), (20.0, 220.0));
        Self {
            skin: skin(dice),
            sleeve: dice.chance(0.5).then_some((cloth, sleeve_from)),
            nails: dice.chance(0.5),
            slope: dice.around(0.06),
        }
    }
}

fn hand(dice: &mut Dice) -> RgbaImage {
    // In units of the hand's width, from the middle of the palm: fingers up, arm down.
    let limb = |from, to, radius| Limb { from, to, radius };
    let mut limbs = vec![
        limb((0.0, -0.05), (0.0, 0.15), (0.25, 0.23)),
        limb((0.0, 0.2), (0.0, 1.6), (0.19, 0.27)),
    ];
    let curl = dice.range(0.45, 1.0);
    for finger in 0..4u8 {
        let base = -0.2 + 0.133 * f32::from(finger);
        let lean = base * dice.range(0.2, 0.9) + dice.around(0.05);
        let middle = 1.0 - base.abs() * 0.6;
        let length = 0.62 * middle * curl * dice.range(0.85, 1.1);
        limbs.push(limb((base, -0.15), (base + lean, -0.15 - length), (0.078, 0.062)));
    }
    let thumb = dice.range(0.1, 0.35);
    limbs.push(limb((-0.2, 0.05), (-0.2 - thumb, -0.28), (0.09, 0.068)));
    let unit = SIDE as f32 / 1.1;
    let look = Look::random(0.5, dice);
    draw_limbs(
        &limbs,
        &look,
        (SIDE, SIDE * 2),
        (SIDE as f32 / 2.0, unit * 0.98),
        unit,
    )
}

/// A hand that holds something of radius 1 about the origin: what lies behind it and what before it.
#[derive(Debug, Clone)]
pub(in crate::training::scenes) struct Grip {
    /// Palm and forearm, and where their middle lies, in radii.
    pub(in crate::training::scenes) behind: (Cutout, (f32, f32)),
    /// Fingers, and where their middle lies.
    pub(in crate::training::scenes) before: (Cutout, (f32, f32)),
    /// Pixels of the cut-outs a radius.
    pub(in crate::training::scenes) unit: f32,
}

/// Hands that hold something, the arm toward the lower right.
pub(in crate::training::scenes) fn grips(count: usize, dice: &mut Dice) -> Vec<Grip> {
    (0..count).filter_map(|_| grip(dice)).collect()
}

fn grip(dice: &mut Dice) -> Option<Grip> {
    let unit = 44.0;
    let limb = |from, to, radius| Limb { from, to, radius };
    let palm = [
        limb((0.75, -0.25), (0.8, 0.5), (0.5, 0.5)),
        limb((0.9, 0.4), (2.0, 1.6), (0.48, 0.4)),
        limb((2.0, 1.6), (3.1, 2.8), (0.42, 0.55)),
    ];
    let (reach, spread) = (dice.range(0.05, 0.75), dice.range(0.26, 0.36));
    let thick = dice.range(0.15, 0.2);
    let start = dice.range(-0.75, -0.3);
    let mut fingers = Vec::new();
    for finger in 0..4u8 {
        let y = start + f32::from(finger) * spread;
        let length = reach + 0.25 * f32::from(finger.abs_diff(1)) + dice.around(0.06);
        // Two bones: over the edge, then along the front.
        let knuckle = (1.08 - 0.3 * (y * y).min(1.0), y);
        let tip = (length.min(0.95), y + dice.around(0.08));
        let bend = ((knuckle.0 + tip.0) * 0.55, (knuckle.1 + tip.1) / 2.0 - 0.03);
        fingers.push(limb(knuckle, bend, (thick * 1.05, thick)));
        fingers.push(limb(bend, tip, (thick, thick * 0.85)));
    }
    if dice.chance(0.5) {
        // The thumb comes over from below.
        let tip = (dice.range(-0.35, 0.3), dice.range(0.35, 0.75));
        fingers.push(limb((0.85, 1.05), tip, (thick * 1.3, thick)));
    }
    let look = Look::random(2.3, dice);
    let (size, origin) = (300, (90.0, 90.0));
    let part = |limbs: &[Limb]| {
        let picture = draw_limbs(limbs, &look, (size, size), origin, unit);
        let (x, y, width, height) = extent(&picture)?;
        let middle = (x as f32 + width as f32 / 2.0, y as f32 + height as f32 / 2.0);
        let cutout = Cutout::new(None, "drawn/hand", &picture, 512)?;
        Some((
            cutout,
            ((middle.0 - origin.0) / unit, (middle.1 - origin.1) / unit),
        ))
    };
    Some(Grip {
        behind: part(&palm)?,
        before: part(&fingers)?,
        unit,
    })
}

/// A head with hair, and shoulders: people stand behind most tables.
pub(super) fn head(dice: &mut Dice) -> RgbaImage {
    let (face, cloth) = (skin(dice), colour_in(dice, (0.0, 1.0), (0.0, 0.8), (30.0, 230.0)));
    let hair = colour_in(dice, (0.03, 0.12), (0.1, 0.7), (15.0, 190.0));
    let light = Light::random(40.0, dice);
    let (wide, tall) = (dice.range(0.3, 0.38), dice.range(0.4, 0.48));
    let (line, long) = (dice.range(-0.55, -0.35), dice.range(0.0, 0.5));
    let eyes = dice.range(0.1, 0.15);
    let shape = move |u: f32, v: f32| {
        let skull = ellipse(u, v + 0.35, wide, tall);
        let mop = ellipse(u, v + 0.42, wide * 1.15, tall * 1.1).max(v + 0.35 - long);
        let neck = (u.abs() - wide * 0.5).max(v - 0.4).max(-v - 0.2);
        let body = ellipse(u, v - 1.05, 0.8, 0.85).max(v - 0.92);
        (skull, mop, neck, body)
    };
    body(
        &light,
        0.3,
        |u, v| {
            let (skull, mop, neck, trunk) = shape(u, v);
            skull.min(mop).min(neck).min(trunk)
        },
        |u, v| {
            let (skull, _, neck, trunk) = shape(u, v);
            let eye = ((u.abs() - eyes).powi(2) + (v + 0.38).powi(2)).sqrt() < 0.03;
            let mouth = (v + 0.12).abs() < 0.02 && u.abs() < 0.1;
            if trunk < 0.0 && neck > -0.03 {
                cloth
            } else if skull < 0.0 && v > line + u * u * 2.0 {
                let dark = if eye || mouth { 0.4 } else { 1.0 };
                face.map(|value| value * dark)
            } else if neck < 0.0 && v > -0.05 {
                face.map(|value| value * 0.85)
            } else {
                hair.map(|value| value * (1.0 + 0.2 * grain(u * 3.0, v, 30.0)))
            }
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_grip_reaches_over_the_front_and_from_the_right() {
        for grip in grips(8, &mut Dice::new(3, 1)) {
            assert!(
                grip.behind.1.0 > 0.8 && grip.behind.1.1 > 0.3,
                "{:?}",
                grip.behind.1
            );
            assert!(grip.before.1.0.abs() < 1.0, "{:?}", grip.before.1);
            let width = grip.before.0.size().0 / grip.unit;
            assert!((0.4..2.0).contains(&width), "the fingers are {width} radii wide");
        }
        assert_eq!(hands(3, &mut Dice::new(1, 1)).len(), 3);
    }
}
