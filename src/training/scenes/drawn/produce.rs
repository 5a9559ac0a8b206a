//! Vegetables, berries and flowers that share a colour or an outline with apples and bananas.

use super::brush::{Arc, Colour, Light, body, colour_in, ellipse, grain, mix, turned};
use crate::{
    frame::RgbaImage,
    training::{dataset::Dice, scenes::textures::hsv},
};

fn stalk_green(dice: &mut Dice) -> Colour {
    colour_in(dice, (0.22, 0.32), (0.4, 0.9), (60.0, 150.0))
}

/// A bell pepper: lobes, a dented top and a thick green stalk.
pub(super) fn pepper(dice: &mut Dice) -> RgbaImage {
    let skin = match dice.below(4) {
        0 => colour_in(dice, (0.98, 1.02), (0.8, 1.0), (150.0, 225.0)),
        1 => colour_in(dice, (0.25, 0.33), (0.6, 0.95), (70.0, 150.0)),
        2 => colour_in(dice, (0.06, 0.09), (0.85, 1.0), (200.0, 245.0)),
        _ => colour_in(dice, (0.12, 0.155), (0.8, 1.0), (190.0, 250.0)),
    };
    let (stalk, light) = (stalk_green(dice), Light::random(200.0, dice));
    let (tall, wide) = (dice.range(0.55, 0.8), dice.range(0.45, 0.62));
    let (furrow, phase, taper) = (dice.range(0.04, 0.12), dice.around(0.8), dice.range(0.0, 0.35));
    let is_stalk = |u: f32, v: f32| (u - 0.12 * (v + tall)).abs() < 0.07 && v < -tall + 0.12;
    body(
        &light,
        dice.range(0.3, 0.5),
        |u, v| {
            let lean = 1.0 - taper * (v / tall + 1.0) * 0.5;
            let lobes = furrow * ((u / wide * 4.2 + phase).cos() * (v / tall).abs() - 0.3);
            let bulk = ellipse(u / lean, v * 0.9, wide, tall).max(-v - tall + 0.06) + lobes;
            let stem = ((u - 0.12 * (v + tall)).abs() - 0.065)
                .max(v.abs() - tall - 0.14)
                .max(v + tall - 0.1);
            bulk.min(stem)
        },
        |u, v| {
            if is_stalk(u, v) {
                stalk
            } else {
                let groove = (u / wide * 4.2 + phase).cos();
                skin.map(|value| value * (0.86 + 0.16 * groove))
            }
        },
    )
}

/// A chilli: bent, tapering, glossy, with a green cap; in yellow the most like a banana of all.
pub(super) fn chilli(dice: &mut Dice) -> RgbaImage {
    let skin = match dice.below(3) {
        0 => colour_in(dice, (0.97, 1.02), (0.85, 1.0), (140.0, 220.0)),
        1 => colour_in(dice, (0.22, 0.3), (0.6, 0.95), (80.0, 160.0)),
        _ => colour_in(dice, (0.11, 0.15), (0.8, 1.0), (190.0, 245.0)),
    };
    let (stalk, light) = (stalk_green(dice), Light::random(230.0, dice));
    let arc = Arc::new(dice.range(1.4, 1.75), dice.range(0.1, 0.9));
    let thick = dice.range(0.07, 0.17);
    let turn = dice.around(3.1).sin_cos();
    let cap = dice.range(-0.85, -0.7);
    body(
        &light,
        thick,
        |u, v| {
            let (u, v) = turned(u, v, turn);
            let (along, _, away) = arc.at(u, v);
            let radius = if along < cap - 0.08 {
                0.03
            } else {
                thick * (1.0 - (along * 0.5 + 0.5).powi(2)).max(0.02)
            };
            away - radius
        },
        |u, v| {
            let (u, v) = turned(u, v, turn);
            if arc.at(u, v).0 < cap { stalk } else { skin }
        },
    )
}

