//! What to tell the person with the product: darker, steadier, turn it, take the hand away.
//!
//! Simple measures of the newest picture against the empty tray and against the last photo.

use super::{
    find::Finding,
    light::gains,
    model::{EmptyTray, TrayError, shrink},
    plane::{Plane, median},
};
use crate::{
    frame::{GrayImage, RgbImage, imageops},
    geom::{CornerBox, cast::round_u32},
};

/// Mean brightness below which a picture is too dark, and above which too bright.
const BRIGHTNESS: (f32, f32) = (45.0, 225.0);
/// The tray may have got darker or brighter by this factor.
const LIGHT_CHANGE: (f32, f32) = (0.4, 2.2);
/// A tray with less detail than this says nothing of sharpness.
const LEAST_DETAIL: f32 = 12.0;
/// Less than this share of the tray's own detail is blurred.
const BLURRED: f32 = 0.35;
/// A thing whose own edges are softer than this is blurred, where the tray says nothing.
const SOFT_EDGE: f32 = 0.16;
/// Over this share of the rim, something comes in from outside.
const HAND: f32 = 0.02;
/// Cells of an appearance, each way.
const CELLS: u32 = 12;
/// Appearances nearer than this are the same side.
const TURNED: f32 = 0.055;
/// How far a moved camera is looked for, in pixels of the quarter picture.
const REACH: isize = 7;

/// What stands in the way of a good photo, the worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Obstacle {
    /// The camera stands elsewhere than when the tray was photographed.
    CameraMoved,
    /// Too little light.
    TooDark,
    /// Too much light.
    TooBright,
    /// Nothing lies there.
    Nothing,
    /// A hand, or the product itself, reaches over the rim of the picture.
    OverTheRim,
    /// It moves, or the camera is out of focus.
    Blurred,
    /// It lies as on the last photo.
    NotTurned,
}

/// What a thing looks like, to tell whether it was turned.
#[derive(Debug, Clone, PartialEq)]
pub struct Appearance {
    /// Colour and share in the cells of its box.
    cells: Vec<[f32; 4]>,
    /// Width over height of its box.
    aspect: f32,
}

impl Appearance {
    /// What lies in `bbox`.
    #[must_use]
    pub fn of(picture: &RgbImage, alpha: &GrayImage, bbox: CornerBox) -> Self {
        let bounds = bbox.clipped().to_pixels(picture.width(), picture.height());
        let (x, y) = (round_u32(bounds.x0), round_u32(bounds.y0));
        let width = round_u32(bounds.x1).saturating_sub(x).max(1);
        let height = round_u32(bounds.y1).saturating_sub(y).max(1);
        let part = imageops::crop_imm(picture, x, y, width, height).to_image();
        let shares = imageops::crop_imm(alpha, x, y, width, height).to_image();
        let (part, shares) = (
            imageops::thumbnail(&part, CELLS, CELLS),
            imageops::thumbnail(&shares, CELLS, CELLS),
        );
        let cells = part.pixels().zip(shares.pixels()).map(|(pixel, share)| {
            let share = f32::from(share.0[0]) / 255.0;
            let [r, g, b] = pixel.0.map(|value| f32::from(value) / 255.0 * share);
            [r, g, b, share]
        });
        Self {
            cells: cells.collect(),
            aspect: width as f32 / height as f32,
        }
    }

    /// 0 for the same, about 1 for something else altogether.
    #[must_use]
    pub fn distance(&self, other: &Self) -> f32 {
        let cells: f32 = self
            .cells
            .iter()
            .zip(&other.cells)
            .map(|(a, b)| a.iter().zip(b).map(|(a, b)| (a - b).abs()).sum::<f32>() / 4.0)
            .sum();
        let shape = (self.aspect / other.aspect).ln().abs();
        cells / self.cells.len().max(1) as f32 + shape / 4.0
    }
}

