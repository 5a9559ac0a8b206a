//! Drawn surfaces: tables, cloths, trays, belts, tiles and plain walls, in colours a shop could have.

use super::canvas::Canvas;
use crate::{geom::cast::floor_index, training::dataset::Dice};

type Colour = [f32; 3];

/// Paints one of the surfaces, chosen by the dice.
pub(super) fn paint(side: usize, dice: &mut Dice) -> Canvas {
    let weights = [1.6, 1.4, 1.2, 0.8, 0.5, 0.8, 0.8, 0.7, 0.5, 0.9, 0.9, 0.5, 1.0];
    match dice.weighted(&weights) {
        0 => plain(side, dice),
        1 => gradient(side, dice),
        2 => wood(side, dice),
        3 => cloth(side, dice),
        4 => checker(side, dice),
        5 => clouds(side, dice),
        6 => tray(side, dice),
        7 => tiles(side, dice),
        8 => speckle(side, dice),
        9 => metal(side, dice),
        10 => belt(side, dice),
        11 => stripes(side, dice),
        _ => clutter(side, dice),
    }
}

/// A photographer's ground: pure white, light grey, a soft gradient, a pale colour.
pub(super) fn studio(side: usize, dice: &mut Dice) -> Canvas {
    let base = match dice.weighted(&[0.4, 0.35, 0.25]) {
        0 => [dice.range(250.0, 258.0); 3],
        1 => {
            let level = dice.range(195.0, 252.0);
            [level, level - dice.range(0.0, 8.0), level - dice.range(0.0, 16.0)]
        }
        _ => hsv(dice.unit(), dice.range(0.05, 0.4), dice.range(190.0, 250.0)),
    };
    if base[0] >= 250.0 && dice.chance(0.7) {
        return Canvas::filled(side, base);
    }
    let turn = Turn::random(dice);
    let (fall, vignette) = (dice.range(0.0, 30.0), dice.range(0.0, 60.0));
    let mut canvas = Canvas::filled(side, base);
    let scale = 1.0 / side.max(1) as f32;
    canvas.paint(|x, y| {
        let (u, v) = turn.at(x as f32 * scale - 0.5, y as f32 * scale - 0.5);
        let dark = fall * (u + 0.5) + vignette * (u * u + v * v);
        base.map(|value| value - dark)
    });
    canvas
}

/// A table with a wall or a room behind it: one canvas below the edge, another above it.
pub(super) fn room(table: &Canvas, mut behind: Canvas, dice: &mut Dice) -> Canvas {
    let side = table.side;
    let edge = side as f32;
    let blur = floor_index(edge * dice.range(0.0, 0.03));
    behind.box_blur(blur);
    behind.box_blur(blur);
    let (height, tilt) = (edge * dice.range(0.15, 0.7), dice.around(0.08));
    let soft = dice.range(1.0, 6.0);
    let dark = dice.range(0.75, 1.1);
    let mut canvas = behind;
    for (at, pixel) in canvas.pixels.iter_mut().enumerate() {
        let (x, y) = ((at % side) as f32, (at / side) as f32);
        let below = ((y - height - tilt * (x - edge / 2.0)) / soft + 0.5).clamp(0.0, 1.0);
        *pixel = mix(shade(*pixel, dark), table.pixels[at], below);
    }
    canvas
}

/// Hue 0 to 1, saturation 0 to 1, value 0 to 255.
pub(super) fn hsv(hue: f32, saturation: f32, value: f32) -> Colour {
    let channel = |shift: f32| {
        let k = (shift + hue.rem_euclid(1.0) * 6.0).rem_euclid(6.0);
        value - value * saturation * k.min(4.0 - k).clamp(0.0, 1.0)
    };
    [channel(5.0), channel(3.0), channel(1.0)]
}

/// Mostly greys, creams and browns, sometimes a strong colour.
fn surface(dice: &mut Dice) -> Colour {
    match dice.weighted(&[0.5, 0.25, 0.25]) {
        0 => hsv(dice.unit(), dice.range(0.0, 0.12), dice.range(25.0, 250.0)),
        1 => hsv(
            dice.range(0.05, 0.12),
            dice.range(0.15, 0.6),
            dice.range(50.0, 230.0),
        ),
        _ => hsv(dice.unit(), dice.range(0.2, 0.9), dice.range(40.0, 235.0)),
    }
}

pub(super) fn mix(a: Colour, b: Colour, share: f32) -> Colour {
    let share = share.clamp(0.0, 1.0);
    [0, 1, 2].map(|channel| a[channel] + (b[channel] - a[channel]) * share)
}

