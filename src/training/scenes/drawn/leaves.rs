//! Leaves of many shapes, and the leafy view into a tree.

use super::{
    super::{
        canvas::Canvas,
        cutout::{Cutout, rgba_from_fn},
        warp::{Pose, draw},
    },
    brush::{Arc, Colour, Light, SIDE, body, colour_in, grain, mix, turned},
};
use crate::{
    frame::{RgbImage, RgbaImage},
    geom::cast::floor_index,
    training::dataset::Dice,
};

/// Mostly green, sometimes yellow-green, yellow, or as in autumn.
fn leaf_colour(dice: &mut Dice) -> Colour {
    match dice.weighted(&[0.5, 0.28, 0.14, 0.08]) {
        0 => colour_in(dice, (0.21, 0.38), (0.35, 0.9), (50.0, 190.0)),
        1 => colour_in(dice, (0.15, 0.22), (0.5, 0.95), (110.0, 230.0)),
        2 => colour_in(dice, (0.1, 0.16), (0.5, 0.95), (130.0, 240.0)),
        _ => colour_in(dice, (0.0, 0.09), (0.4, 0.9), (60.0, 190.0)),
    }
}

fn green(dice: &mut Dice) -> Colour {
    colour_in(dice, (0.19, 0.36), (0.35, 0.85), (45.0, 185.0))
}

/// A leaf with a midrib and veins.
pub(super) fn leaf(dice: &mut Dice) -> RgbaImage {
    let colour = leaf_colour(dice);
    veined(colour, dice)
}

fn veined(colour: Colour, dice: &mut Dice) -> RgbaImage {
    let (wide, bend) = (dice.range(0.16, 0.46), dice.around(0.25));
    let tip = dice.range(0.7, 1.5);
    let (veins, slant) = (dice.range(4.0, 9.0), dice.range(0.5, 1.4));
    let fold = dice.around(0.35);
    let saw = if dice.chance(0.3) {
        dice.range(0.01, 0.03)
    } else {
        0.0
    };
    let half = SIDE as f32 / 2.0;
    rgba_from_fn(SIDE, SIDE, |x, y| {
        let (u, v) = ((x - half) / half, (y - half) / half);
        let spine = bend * (1.0 - v * v);
        let width = wide * (1.0 - v * v).max(0.0).powf(tip) * (1.0 + 0.3 * v) + saw * (v * 60.0).sin();
        let across = u - spine;
        let stalk = 0.018 - across.abs().max(v.abs() - 0.99);
        let alpha = ((width - across.abs()).max(stalk) * half).clamp(0.0, 1.0);
        let vein = ((v - across.abs() * slant) * veins * std::f32::consts::TAU)
            .sin()
            .powi(8);
        let rib = if across.abs() < 0.016 { 0.3 } else { 0.1 * vein };
        let side = if across > 0.0 { fold } else { -fold };
        let light = 0.88 + 0.2 * across / wide.max(0.01) + rib + side * 0.5 + 0.06 * grain(u, v, 14.0);
        [colour[0] * light, colour[1] * light, colour[2] * light, alpha]
    })
}

/// A long, bent leaf with a bright midrib: of all leaves the most like a banana.
pub(super) fn long_leaf(dice: &mut Dice) -> RgbaImage {
    let colour = leaf_colour(dice);
    let rib = mix(colour, [235.0, 235.0, 190.0], dice.range(0.15, 0.6));
    let light = Light::random(50.0, dice);
    let arc = Arc::new(dice.range(1.5, 1.85), dice.range(0.1, 0.9));
    let thick = dice.range(0.09, 0.26);
    let (tip, veins) = (dice.range(0.55, 1.2), dice.range(10.0, 40.0));
    let turn = dice.around(3.1).sin_cos();
    body(
        &light,
        dice.range(0.02, 0.12),
        |u, v| {
            let (u, v) = turned(u, v, turn);
            let (along, _, away) = arc.at(u, v);
            away - thick * (1.0 - along * along).max(0.0).powf(tip) - 0.008
        },
        |u, v| {
            let (u, v) = turned(u, v, turn);
            let (along, across, _) = arc.at(u, v);
            let vein = ((along * arc.length() - across.abs() * 1.5) * veins).sin();
            if across.abs() < 0.014 {
                rib
            } else {
                let light = 1.0 + 0.06 * vein + if across > 0.0 { 0.08 } else { -0.08 };
                colour.map(|value| value * light)
            }
        },
    )
}