/// A cob of corn: yellow grains in rows, often with husks.
pub(super) fn corn(dice: &mut Dice) -> RgbaImage {
    let kernel = colour_in(dice, (0.11, 0.15), (0.55, 0.95), (200.0, 250.0));
    let husk = colour_in(dice, (0.18, 0.27), (0.3, 0.7), (110.0, 200.0));
    let light = Light::random(110.0, dice);
    let (long, wide) = (dice.range(0.8, 0.92), dice.range(0.18, 0.3));
    let (rows, columns) = (dice.range(34.0, 50.0), dice.range(5.0, 8.0));
    let cover = if dice.chance(0.6) {
        dice.range(-0.3, 0.6)
    } else {
        2.0
    };
    let turn = dice.around(3.1).sin_cos();
    let skew = dice.around(0.6);
    body(
        &light,
        wide,
        |u, v| {
            let (u, v) = turned(u, v, turn);
            let flare = if u > cover { 0.06 } else { 0.0 };
            ellipse(u, v, long, wide * (1.0 - 0.15 * u) + flare)
        },
        |u, v| {
            let (u, v) = turned(u, v, turn);
            if u > cover + skew * v {
                let fibre = (v / wide * 18.0 + u * 3.0).sin();
                return husk.map(|value| value * (0.9 + 0.12 * fibre));
            }
            let around = (v / wide).clamp(-1.0, 1.0).asin();
            let row = (around * columns).cos();
            let ring = (u * rows + 1.5 * (around * columns / 3.1).round()).cos();
            kernel.map(|value| value * (0.82 + 0.2 * (row.abs() * ring.abs()).sqrt()))
        },
    )
}

/// A straight squash, courgette or cucumber: a rod with one colour and a stub of stalk.
pub(super) fn squash(dice: &mut Dice) -> RgbaImage {
    let skin = if dice.chance(0.55) {
        colour_in(dice, (0.115, 0.16), (0.65, 0.95), (180.0, 245.0))
    } else {
        colour_in(dice, (0.24, 0.34), (0.45, 0.9), (45.0, 130.0))
    };
    let (stalk, light) = (stalk_green(dice), Light::random(120.0, dice));
    let arc = Arc::new(dice.range(1.2, 1.6), dice.range(0.05, 0.25));
    let (thick, pear) = (dice.range(0.12, 0.24), dice.range(0.0, 0.6));
    let turn = dice.around(3.1).sin_cos();
    let spots = dice.range(0.0, 0.08);
    body(
        &light,
        thick,
        |u, v| {
            let (u, v) = turned(u, v, turn);
            let (along, _, away) = arc.at(u, v);
            away - thick * (0.8 + 0.2 * pear * along)
        },
        |u, v| {
            let (x, y) = turned(u, v, turn);
            let (along, across, _) = arc.at(x, y);
            if along <= -0.999 && across.abs() < 0.06 && x.abs() > 0.7 {
                stalk
            } else {
                skin.map(|value| value * (1.0 + spots * grain(u, v, 30.0)))
            }
        },
    )
}

/// A carrot: an orange taper with rings.
pub(super) fn carrot(dice: &mut Dice) -> RgbaImage {
    let skin = colour_in(dice, (0.05, 0.09), (0.75, 0.98), (190.0, 245.0));
    let (stalk, light) = (stalk_green(dice), Light::random(80.0, dice));
    let arc = Arc::new(dice.range(1.5, 1.8), dice.range(0.05, 0.4));
    let thick = dice.range(0.1, 0.2);
    let turn = dice.around(3.1).sin_cos();
    let rings = dice.range(20.0, 45.0);
    body(
        &light,
        thick,
        |u, v| {
            let (u, v) = turned(u, v, turn);
            let (along, _, away) = arc.at(u, v);
            let radius = if along < -0.82 {
                0.05
            } else {
                thick * (0.52 - 0.5 * along).powf(0.6)
            };
            away - radius
        },
        |u, v| {
            let (u, v) = turned(u, v, turn);
            let (along, across, _) = arc.at(u, v);
            if along < -0.82 {
                stalk
            } else {
                let ring = (along * rings + (across * 9.0).sin()).sin();
                skin.map(|value| value * (0.97 + 0.05 * ring))
            }
        },
    )
}

