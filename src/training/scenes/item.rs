//! One item of a scene: drawn, lit by a light of its own, and casting a shadow.

use super::{
    canvas::Canvas,
    cutout::Cutout,
    warp::{self, Patch, Pose, SOLID},
};
use crate::{
    geom::{
        ClassId,
        cast::{floor_index, round_i32},
    },
    training::dataset::Dice,
};

/// One item of a scene, drawn and lit, not yet in the picture.
pub(super) struct Item {
    pub(super) class: Option<ClassId>,
    pub(super) patch: Patch,
    pub(super) solid: usize,
    pub(super) shadow: Option<Shadow>,
}

/// Where a shadow falls, in pixels, how wide its edge is, and how dark it is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shadow {
    shift: (f32, f32),
    radius: usize,
    strength: f32,
    /// On the ground below the item, seen from the side, in place of beside it, seen from above.
    below: bool,
}

/// The light that all shadows of a scene share.
#[derive(Debug, Clone, Copy)]
pub(super) struct Lamp {
    direction: (f32, f32),
    strength: f32,
    softness: f32,
    below: bool,
}

/// Draws the item, lights it and gives it its shadow; none if it is too large to draw.
pub(super) fn finish(
    cutout: &Cutout,
    pose: &Pose,
    side: usize,
    lamp: Option<Lamp>,
    dice: &mut Dice,
) -> Option<Item> {
    let mut patch = warp::draw(cutout, pose, side * 3)?;
    if dice.chance(0.5) {
        tighten(&mut patch);
    }
    if dice.chance(0.2) {
        patch.soften();
    }
    relight(&mut patch, dice);
    let solid = patch.solid();
    if solid == 0 {
        return None;
    }
    let size = (solid as f32).sqrt();
    let shadow = lamp.map(|lamp| lamp.shadow(size, dice));
    Some(Item {
        class: cutout.class.or(cutout.distractor),
        patch,
        solid,
        shadow: shadow.filter(|shadow| shadow.strength > 0.05),
    })
}

/// Cuts away the faint rim, which often holds a line of the old background.
fn tighten(patch: &mut Patch) {
    for pixel in &mut patch.pixels {
        let alpha = pixel[3];
        if alpha > 0.0 && alpha < 1.0 {
            let tight = ((alpha - 0.25) / 0.6).clamp(0.0, 1.0);
            let factor = tight / alpha;
            *pixel = [pixel[0] * factor, pixel[1] * factor, pixel[2] * factor, tight];
        }
    }
}

/// Each item has a light of its own, a little: brightness, contrast, tint and a slope across it.
fn relight(patch: &mut Patch, dice: &mut Dice) {
    let bright = dice.range(0.8, 1.2);
    let gain = [0; 3].map(|_| bright * (1.0 + dice.around(0.03)));
    let contrast = dice.range(0.85, 1.15);
    let (sin, cos) = dice.around(std::f32::consts::PI).sin_cos();
    let slope = if dice.chance(0.5) {
        dice.range(0.0, 0.5)
    } else {
        0.0
    };
    let (across, down) = (
        slope * cos / patch.width.max(1) as f32,
        slope * sin / patch.height.max(1) as f32,
    );
    let start = 1.0 - slope * (cos + sin) / 2.0;
    for (y, row) in patch.pixels.chunks_exact_mut(patch.width.max(1)).enumerate() {
        for (x, pixel) in row.iter_mut().enumerate() {
            let alpha = pixel[3];
            if alpha <= 0.0 {
                continue;
            }
            let light = start + x as f32 * across + y as f32 * down;
            for (value, gain) in pixel.iter_mut().zip(gain) {
                let lit = *value * gain * light;
                // Premultiplied, so the middle grey is premultiplied as well.
                *value = ((lit - 110.0 * alpha) * contrast + 110.0 * alpha).clamp(0.0, 255.0 * alpha);
            }
        }
    }
}

impl Lamp {
    /// A light; with `below`, what stands on the ground is seen from the side.
    pub(super) fn random(below: bool, dice: &mut Dice) -> Self {
        let (sin, cos) = dice.around(std::f32::consts::PI).sin_cos();
        let reach = dice.range(0.02, 0.22);
        Self {
            direction: (cos * reach, sin * reach),
            strength: if dice.chance(0.8) {
                dice.range(0.15, 0.65)
            } else {
                0.0
            },
            softness: dice.log_range(0.03, 0.16),
            below,
        }
    }

    fn shadow(self, size: f32, dice: &mut Dice) -> Shadow {
        Shadow {
            shift: (self.direction.0 * size, self.direction.1 * size),
            radius: floor_index(self.softness * size).clamp(1, 40),
            strength: self.strength * dice.range(0.75, 1.1),
            below: self.below,
        }
    }
}

/// Darkens the ground by the item's shadow.
pub(super) fn cast_shadow(canvas: &mut Canvas, patch: &Patch, shadow: Shadow) {
    if shadow.below {
        cast_below(canvas, patch, shadow);
    } else {
        cast_beside(canvas, patch, shadow);
    }
}