fn shade(colour: Colour, factor: f32) -> Colour {
    colour.map(|value| value * factor)
}

/// A rotation of the surface.
#[derive(Debug, Clone, Copy)]
struct Turn {
    sin: f32,
    cos: f32,
}

impl Turn {
    fn random(dice: &mut Dice) -> Self {
        let (sin, cos) = dice.around(std::f32::consts::PI).sin_cos();
        Self { sin, cos }
    }

    fn at(self, x: f32, y: f32) -> (f32, f32) {
        (x * self.cos + y * self.sin, y * self.cos - x * self.sin)
    }
}

/// Smooth random values over the plane, repeated every 64 units.
#[derive(Debug, Clone)]
struct Noise {
    values: Vec<f32>,
}

impl Noise {
    const SIDE: usize = 64;

    fn new(dice: &mut Dice) -> Self {
        let values = (0..Self::SIDE * Self::SIDE).map(|_| dice.around(1.0)).collect();
        Self { values }
    }

    /// -1 to 1; changes within about one unit.
    fn at(&self, x: f32, y: f32) -> f32 {
        let side = Self::SIDE as f32;
        let (x, y) = (x.rem_euclid(side), y.rem_euclid(side));
        let (column, row) = (floor_index(x) % Self::SIDE, floor_index(y) % Self::SIDE);
        let smooth = |t: f32| t * t * (3.0 - 2.0 * t);
        let (fx, fy) = (smooth(x - column as f32), smooth(y - row as f32));
        let next = |index: usize| (index + 1) % Self::SIDE;
        let value = |column: usize, row: usize| self.values[row * Self::SIDE + column];
        let top = value(column, row) * (1.0 - fx) + value(next(column), row) * fx;
        let bottom = value(column, next(row)) * (1.0 - fx) + value(next(column), next(row)) * fx;
        top * (1.0 - fy) + bottom * fy
    }
}

/// Paints from turned coordinates that run over about 1 across the picture.
fn paint_turned(side: usize, turn: Turn, mut colour: impl FnMut(f32, f32) -> Colour) -> Canvas {
    let mut canvas = Canvas::filled(side, [0.0; 3]);
    let scale = 1.0 / side.max(1) as f32;
    canvas.paint(|x, y| {
        let (u, v) = turn.at(x as f32 * scale - 0.5, y as f32 * scale - 0.5);
        colour(u, v)
    });
    canvas
}

fn plain(side: usize, dice: &mut Dice) -> Canvas {
    let base = surface(dice);
    let noise = Noise::new(dice);
    let depth = dice.range(0.0, 0.08);
    let cells = dice.range(2.0, 8.0);
    paint_turned(side, Turn::random(dice), |u, v| {
        shade(base, 1.0 + depth * noise.at(u * cells, v * cells))
    })
}

fn gradient(side: usize, dice: &mut Dice) -> Canvas {
    let from = surface(dice);
    let to = if dice.chance(0.7) {
        shade(from, dice.range(0.35, 0.9))
    } else {
        surface(dice)
    };
    let round = dice.chance(0.4);
    paint_turned(side, Turn::random(dice), |u, v| {
        let at = if round {
            (u * u + v * v).sqrt() * 1.4
        } else {
            u + 0.5
        };
        mix(from, to, at)
    })
}

fn wood(side: usize, dice: &mut Dice) -> Canvas {
    let base = hsv(
        dice.range(0.04, 0.11),
        dice.range(0.2, 0.65),
        dice.range(60.0, 225.0),
    );
    let dark = shade(base, dice.range(0.55, 0.85));
    let noise = Noise::new(dice);
    let boards = dice.range(1.5, 7.0);
    let (grain, rings) = (dice.range(25.0, 60.0), dice.range(4.0, 14.0));
    paint_turned(side, Turn::random(dice), |u, v| {
        let board = (v * boards).floor();
        let inside = v * boards - board;
        let shift = noise.at(board * 7.3, 11.0) * 20.0;
        let fine = noise.at(u * 3.0 + shift, v * grain);
        let ring = (noise.at(u * 1.2 + shift, v * rings * 0.4) * rings).sin();
        let tone = 0.45 + 0.3 * fine + 0.2 * ring;
        let light = 1.0 + 0.12 * noise.at(board * 3.1, 5.0);
        let seam = if inside < 0.02 * boards.min(3.0) { 0.6 } else { 1.0 };
        shade(mix(base, dark, tone), light * seam)
    })
}