/// A tomato with its green star, seen from above or the side.
pub(super) fn tomato(dice: &mut Dice) -> RgbaImage {
    let skin = colour_in(dice, (0.985, 1.045), (0.8, 1.0), (165.0, 240.0));
    let (star, light) = (stalk_green(dice), Light::random(230.0, dice));
    let (wide, tall) = (dice.range(0.75, 0.92), dice.range(0.65, 0.9));
    let (cx, cy) = (dice.around(0.35), dice.range(-0.55, 0.15));
    let (points, turn) = (dice.whole(5, 6) as f32, dice.around(3.1));
    let reach = dice.range(0.25, 0.5);
    let ribs = dice.range(0.0, 0.05);
    body(
        &light,
        dice.range(0.55, 0.8),
        |u, v| {
            let angle = (v - cy).atan2(u - cx);
            ellipse(u, v, wide, tall) + ribs * (angle * 5.0 + turn).cos()
        },
        |u, v| {
            let (x, y) = (u - cx, (v - cy) * (1.0 + cy.abs()));
            let radius = (x * x + y * y).sqrt();
            let point = ((y.atan2(x) * points + turn).cos() * 0.5 + 0.5).powi(4);
            if radius < 0.05 + reach * point {
                star.map(|value| value * (0.8 + 0.4 * point))
            } else {
                skin.map(|value| value * (0.9 + 0.12 * (radius / 0.3).min(1.0)))
            }
        },
    )
}

/// A plum, a cherry, an olive or a grape: a smooth small fruit, sometimes with bloom and a thin stalk.
pub(super) fn berry(dice: &mut Dice) -> RgbaImage {
    let (hue, value) = match dice.below(4) {
        0 => (dice.range(0.75, 0.92), dice.range(40.0, 110.0)),
        1 => (dice.range(0.95, 1.0), dice.range(90.0, 190.0)),
        2 => (dice.range(0.58, 0.7), dice.range(50.0, 120.0)),
        _ => (dice.range(0.17, 0.24), dice.range(120.0, 210.0)),
    };
    let skin = hsv(hue, dice.range(0.45, 0.9), value);
    let light = Light::random(200.0, dice);
    let (wide, tall) = (dice.range(0.5, 0.72), dice.range(0.6, 0.78));
    let (bloom, crease) = (dice.range(0.0, 0.3), dice.around(0.4));
    let stalk = dice.chance(0.4);
    let bend = dice.around(0.5);
    let brown = hsv(dice.range(0.08, 0.25), 0.5, dice.range(70.0, 130.0));
    let stem = move |u: f32, v: f32| {
        ((u - bend * (v + tall)).abs() - 0.018)
            .max(v + tall * 0.8)
            .max(-v - 0.97)
    };
    body(
        &light,
        dice.range(0.45, 0.7),
        |u, v| {
            let fruit = ellipse(u, v, wide, tall);
            if stalk { fruit.min(stem(u, v)) } else { fruit }
        },
        |u, v| {
            if stalk && stem(u, v) < 0.02 && ellipse(u, v, wide, tall) > -0.15 {
                return brown;
            }
            let line = if (u - crease * (1.0 - v * v)).abs() < 0.02 {
                0.8
            } else {
                1.0
            };
            let dust = bloom * (0.5 + 0.5 * grain(u, v, 6.0));
            mix(skin.map(|value| value * line), [190.0, 190.0, 210.0], dust)
        },
    )
}

/// A flower: petals round a middle, or a closed red or yellow one.
pub(super) fn flower(dice: &mut Dice) -> RgbaImage {
    let petal = match dice.below(4) {
        0 | 1 => colour_in(dice, (0.11, 0.17), (0.6, 1.0), (200.0, 252.0)),
        2 => colour_in(dice, (0.92, 1.03), (0.5, 1.0), (150.0, 240.0)),
        _ => colour_in(dice, (0.0, 1.0), (0.05, 0.4), (210.0, 252.0)),
    };
    let middle = colour_in(dice, (0.04, 0.16), (0.5, 0.9), (50.0, 220.0));
    let light = Light::random(30.0, dice);
    let petals = dice.whole(5, 18) as f32;
    let (deep, disc, turn) = (dice.range(0.05, 0.3), dice.range(0.05, 0.4), dice.around(3.1));
    let squash = dice.range(0.6, 1.0);
    body(
        &light,
        0.2,
        |u, v| {
            let angle = v.atan2(u) + turn;
            let reach = 0.92 - deep * (1.0 - (angle * petals).cos());
            ((u * u + (v / squash).powi(2)).sqrt() - reach) * squash * 0.7
        },
        |u, v| {
            let radius = (u * u + (v / squash).powi(2)).sqrt();
            if radius < disc {
                return middle.map(|value| value * (1.0 + 0.25 * grain(u, v, 45.0)));
            }
            let angle = v.atan2(u) + turn;
            let seam = (angle * petals).cos() * 0.5 + 0.5;
            petal.map(|value| value * (0.68 + 0.32 * seam.sqrt() + 0.1 * radius))
        },
    )
}
