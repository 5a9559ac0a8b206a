//! Balls, crescents, pencils, boxes, bottles, cups, plates and cards: shapes and colours without a product.

use super::brush::{Colour, Light, body, colour_in, ellipse, grain, mix, slab, turned};
use crate::{
    frame::RgbaImage,
    training::{dataset::Dice, scenes::textures::hsv},
};

fn white(dice: &mut Dice) -> Colour {
    colour_in(dice, (0.0, 1.0), (0.0, 0.08), (200.0, 252.0))
}

fn any(dice: &mut Dice) -> Colour {
    colour_in(dice, (0.0, 1.0), (0.2, 0.95), (50.0, 245.0))
}

/// Half of the time white, else any colour.
fn ware(dice: &mut Dice) -> Colour {
    if dice.chance(0.5) { white(dice) } else { any(dice) }
}

/// A ball: plain, banded or patched.
pub(super) fn ball(dice: &mut Dice) -> RgbaImage {
    let base = if dice.chance(0.35) {
        colour_in(dice, (0.97, 1.03), (0.75, 1.0), (140.0, 240.0))
    } else {
        any(dice)
    };
    let band = ware(dice);
    let light = Light::random(if dice.chance(0.5) { 230.0 } else { 30.0 }, dice);
    let style = dice.below(4);
    let turn = dice.around(3.1).sin_cos();
    let (width, count) = (dice.range(0.08, 0.3), dice.range(3.0, 8.0));
    body(
        &light,
        0.92,
        |u, v| ellipse(u, v, 0.93, 0.93),
        |u, v| {
            let (x, y) = turned(u, v, turn);
            let bulge = (0.87 - x * x - y * y).max(0.0).sqrt();
            let marked = match style {
                0 => (y - 0.4 * bulge + 0.2).abs() < width,
                1 => (x.atan2(bulge) * count).sin() > 0.3,
                _ => false,
            };
            if marked { band } else { base }
        },
    )
}

/// A flat crescent: a moon, a boomerang, a piece of plastic; yellow most of the time.
pub(super) fn crescent(dice: &mut Dice) -> RgbaImage {
    let colour = if dice.chance(0.7) {
        colour_in(dice, (0.11, 0.17), (0.5, 1.0), (190.0, 252.0))
    } else {
        any(dice)
    };
    let light = Light::random(20.0, dice);
    let (shift, inner) = (dice.range(0.25, 0.6), dice.range(0.75, 1.0));
    let turn = dice.around(3.1).sin_cos();
    let round = dice.range(0.01, 0.05);
    body(
        &light,
        round,
        |u, v| {
            let (u, v) = turned(u, v, turn);
            let (outer, bite) = (
                ellipse(u, v, 0.92, 0.92),
                ellipse(u - shift, v, 0.92 * inner, 0.92 * inner),
            );
            outer.max(-bite)
        },
        |_, _| colour,
    )
}

/// A pencil, a pen, a chip of potato or a straw: a thin straight rod.
pub(super) fn pencil(dice: &mut Dice) -> RgbaImage {
    let colour = if dice.chance(0.6) {
        colour_in(dice, (0.1, 0.15), (0.6, 0.95), (190.0, 250.0))
    } else {
        any(dice)
    };
    let light = Light::random(90.0, dice);
    let thick = dice.range(0.06, 0.14);
    let turn = dice.around(3.1).sin_cos();
    let (sharp, rubber) = (dice.chance(0.6), dice.chance(0.5));
    let wood = hsv(0.09, 0.4, 225.0);
    body(
        &light,
        thick,
        |u, v| {
            let (u, v) = turned(u, v, turn);
            let narrow = if sharp {
                ((0.93 - u) / 0.25).clamp(0.05, 1.0)
            } else {
                1.0
            };
            slab(u, v, (0.92, thick * narrow), 0.01)
        },
        |u, v| {
            let (u, v) = turned(u, v, turn);
            if sharp && u > 0.86 {
                [40.0, 38.0, 36.0]
            } else if sharp && u > 0.68 {
                wood
            } else if rubber && u < -0.78 {
                [225.0, 130.0, 130.0]
            } else if rubber && u < -0.68 {
                [180.0, 182.0, 178.0]
            } else {
                let facet = if v.abs() < thick * 0.4 { 1.05 } else { 0.88 };
                colour.map(|value| value * facet)
            }
        },
    )
}

/// A box without print, seen from a corner: a top and one or two sides.
pub(super) fn carton(dice: &mut Dice) -> RgbaImage {
    let colour = ware(dice);
    let light = Light::random(20.0, dice);
    let (wide, tall) = (dice.range(0.3, 0.75), dice.range(0.35, 0.72));
    let (lid, corner) = (dice.range(0.05, 0.25), dice.range(-0.5, 0.6));
    let tone = (dice.range(0.6, 0.85), dice.range(0.85, 1.0));
    let stripe = dice
        .chance(0.3)
        .then(|| (any(dice), dice.around(0.4), dice.range(0.05, 0.2)));
    body(
        &light,
        0.03,
        |u, v| {
            // The top edge rises toward the corner and falls behind it.
            let rise = lid * (1.0 - (u / wide - corner).abs());
            slab(u, v + rise.max(-0.1) * 0.5, (wide, tall), 0.015) * 0.8
        },
        |u, v| {
            let (x, side) = (u / wide, if u / wide < corner { tone.1 } else { tone.0 });
            let top = v < -tall + lid * (1.0 - (x - corner).abs()) * 0.7;
            let flat = match stripe {
                Some((band, at, width)) if (v - at).abs() < width => band,
                Some(_) | None => colour,
            };
            flat.map(|value| value * if top { 1.05 } else { side })
        },
    )
}