fn cloth(side: usize, dice: &mut Dice) -> Canvas {
    let base = surface(dice);
    let noise = Noise::new(dice);
    let threads = dice.range(50.0, 130.0);
    let (weave, fold) = (dice.range(0.03, 0.14), dice.range(0.05, 0.3));
    paint_turned(side, Turn::random(dice), |u, v| {
        let thread = (u * threads * 3.0).sin() * (v * threads * 3.0).sin();
        let folds = noise.at(u * 4.0 + 3.0, v * 2.5);
        shade(base, 1.0 + weave * thread + fold * folds)
    })
}

fn checker(side: usize, dice: &mut Dice) -> Canvas {
    let (a, b) = (surface(dice), surface(dice));
    let cells = dice.range(3.0, 14.0);
    paint_turned(side, Turn::random(dice), |u, v| {
        let odd = ((u * cells).floor() + (v * cells).floor()).rem_euclid(2.0) > 0.5;
        if odd { a } else { b }
    })
}

fn clouds(side: usize, dice: &mut Dice) -> Canvas {
    let (a, b) = (surface(dice), surface(dice));
    let noise = Noise::new(dice);
    let cells = dice.log_range(2.0, 22.0);
    paint_turned(side, Turn::random(dice), |u, v| {
        let coarse = noise.at(u * cells, v * cells);
        let fine = noise.at(u * cells * 3.1 + 9.0, v * cells * 3.1);
        mix(a, b, 0.5 + 0.5 * coarse + 0.25 * fine)
    })
}

/// A tray or a scale's platter: a rounded rectangle with a rim, on a darker ground.
fn tray(side: usize, dice: &mut Dice) -> Canvas {
    let ground = shade(surface(dice), 0.6);
    let inner = surface(dice);
    let (half_width, half_height) = (dice.range(0.28, 0.55), dice.range(0.28, 0.55));
    let (round, rim) = (dice.range(0.02, 0.15), dice.range(0.01, 0.05));
    let noise = Noise::new(dice);
    let turn = Turn {
        sin: dice.around(0.12),
        cos: 1.0,
    };
    paint_turned(side, turn, |u, v| {
        let (dx, dy) = (u.abs() - half_width + round, v.abs() - half_height + round);
        let outside = (dx.max(0.0).powi(2) + dy.max(0.0).powi(2)).sqrt();
        let distance = outside + dx.max(dy).min(0.0) - round;
        let grain = 1.0 + 0.04 * noise.at(u * 12.0, v * 12.0);
        if distance < -rim {
            shade(
                inner,
                grain * (1.0 - 0.15 * (1.0 + (distance + rim) * 8.0).clamp(0.0, 1.0)),
            )
        } else if distance < 0.0 {
            shade(inner, 1.18 - 0.5 * (v + 0.5).clamp(0.0, 1.0) * 0.3)
        } else {
            shade(ground, grain * (0.6 + 4.0 * distance).clamp(0.6, 1.0))
        }
    })
}

fn tiles(side: usize, dice: &mut Dice) -> Canvas {
    let base = surface(dice);
    let joint = shade(base, dice.range(0.45, 1.3));
    let (columns, rows) = (dice.range(2.0, 8.0), dice.range(2.0, 8.0));
    let width = dice.range(0.015, 0.06);
    let offset = if dice.chance(0.5) { 0.5 } else { 0.0 };
    let noise = Noise::new(dice);
    let spread = dice.range(0.0, 0.15);
    paint_turned(side, Turn::random(dice), |u, v| {
        let row = (v * rows).floor();
        let along = u * columns + row * offset;
        let (fx, fy) = (along - along.floor(), v * rows - row);
        if fx < width * columns * 0.5 || fy < width * rows * 0.5 {
            return joint;
        }
        let tile = noise.at(along.floor() * 5.7, row * 3.3);
        shade(base, 1.0 + spread * tile + 0.03 * noise.at(u * 30.0, v * 30.0))
    })
}

/// Stone, granite, terrazzo.
fn speckle(side: usize, dice: &mut Dice) -> Canvas {
    let (base, dots) = (surface(dice), surface(dice));
    let noise = Noise::new(dice);
    let cells = dice.range(45.0, 130.0);
    let limit = dice.range(0.1, 0.5);
    let depth = dice.range(0.1, 0.8);
    paint_turned(side, Turn::random(dice), |u, v| {
        let value = noise.at(u * cells, v * cells);
        let other = noise.at(u * cells * 0.7 + 31.0, v * cells * 0.7);
        let toned = shade(base, 1.0 + 0.12 * other);
        mix(toned, dots, depth * ((value - limit) * 4.0).clamp(0.0, 1.0))
    })
}