/// What stands in the way of taking this picture; nothing if it is good.
///
/// # Errors
/// [`TrayError::OtherShape`] if the picture is of another shape than the tray.
pub fn obstacle(
    tray: &EmptyTray,
    picture: &RgbImage,
    found: Option<&Finding>,
    last: Option<&Appearance>,
) -> Result<Option<Obstacle>, TrayError> {
    let small = tray.fitting(picture)?;
    let bright = Plane::brightness(&small);
    let mut levels = bright.values.clone();
    let middle = median(&mut levels);
    let gain = gains(tray, &small);
    let light = (gain[0] + gain[1] + gain[2]) / 3.0;
    if middle < BRIGHTNESS.0 || light < LIGHT_CHANGE.0 {
        return Ok(Some(Obstacle::TooDark));
    }
    if middle > BRIGHTNESS.1 || light > LIGHT_CHANGE.1 {
        return Ok(Some(Obstacle::TooBright));
    }
    if shift(tray, &bright).is_some() {
        return Ok(Some(Obstacle::CameraMoved));
    }
    let Some(found) = found else {
        return Ok(Some(Obstacle::Nothing));
    };
    let share = |at: usize| share_at(&found.alpha, &bright, at);
    // Before the rim: out of focus, the tray's own lines differ everywhere.
    if is_tray_blurred(tray, &bright, &share) {
        return Ok(Some(Obstacle::Blurred));
    }
    if found.at_rim > HAND {
        return Ok(Some(Obstacle::OverTheRim));
    }
    if edge_softness(&bright, &share) < SOFT_EDGE {
        return Ok(Some(Obstacle::Blurred));
    }
    let same = last
        .zip(found.boxes.first())
        .is_some_and(|(last, bbox)| Appearance::of(picture, &found.alpha, *bbox).distance(last) < TURNED);
    Ok(same.then_some(Obstacle::NotTurned))
}

/// Whether a second picture shows that something moves: the share of pixels that changed in between.
#[must_use]
pub fn movement(before: &RgbImage, now: &RgbImage) -> f32 {
    let (before, now) = (shrink(before), shrink(now));
    if before.dimensions() != now.dimensions() {
        return 1.0;
    }
    let changed = before
        .pixels()
        .zip(now.pixels())
        .filter(|(a, b)| a.0.iter().zip(b.0).any(|(a, b)| a.abs_diff(b) > 24))
        .count();
    changed as f32 / before.pixels().len().max(1) as f32
}

/// Variance of the Laplacian where `of` allows, or everywhere.
///
/// # Source
/// Pech-Pacheco and others, "Diatom autofocusing in brightfield microscopy" (2000).
pub(super) fn sharpness(bright: &Plane, of: Option<&dyn Fn(usize) -> bool>) -> f32 {
    let (mut sum, mut squares, mut count) = (0.0f64, 0.0f64, 0.0f64);
    for y in 1..bright.height.saturating_sub(1) {
        for x in 1..bright.width.saturating_sub(1) {
            let at = y * bright.width + x;
            if of.is_some_and(|of| !of(at)) {
                continue;
            }
            let value = &bright.values;
            let bend = value[at - 1] + value[at + 1] + value[at - bright.width] + value[at + bright.width]
                - 4.0 * value[at];
            sum += f64::from(bend);
            squares += f64::from(bend) * f64::from(bend);
            count += 1.0;
        }
    }
    if count < 1.0 {
        return 0.0;
    }
    let mean = sum / count;
    crate::geom::cast::narrow_f32(squares / count - mean * mean)
}

/// How much of a pixel of the small picture is the thing.
fn share_at(alpha: &GrayImage, bright: &Plane, at: usize) -> u8 {
    let scale = (
        alpha.width() as f32 / bright.width as f32,
        alpha.height() as f32 / bright.height as f32,
    );
    let x = round_u32((at % bright.width) as f32 * scale.0).min(alpha.width() - 1);
    let y = round_u32((at / bright.width) as f32 * scale.1).min(alpha.height() - 1);
    alpha.get_pixel(x, y).0[0]
}