/// A flat ellipse where the item touches the ground, longer on the side away from the light.
fn cast_below(canvas: &mut Canvas, patch: &Patch, shadow: Shadow) {
    let mut solid_rows = patch.pixels.chunks_exact(patch.width.max(1));
    let Some(lowest) = solid_rows.rposition(|row| row.iter().any(|pixel| pixel[3] >= SOLID)) else {
        return;
    };
    let foot = lowest.saturating_sub(patch.height / 5)..=lowest;
    let (mut left, mut right) = (patch.width, 0);
    for row in foot {
        let line = &patch.pixels[row * patch.width..(row + 1) * patch.width];
        left = left.min(line.iter().position(|pixel| pixel[3] >= SOLID).unwrap_or(left));
        right = right.max(line.iter().rposition(|pixel| pixel[3] >= SOLID).unwrap_or(right));
    }
    if left >= right {
        return;
    }
    let wide = (right - left) as f32 * 0.62 + shadow.shift.0.abs();
    let high = wide * 0.16 + shadow.radius as f32 * 0.5;
    let cx = patch.x as f32 + (left + right) as f32 / 2.0 + shadow.shift.0;
    let cy = patch.y as f32 + lowest as f32 - high * 0.2;
    let side = canvas.side;
    for y in floor_index(cy - high)..floor_index(cy + high + 1.0).min(side) {
        for x in floor_index(cx - wide)..floor_index(cx + wide + 1.0).min(side) {
            let far = ((x as f32 - cx) / wide).powi(2) + ((y as f32 - cy) / high).powi(2);
            let keep = 1.0 - shadow.strength * (1.0 - far).max(0.0).powi(2).min(0.8);
            for value in &mut canvas.pixels[y * side + x] {
                *value *= keep;
            }
        }
    }
}

/// The item's blurred outline, shifted.
fn cast_beside(canvas: &mut Canvas, patch: &Patch, shadow: Shadow) {
    let margin = shadow.radius * 2;
    let (width, height) = (patch.width + 2 * margin, patch.height + 2 * margin);
    let mut mask = vec![0.0f32; width * height];
    for (y, row) in patch.pixels.chunks_exact(patch.width.max(1)).enumerate() {
        let start = (y + margin) * width + margin;
        for (value, pixel) in mask[start..start + patch.width].iter_mut().zip(row) {
            *value = pixel[3];
        }
    }
    let mut line = Vec::new();
    for _ in 0..2 {
        for y in 0..height {
            blur_mask(&mut mask, (y * width, 1, width), shadow.radius, &mut line);
        }
        for x in 0..width {
            blur_mask(&mut mask, (x, width, height), shadow.radius, &mut line);
        }
    }
    let reach = i32::try_from(margin).unwrap_or(0);
    let left = patch.x - reach + round_i32(shadow.shift.0);
    let top = patch.y - reach + round_i32(shadow.shift.1);
    let side = canvas.side;
    for (row, y) in (top..).take(height).enumerate() {
        let Some(y) = usize::try_from(y).ok().filter(|y| *y < side) else {
            continue;
        };
        for (column, x) in (left..).take(width).enumerate() {
            let Some(x) = usize::try_from(x).ok().filter(|x| *x < side) else {
                continue;
            };
            let keep = 1.0 - shadow.strength * mask[row * width + column];
            for value in &mut canvas.pixels[y * side + x] {
                *value *= keep;
            }
        }
    }
}

/// Running mean over `count` values from `first` on, `stride` apart; beyond the ends lies nothing.
fn blur_mask(
    mask: &mut [f32],
    (first, stride, count): (usize, usize, usize),
    radius: usize,
    line: &mut Vec<f32>,
) {
    line.clear();
    line.extend((0..count).map(|at| mask[first + at * stride]));
    let scale = 1.0 / (2 * radius + 1) as f32;
    let mut sum: f32 = line.iter().take(radius).sum();
    for at in 0..count {
        sum += line.get(at + radius).copied().unwrap_or(0.0);
        mask[first + at * stride] = sum * scale;
        sum -= at
            .checked_sub(radius)
            .and_then(|gone| line.get(gone))
            .copied()
            .unwrap_or(0.0);
    }
}

/// A solid square item of this class, for tests of this folder.
#[cfg(test)]
pub(super) fn square(class: Option<u16>, x: i32, y: i32, side: usize) -> Item {
    Item {
        class: class.map(ClassId),
        patch: Patch {
            x,
            y,
            width: side,
            height: side,
            pixels: vec![[200.0, 100.0, 0.0, 1.0]; side * side],
        },
        solid: side * side,
        shadow: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shadow_darkens_beside_the_item_and_not_far_away() {
        let mut canvas = Canvas::filled(60, [200.0; 3]);
        let item = square(None, 20, 20, 10);
        let shadow = Shadow {
            shift: (4.0, 0.0),
            radius: 1,
            strength: 0.5,
            below: false,
        };
        cast_shadow(&mut canvas, &item.patch, shadow);
        let at = |x: usize, y: usize| canvas.pixels[y * 60 + x][0];
        assert!((at(28, 25) - 100.0).abs() < 1.0, "fully dark: {}", at(28, 25));
        assert!(at(31, 25) < 120.0);
        assert!((at(50, 25) - 200.0).abs() < 1e-3 && (at(15, 25) - 200.0).abs() < 1e-3);
    }

    #[test]
    fn a_shadow_on_the_ground_lies_at_the_foot() {
        let mut canvas = Canvas::filled(60, [200.0; 3]);
        let item = square(None, 20, 20, 20);
        let shadow = Shadow {
            shift: (0.0, 0.0),
            radius: 2,
            strength: 0.6,
            below: true,
        };
        cast_shadow(&mut canvas, &item.patch, shadow);
        let at = |x: usize, y: usize| canvas.pixels[y * 60 + x][0];
        assert!(at(30, 39) < 130.0, "{}", at(30, 39));
        assert!((at(30, 25) - 200.0).abs() < 1e-3 && (at(30, 50) - 200.0).abs() < 1e-3);
    }
}