/// A round or lobed leaf: ivy, maple, lettuce.
pub(super) fn round_leaf(dice: &mut Dice) -> RgbaImage {
    let colour = leaf_colour(dice);
    let light = Light::random(30.0, dice);
    let lobes = dice.whole(3, 9) as f32;
    let (deep, turn) = (dice.range(0.03, 0.3), dice.around(3.1));
    let squash = dice.range(0.6, 1.0);
    body(
        &light,
        dice.range(0.05, 0.3),
        |u, v| {
            let angle = v.atan2(u) + turn;
            let reach = 0.92 - deep * (1.0 + (angle * lobes).cos());
            ((u * u + (v / squash).powi(2)).sqrt() - reach) * squash * 0.8
        },
        |u, v| {
            let angle = v.atan2(u) + turn;
            let vein = (1.0 - (angle * lobes / 2.0).sin().abs() * 9.0).max(0.0);
            colour.map(|value| value * (0.95 + 0.35 * vein + 0.08 * grain(u, v, 12.0)))
        },
    )
}

/// Green leaves to hang before things, `count` of them.
pub(in crate::training::scenes) fn green_leaves(count: usize, dice: &mut Dice) -> Vec<Cutout> {
    (0..count)
        .filter_map(|_| {
            let colour = green(dice);
            Cutout::new(None, "drawn/leaf", &veined(colour, dice), 256)
        })
        .collect()
}

/// A view into leaves, from far and blurred to near and sharp, with light between them.
pub(in crate::training::scenes) fn foliage(side: usize, leaves: &[Cutout], dice: &mut Dice) -> RgbImage {
    let sky = if dice.chance(0.4) {
        colour_in(dice, (0.52, 0.6), (0.05, 0.5), (190.0, 250.0))
    } else {
        green(dice).map(|value| value * 0.6)
    };
    let ground = green(dice).map(|value| value * dice.range(0.3, 0.7));
    let mut canvas = Canvas::filled(side, sky);
    let edge = side as f32;
    canvas.paint(|_, y| mix(sky, ground, y as f32 / edge * 1.3 - 0.1));
    let depth = dice.whole(2, 4);
    for layer in 0..depth {
        let near = (layer + 1) as f32 / depth as f32;
        let dark = 0.45 + 0.55 * near * dice.range(0.7, 1.1);
        for _ in 0..dice.whole(25, 90) {
            let Some(leaf) = leaves.get(dice.below(leaves.len())) else {
                break;
            };
            let scale = edge * dice.range(0.08, 0.3) * (0.4 + 0.6 * near) / SIDE as f32;
            let pose = Pose {
                center: (dice.range(0.0, edge), dice.range(0.0, edge)),
                scale: (scale * dice.range(0.5, 1.2), scale),
                angle: dice.around(std::f32::consts::PI),
                ..Pose::default()
            };
            let tone = dark * dice.range(0.7, 1.25);
            if let Some(patch) = draw(leaf, &pose, side) {
                patch.inside(side, |at, [r, g, b, a]| {
                    let under = canvas.pixels[at];
                    canvas.pixels[at] = [
                        r * tone + under[0] * (1.0 - a),
                        g * tone + under[1] * (1.0 - a),
                        b * tone + under[2] * (1.0 - a),
                    ];
                });
            }
        }
        if layer + 1 < depth || dice.chance(0.5) {
            canvas.box_blur(floor_index(edge * dice.range(0.0, 0.02) * (1.3 - near)));
        }
    }
    canvas.to_picture()
}