/// A bottle with a cap and perhaps a plain label.
pub(super) fn bottle(dice: &mut Dice) -> RgbaImage {
    let (colour, cap) = (ware(dice), any(dice));
    let light = Light::random(180.0, dice);
    let (wide, neck) = (dice.range(0.2, 0.4), dice.range(0.08, 0.15));
    let (shoulder, top) = (dice.range(-0.5, -0.1), dice.range(-0.82, -0.74));
    let label = dice
        .chance(0.6)
        .then(|| (ware(dice), dice.range(0.0, 0.3), dice.range(0.15, 0.35)));
    body(
        &light,
        wide,
        |u, v| {
            let slide = ((v - top) / (shoulder - top)).clamp(0.0, 1.0);
            let reach = neck + (wide - neck) * slide * slide * (3.0 - 2.0 * slide);
            (u.abs() - reach).max(v.abs() - 0.93) * 0.85
        },
        |u, v| match label {
            _ if v < top => cap,
            Some((paper, at, tall)) if (v - at).abs() < tall => {
                let lines = (v * 70.0).sin() > 0.75 && u.abs() < wide * 0.6;
                paper.map(|value| value * if lines { 0.55 } else { 1.0 })
            }
            Some(_) | None => colour,
        },
    )
}

/// A cup, a mug or a drinking glass with something in it.
pub(super) fn cup(dice: &mut Dice) -> RgbaImage {
    let colour = ware(dice);
    let drink = match dice.below(3) {
        0 => hsv(dice.range(0.05, 0.09), 0.7, dice.range(30.0, 110.0)),
        1 => white(dice),
        _ => colour.map(|value| value * 0.75),
    };
    let light = Light::random(130.0, dice);
    let (wide, tall) = (dice.range(0.4, 0.6), dice.range(0.45, 0.75));
    let (taper, tilt) = (dice.range(0.0, 0.3), dice.range(0.05, 0.22));
    let handle = dice.chance(0.6);
    let band = dice.chance(0.3).then(|| (any(dice), dice.range(0.05, 0.25)));
    body(
        &light,
        wide * 0.9,
        |u, v| {
            let u = if handle { u + 0.15 } else { u };
            let reach = wide * (1.0 - taper * (v / tall + 1.0) * 0.5);
            let side = (u.abs() - reach)
                .max(v - tall - 0.1 * (1.0 - (u / wide).powi(2)))
                .max(-v - tall);
            let rim = ellipse(u, v + tall, wide, tilt);
            let ring = ((u - wide).powi(2) + (v * 0.8).powi(2)).sqrt();
            let ear = if handle { (ring - 0.28).abs() - 0.06 } else { 1.0 };
            side.min(rim).min(ear)
        },
        |u, v| {
            let u = if handle { u + 0.15 } else { u };
            if ellipse(u, v + tall, wide * 0.93, tilt * 0.88) < 0.0 {
                drink
            } else {
                match band {
                    Some((other, width)) if v.abs() < width => other,
                    Some(_) | None => colour,
                }
            }
        },
    )
}

/// A plate or a bowl from above, with a rim.
pub(super) fn plate(dice: &mut Dice) -> RgbaImage {
    let (colour, inner) = (ware(dice), ware(dice));
    let light = Light::random(90.0, dice);
    let (squash, rim) = (dice.range(0.4, 1.0), dice.range(0.55, 0.85));
    let same = dice.chance(0.6);
    body(
        &light,
        0.08,
        |u, v| ellipse(u, v / squash, 0.93, 0.93) * squash,
        |u, v| {
            let radius = (u * u + (v / squash).powi(2)).sqrt();
            let edge = 1.0 - 0.14 * (-((radius - rim) / 0.02).powi(2)).exp();
            let flat = if radius < rim && !same { inner } else { colour };
            flat.map(|value| value * edge * (0.94 + 0.1 * radius))
        },
    )
}

/// A telephone, a book, a card or a sheet: a flat rectangle with lines or a picture.
pub(super) fn card(dice: &mut Dice) -> RgbaImage {
    let (colour, other) = (ware(dice), any(dice));
    let light = Light::random(60.0, dice);
    let half = (dice.range(0.35, 0.75), dice.range(0.5, 0.85));
    let (round, frame) = (dice.range(0.0, 0.08), dice.range(0.03, 0.12));
    let (style, lines) = (dice.below(3), dice.range(18.0, 50.0));
    let turn = dice.around(0.4).sin_cos();
    let half = (half.0 * 0.8, half.1 * 0.8);
    body(
        &light,
        0.02,
        |u, v| {
            let (u, v) = turned(u, v, turn);
            slab(u, v, half, round)
        },
        |u, v| {
            let (u, v) = turned(u, v, turn);
            let inside = u.abs() < half.0 - frame && v.abs() < half.1 - frame;
            match style {
                0 if inside && (v * lines).sin() > 0.5 => colour.map(|value| value * 0.6),
                1 if inside => mix(colour, other, 0.5 + 0.5 * grain(u, v, 6.0)),
                2 if inside => other,
                _ => colour,
            }
        },
    )
}