/// Whether the tray around the thing is much less sharp than it was when it was empty.
fn is_tray_blurred(tray: &EmptyTray, bright: &Plane, share: &dyn Fn(usize) -> u8) -> bool {
    tray.sharpness > LEAST_DETAIL && sharpness(bright, Some(&|at| share(at) == 0)) < BLURRED * tray.sharpness
}

/// How steep the steepest steps at the outline are, in parts of the contrast there: 1 for a step from one
/// pixel to the next, less the softer the picture.
fn edge_softness(bright: &Plane, share: &dyn Fn(usize) -> u8) -> f32 {
    let mut steps = Vec::new();
    for y in 4..bright.height.saturating_sub(4) {
        for x in 4..bright.width.saturating_sub(4) {
            let at = y * bright.width + x;
            // Across the outline to the right or downwards, from four pixels before to four behind.
            for step in [1, bright.width] {
                if (share(at) >= 128) == (share(at + step) >= 128) {
                    continue;
                }
                let value = |far: usize| bright.values[far];
                let contrast = (value(at + 4 * step) - value(at - 3 * step)).abs();
                if contrast < 24.0 {
                    continue;
                }
                let steepest = (0..5)
                    .map(|k| (value(at + k * step - 2 * step) - value(at + k * step - step)).abs())
                    .fold(0.0, f32::max);
                steps.push(steepest / contrast);
            }
        }
    }
    // Nothing to measure is not blurred.
    if steps.len() < 12 { 1.0 } else { median(&mut steps) }
}

/// How far the whole picture has moved against the empty tray, in parts of its width and height; none if it
/// has not, or if the tray has no detail to tell.
#[must_use]
fn shift(tray: &EmptyTray, bright: &Plane) -> Option<(f32, f32)> {
    let (before, now) = (edges(&tray.brightness()), edges(bright));
    let (w, h) = before.size();
    let reach = REACH.min((w.min(h) / 6).cast_signed());
    let cost = |dx: isize, dy: isize| -> f32 {
        let mut differences = Vec::new();
        for y in reach..h.cast_signed() - reach {
            for x in reach..w.cast_signed() - reach {
                // Bounded, so that what lies on the tray counts no more than a line of it.
                differences.push((before.near(x, y) - now.near(x + dx, y + dy)).abs().min(30.0));
            }
        }
        differences.iter().sum::<f32>() / differences.len().max(1) as f32
    };
    let still = cost(0, 0);
    // Too little of anything to compare, or nothing amiss.
    if still < 1.5 {
        return None;
    }
    let mut best = (still, 0, 0);
    for dy in -reach..=reach {
        for dx in -reach..=reach {
            let cost = cost(dx, dy);
            if cost < best.0 {
                best = (cost, dx, dy);
            }
        }
    }
    let (cost, dx, dy) = best;
    let is_clear = cost < 0.6 * still && (dx != 0 || dy != 0);
    is_clear.then(|| (dx as f32 / w as f32, dy as f32 / h as f32))
}

/// Steepness of a copy with a quarter of the sides.
fn edges(bright: &Plane) -> Plane {
    let (w, h) = ((bright.width / 4).max(1), (bright.height / 4).max(1));
    let smooth = bright.mean(2);
    let small = Plane::from_fn((w, h), |at| {
        smooth.near((at % w * 4 + 2).cast_signed(), (at / w * 4 + 2).cast_signed())
    });
    Plane::from_fn((w, h), |at| {
        let (x, y) = ((at % w).cast_signed(), (at / w).cast_signed());
        let across = small.near(x + 1, y) - small.near(x - 1, y);
        let down = small.near(x, y + 1) - small.near(x, y - 1);
        across.hypot(down)
    })
}

#[cfg(test)]
mod tests;
