//! Where the things of a scene go, and how they are turned.

use super::{cutout::Cutout, layout::Subject, warp::Pose};
use crate::training::dataset::Dice;

/// A place already taken: middle and radius in pixels.
#[derive(Debug, Clone, Copy)]
pub(super) struct Taken {
    pub(super) center: (f32, f32),
    pub(super) radius: f32,
}

/// Turns an item and gives it `share` of the picture's side, at no place yet; and its radius in pixels.
pub(super) fn pose(cutout: &Cutout, side: f32, share: f32, upright: bool, dice: &mut Dice) -> (Pose, f32) {
    let (width, height) = cutout.size();
    let longest = width.max(height);
    // Long things would look small beside round ones of the same length.
    let slim = (longest / width.min(height).max(1.0)).min(3.0).powf(0.25);
    let scale = side * share * slim / longest;
    let stretch = 1.0 + dice.around(0.06);
    let angle = if upright && dice.chance(0.86) {
        let most = if dice.chance(0.6) { 0.15 } else { 0.52 };
        dice.around(most)
    } else {
        dice.around(std::f32::consts::PI)
    };
    let strong = if dice.chance(0.3) { 0.22 } else { 0.07 };
    let pose = Pose {
        scale: (scale * stretch, scale / stretch),
        angle,
        shear: dice.around(0.1),
        perspective: (dice.around(strong), dice.around(strong)),
        mirrored: dice.chance(0.5),
        ..Pose::default()
    };
    (pose, 0.42 * scale * (width * height).sqrt().max(0.8 * longest))
}

/// A place for an item of this radius.
pub(super) fn place(
    subject: Subject,
    side: f32,
    radius: f32,
    taken: &[Taken],
    dice: &mut Dice,
) -> (f32, f32) {
    let clumped = matches!(subject, Subject::Pile | Subject::Few | Subject::Heap);
    if clumped && !taken.is_empty() {
        return beside(subject, side, radius, taken, dice);
    }
    let margin = match subject {
        // Mostly inside, sometimes cut by the edge.
        Subject::Single if dice.chance(0.16) => (radius * 0.3).min(side * 0.45),
        Subject::Single | Subject::Few => (radius * 1.1).min(side * 0.46),
        Subject::Hand => side * 0.36,
        Subject::Empty
        | Subject::Pile
        | Subject::Rows
        | Subject::Crate
        | Subject::Heap
        | Subject::Mixed
        | Subject::Garden => (radius * dice.range(-0.1, 1.1)).clamp(side * 0.02, side * 0.45),
    };
    let mut best = ((side / 2.0, side / 2.0), f32::INFINITY);
    for _ in 0..8 {
        let center = (
            dice.range(margin, side - margin),
            dice.range(margin, side - margin),
        );
        let overlap = overlap(center, radius, taken);
        if overlap < best.1 {
            best = (center, overlap);
        }
        // Some items do cover each other.
        if overlap <= 0.0 || dice.chance(0.12) {
            break;
        }
    }
    best.0
}

/// Where things in rows stand, back row first, in parts of the side; `share` is their longer side and
/// `tall` their height over their width.
pub(super) fn rows(count: usize, share: f32, tall: f32, dice: &mut Dice) -> Vec<(f32, f32)> {
    let across = share / tall.max(1.0) * dice.range(0.85, 1.15);
    let down = share * dice.range(0.7, 1.1);
    let (offset_x, offset_y) = (dice.range(0.0, across), dice.range(0.1, 0.6));
    let mut places = Vec::new();
    for row in 0..4u8 {
        for column in 0..16u8 {
            let x = offset_x + across * f32::from(column) + dice.around(across * 0.06);
            let y = offset_y + down * f32::from(row) + dice.around(down * 0.03);
            if x < 1.05 && y < 1.05 && places.len() < count {
                places.push((x, y));
            }
        }
    }
    places
}

/// Where things of this width and height lie that fill a picture, in parts of its side: staggered rows, the
/// upper ones (further back) first, some of them cut by the edges.
pub(super) fn crate_places(width: f32, height: f32, dice: &mut Dice) -> Vec<(f32, f32)> {
    let close = dice.range(0.62, 0.95);
    let (across, down) = ((width * close).max(0.08), (height * close * 0.87).max(0.08));
    let mut places = Vec::new();
    let mut y = dice.range(-0.5, 0.2) * down;
    let mut shifted = dice.chance(0.5);
    while y < 1.0 + 0.4 * down {
        let mut x = dice.range(-0.3, 0.3) * across + if shifted { across / 2.0 } else { 0.0 };
        while x < 1.0 + 0.4 * across {
            places.push((x + dice.around(across * 0.16), y + dice.around(down * 0.16)));
            x += across;
        }
        y += down;
        shifted = !shifted;
    }
    places
}

/// How far circles at `center` reach into the taken ones, in pixels.
fn overlap(center: (f32, f32), radius: f32, taken: &[Taken]) -> f32 {
    let reach = |other: &Taken| {
        let (dx, dy) = (center.0 - other.center.0, center.1 - other.center.1);
        (radius + other.radius - (dx * dx + dy * dy).sqrt()).max(0.0)
    };
    taken.iter().map(reach).sum()
}

/// Next to one that lies there already, touching it or a little over it.
fn beside(subject: Subject, side: f32, radius: f32, taken: &[Taken], dice: &mut Dice) -> (f32, f32) {
    let (near, far) = match subject {
        Subject::Pile => (0.72, 1.05),
        Subject::Heap => (0.75, 1.1),
        Subject::Empty
        | Subject::Single
        | Subject::Few
        | Subject::Rows
        | Subject::Crate
        | Subject::Mixed
        | Subject::Hand
        | Subject::Garden => (0.9, 1.3),
    };
    let mut best = ((side / 2.0, side / 2.0), f32::INFINITY);
    for _ in 0..6 {
        let Some(neighbour) = taken.get(dice.below(taken.len())) else {
            return best.0;
        };
        let away = (radius + neighbour.radius) * dice.range(near, far);
        let (sin, cos) = dice.around(std::f32::consts::PI).sin_cos();
        let center = (neighbour.center.0 + away * cos, neighbour.center.1 + away * sin);
        let outside = [center.0, center.1, side - center.0, side - center.1];
        let beyond: f32 = outside.iter().map(|room| (radius * 0.4 - room).max(0.0)).sum();
        let cost = overlap(center, radius, taken) + 2.0 * beyond;
        if cost < best.1 {
            best = (center, cost);
        }
    }
    best.0
}
#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crate_is_full() {
        for seed in 0..20 {
            let places = crate_places(0.2, 0.3, &mut Dice::new(3, seed));
            assert!((15..90).contains(&places.len()), "{}", places.len());
            // No point of the picture is further from the middle of a thing than its half diagonal, nearly.
            for at in 0..100u8 {
                let (x, y) = (f32::from(at % 10) / 9.0, f32::from(at / 10) / 9.0);
                let near = places
                    .iter()
                    .any(|place| (place.0 - x).abs() < 0.2 && (place.1 - y).abs() < 0.3);
                assert!(near, "seed {seed}: nothing at {x} {y}");
            }
        }
    }

    #[test]
    fn rows_stand_side_by_side() {
        let places = rows(6, 0.3, 2.0, &mut Dice::new(2, 1));
        assert!(!places.is_empty() && places.len() <= 6);
        for pair in places.windows(2) {
            let (dx, dy) = (pair[1].0 - pair[0].0, pair[1].1 - pair[0].1);
            assert!(dx > 0.08 || dy > 0.15, "{pair:?}");
        }
    }
}
