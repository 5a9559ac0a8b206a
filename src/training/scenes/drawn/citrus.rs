//! Citrus slices, halves and wedges, and wedges of melon.

use super::brush::{Arc, Colour, Light, SIDE, body, colour_in, ellipse, grain, mix, turned};
use crate::{
    frame::RgbaImage,
    training::{
        dataset::Dice,
        scenes::{cutout::rgba_from_fn, textures::hsv},
    },
};

/// A cut face of citrus: a disc of radius 1.
struct Face {
    flesh: Colour,
    rind: Colour,
    pith: Colour,
    segments: f32,
    turn: f32,
    rim: f32,
    pith_width: f32,
    membrane: f32,
}

impl Face {
    fn random(dice: &mut Dice) -> Self {
        // Orange, lemon, lime, grapefruit.
        let (hue, saturation) = match dice.below(5) {
            0 => (dice.range(0.06, 0.1), 0.92),
            1 | 2 => (dice.range(0.125, 0.165), 0.7),
            3 => (dice.range(0.19, 0.26), 0.55),
            _ => (dice.range(0.97, 1.04), 0.6),
        };
        Self {
            flesh: hsv(hue, saturation * dice.range(0.65, 1.0), dice.range(180.0, 250.0)),
            rind: hsv(
                if hue > 0.9 { 0.09 } else { hue },
                dice.range(0.75, 1.0),
                dice.range(150.0, 250.0),
            ),
            pith: hsv(0.13, dice.range(0.05, 0.25), dice.range(220.0, 252.0)),
            segments: dice.whole(8, 12) as f32,
            turn: dice.unit(),
            rim: dice.range(0.9, 0.96),
            pith_width: dice.range(0.02, 0.1),
            membrane: dice.range(0.012, 0.03),
        }
    }

    fn colour(&self, u: f32, v: f32) -> Colour {
        let radius = (u * u + v * v).sqrt();
        if radius > self.rim {
            return self.rind;
        }
        let around = (v.atan2(u) / std::f32::consts::TAU + self.turn) * self.segments;
        let number = around.round();
        let beside = (around - number).abs() / self.segments * std::f32::consts::TAU * radius;
        // The pulp: fine drops that point to the middle.
        let pulp = grain(around * 5.0, radius * 6.0, 3.0) * 0.09 + grain(u, v, 23.0) * 0.05;
        let flesh = self
            .flesh
            .map(|value| value * (0.95 + pulp + 0.05 * (number * 2.3).sin()));
        let edge = (self.rim - self.pith_width - radius).min(beside - self.membrane);
        let core = radius - 0.05;
        mix(self.pith, flesh, edge.min(core) / 0.02)
    }
}

/// A round slice, whole or halved, more or less from the side.
pub(super) fn slice(dice: &mut Dice) -> RgbaImage {
    let face = Face::random(dice);
    let squash = dice.range(0.45, 1.0);
    let cut = if dice.chance(0.3) {
        dice.range(-0.1, 0.1)
    } else {
        2.0
    };
    let thick = dice.range(0.02, 0.12) * (1.0 - squash) * 2.0;
    let light = dice.range(0.8, 1.05);
    let half = SIDE as f32 / 2.0;
    rgba_from_fn(SIDE, SIDE, |x, y| {
        let (u, v) = ((x - half) / half / 0.95, (y - half) / half / 0.95);
        let upper = ellipse(u, (v + thick) / squash, 1.0, 1.0).max(v + thick - cut);
        let lower = ellipse(u, (v - thick) / squash, 1.0, 1.0).max(v - thick - cut);
        let alpha = (0.5 - upper.min(lower) * half * squash).clamp(0.0, 1.0);
        let [r, g, b] = if upper < 0.0 {
            face.colour(u, (v + thick) / squash).map(|value| value * light)
        } else {
            face.rind.map(|value| value * 0.8 * light)
        };
        [r, g, b, alpha]
    })
}

/// Half a fruit: the cut face in front of its rounded back.
pub(super) fn half(dice: &mut Dice) -> RgbaImage {
    let face = Face::random(dice);
    let squash = dice.range(0.3, 0.9);
    let depth = (1.0 - squash * squash).sqrt() * dice.range(0.75, 1.0);
    let light = Light::random(120.0, dice);
    let place = 0.45 * depth;
    body(
        &light,
        0.5,
        |u, v| {
            let cut = ellipse(u, (v + place) / squash, 0.9, 0.9) * squash;
            let back = ellipse(u, v + place, 0.9, 0.9 * depth.max(0.1)).max(-(v + place));
            cut.min(back)
        },
        |u, v| {
            let y = (v + place) / squash;
            if ellipse(u, y, 0.9, 0.9) < 0.0 {
                face.colour(u / 0.9, y / 0.9)
            } else {
                face.rind.map(|value| value * (1.0 + 0.06 * grain(u, v, 60.0)))
            }
        },
    )
}

/// A wedge: the crescent of rind with flesh on its inner side, much like a banana to a careless eye.
pub(super) fn wedge(dice: &mut Dice) -> RgbaImage {
    let face = Face::random(dice);
    let light = Light::random(90.0, dice);
    let (outer, shift) = (dice.range(0.8, 0.95), dice.range(0.15, 0.75));
    let turn = dice.around(3.1).sin_cos();
    body(
        &light,
        dice.range(0.08, 0.3),
        |u, v| {
            let (u, v) = turned(u, v, turn);
            let v = v + shift * 0.5;
            ellipse(u, v, outer, outer).max(shift - v - 0.1)
        },
        |u, v| {
            let (u, v) = turned(u, v, turn);
            let v = v + shift * 0.5;
            face.colour(u / outer, v / outer)
        },
    )
}

/// A wedge of melon: a bent crescent with a green or yellow rind.
pub(super) fn melon(dice: &mut Dice) -> RgbaImage {
    let light = Light::random(60.0, dice);
    let arc = Arc::new(dice.range(1.5, 2.0), dice.range(0.7, 1.3));
    let thick = dice.range(0.16, 0.3);
    let rind = colour_in(dice, (0.13, 0.38), (0.4, 0.9), (70.0, 210.0));
    let flesh = if dice.chance(0.5) {
        colour_in(dice, (0.97, 1.03), (0.6, 0.85), (190.0, 240.0))
    } else {
        colour_in(dice, (0.05, 0.2), (0.3, 0.7), (200.0, 250.0))
    };
    let (rim, seeds) = (dice.range(0.2, 0.45), dice.chance(0.5));
    let turn = dice.around(3.1).sin_cos();
    body(
        &light,
        dice.range(0.05, 0.2),
        |u, v| {
            let (u, v) = turned(u, v, turn);
            let (along, _, away) = arc.at(u, v);
            away - thick * (1.0 - along * along).max(0.0).sqrt()
        },
        |u, v| {
            let (u, v) = turned(u, v, turn);
            let (along, across, _) = arc.at(u, v);
            let depth = across / (thick * (1.0 - along * along).max(0.02).sqrt());
            let seed = (along * 26.0).sin() * (depth * 7.0).cos() > 0.92;
            if depth > 1.0 - rim {
                mix(flesh, rind, (depth - 1.0 + rim) / rim * 2.0)
            } else if seeds && seed {
                [35.0, 25.0, 20.0]
            } else {
                flesh.map(|value| value * (1.0 + 0.05 * grain(u, v, 30.0)))
            }
        },
    )
}