/// Brushed steel: fine streaks and a broad reflection.
fn metal(side: usize, dice: &mut Dice) -> Canvas {
    let level = dice.range(90.0, 205.0);
    let base = [
        level,
        level * dice.range(0.98, 1.02),
        level * dice.range(0.97, 1.06),
    ];
    let noise = Noise::new(dice);
    let streak = dice.range(0.04, 0.14);
    let (shine, place) = (dice.range(0.1, 0.5), dice.around(0.4));
    paint_turned(side, Turn::random(dice), |u, v| {
        let fine = noise.at(u * 1.5, v * 110.0);
        let glare = (-(v - place).powi(2) * 18.0).exp();
        shade(base, 1.0 + streak * fine + shine * glare)
    })
}

/// A checkout belt: dark rubber, fine ribs, worn seams.
fn belt(side: usize, dice: &mut Dice) -> Canvas {
    let base = hsv(dice.unit(), dice.range(0.0, 0.15), dice.range(22.0, 95.0));
    let noise = Noise::new(dice);
    let ribs = dice.range(30.0, 110.0);
    let depth = dice.range(0.03, 0.2);
    let seam = dice.around(0.5);
    let edge = dice.range(0.3, 0.7);
    let rail = shade(surface(dice), 0.9);
    let turn = Turn {
        sin: dice.around(0.1),
        cos: 1.0,
    };
    paint_turned(side, turn, |u, v| {
        if v.abs() > edge {
            return shade(rail, 1.0 + 0.05 * noise.at(u * 3.0, v * 40.0));
        }
        let rib = (u * ribs * 3.0).sin();
        let joint = if (u - seam).abs() < 0.006 { 0.6 } else { 1.0 };
        let worn = noise.at(u * 6.0, v * 6.0);
        shade(base, (1.0 + depth * rib + 0.1 * worn) * joint)
    })
}

fn stripes(side: usize, dice: &mut Dice) -> Canvas {
    let (a, b) = (surface(dice), surface(dice));
    let count = dice.log_range(3.0, 40.0);
    let share = dice.range(0.2, 0.8);
    paint_turned(side, Turn::random(dice), |u, _| {
        let at = u * count;
        if at - at.floor() < share { a } else { b }
    })
}

/// A shelf or a room out of focus: overlapping coloured blocks and discs, so that colour alone proves
/// nothing.
fn clutter(side: usize, dice: &mut Dice) -> Canvas {
    let mut canvas = Canvas::filled(side, surface(dice));
    let edge = side as f32;
    for _ in 0..dice.whole(8, 26) {
        let colour = surface(dice);
        let (cx, cy) = (dice.range(0.0, edge), dice.range(0.0, edge));
        let (w, h) = (edge * dice.log_range(0.03, 0.3), edge * dice.log_range(0.03, 0.3));
        let round = dice.chance(0.35);
        let dark = dice.range(0.6, 1.0);
        for y in floor_index(cy - h)..floor_index(cy + h).min(side) {
            for x in floor_index(cx - w)..floor_index(cx + w).min(side) {
                let (dx, dy) = ((x as f32 - cx) / w, (y as f32 - cy) / h);
                if !round || dx * dx + dy * dy < 1.0 {
                    canvas.pixels[y * side + x] = shade(colour, 1.0 - (1.0 - dark) * (dx + 1.0) * 0.5);
                }
            }
        }
    }
    let radius = floor_index(edge * dice.log_range(0.008, 0.05));
    canvas.box_blur(radius);
    canvas.box_blur(radius);
    canvas
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hsv_by_hand() {
        let close =
            |colour: Colour, expected: Colour| colour.iter().zip(expected).all(|(a, b)| (a - b).abs() < 0.5);
        assert!(close(hsv(0.0, 1.0, 255.0), [255.0, 0.0, 0.0]), "red");
        assert!(close(hsv(1.0 / 3.0, 1.0, 255.0), [0.0, 255.0, 0.0]), "green");
        assert!(close(hsv(1.0 / 6.0, 1.0, 200.0), [200.0, 200.0, 0.0]), "yellow");
        assert!(close(hsv(0.7, 0.0, 80.0), [80.0, 80.0, 80.0]), "grey");
    }

    #[test]
    fn every_surface_is_finite_and_not_black_throughout() {
        for index in 0..120 {
            let canvas = paint(48, &mut Dice::new(5, index));
            assert!(
                canvas.pixels.iter().flatten().all(|value| value.is_finite()),
                "surface {index}"
            );
            assert!(
                canvas.pixels.iter().flatten().any(|value| *value > 5.0),
                "surface {index}"
            );
        }
    }
}
