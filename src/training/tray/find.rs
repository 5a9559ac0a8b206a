//! Finds what lies on the tray: mask, boxes, and how sure that is.

use super::{
    difference::{Difference, difference},
    matting,
    model::{EmptyTray, TrayError},
    morphology::{Mask, Part},
    plane::{Plane, median},
};
use crate::{
    frame::{GrayImage, RgbImage},
    geom::{CornerBox, PixelBox},
};

/// Less than this share of the picture is dust.
const LEAST_AREA: f32 = 0.0012;
/// Parts smaller than this share of the largest belong to nothing.
const LEAST_PART: f32 = 0.12;
/// More than this share of a pixel makes it part of the thing.
const HALF: u8 = 128;

/// What lies on the tray.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// How much of every pixel of the picture belongs to it, 0 to 255.
    pub alpha: GrayImage,
    /// Around each part, the largest first.
    pub boxes: Vec<CornerBox>,
    /// How sure this is, 0 to 1: how clearly it stands out, and how sharp its outline is.
    pub confidence: f32,
    /// The share of the picture's rim that it touches: a hand comes in over the rim.
    pub at_rim: f32,
}

/// Finds what lies on the tray; none if nothing does.
///
/// # Errors
/// [`TrayError::OtherShape`] if the picture is of another shape than the tray.
pub fn find(tray: &EmptyTray, picture: &RgbImage) -> Result<Option<Finding>, TrayError> {
    let small = tray.fitting(picture)?;
    let difference = difference(tray, &small);
    let Some((mask, parts)) = mask_of(&difference) else {
        return Ok(None);
    };
    let shares = matting::shares(&mask, &small, &difference.ground);
    let alpha = matting::full_size(&shares, &small, picture);
    let boxes = parts
        .iter()
        .filter_map(|part| fine_box(&alpha, part, &mask))
        .collect::<Vec<_>>();
    if boxes.is_empty() {
        return Ok(None);
    }
    Ok(Some(Finding {
        boxes,
        confidence: confidence(&mask, &shares, &difference),
        at_rim: at_rim(&mask),
        alpha,
    }))
}

/// The clean mask, and its parts from the largest; none if nothing is there.
fn mask_of(difference: &Difference) -> Option<(Mask, Vec<Part>)> {
    let size = difference.strength.size();
    let area = (size.0 * size.1) as f32;
    let reach = size.0.max(size.1);
    let solid = difference.solid.opened(1);
    // What looks like a shadow but is walled in by the thing is the thing.
    let closed = solid.closed(reach / 96);
    let whole = with_enclosed_shade(&closed, &difference.shade).without_holes(size.0 * size.1 / 8);
    let clean = whole.opened((reach / 240).max(1));
    // Parts of one thing may be torn apart where its colour is the tray's: what nearly touches is one.
    let joined = clean.grown(reach / 80);
    let (labels, mut parts) = joined.parts();
    let mut areas = vec![0usize; parts.len() + 1];
    for (label, set) in labels.iter().zip(&clean.set) {
        areas[*label as usize] += usize::from(*set);
    }
    parts.sort_by_key(|part| std::cmp::Reverse(areas[part.label as usize]));
    let largest = areas[parts.first()?.label as usize] as f32;
    let is_kept = |part: &Part| {
        let own = areas[part.label as usize] as f32;
        own >= LEAST_AREA * area && own >= LEAST_PART * largest
    };
    parts.retain(is_kept);
    if parts.is_empty() {
        return None;
    }
    let kept: Vec<bool> = (0..areas.len())
        .map(|label| parts.iter().any(|part| part.label as usize == label))
        .collect();
    let mask = Mask::from_fn(size, |at| clean.set[at] && kept[labels[at] as usize]);
    Some((mask, parts))
}

/// Adds parts of the shade most of whose outline lies at the thing: a grey side of it, not what it casts.
fn with_enclosed_shade(solid: &Mask, shade: &Mask) -> Mask {
    let size = (solid.width, solid.height);
    let rest = Mask::from_fn(size, |at| shade.set[at] && !solid.set[at]);
    let (labels, parts) = rest.parts();
    let (mut rim, mut inner) = (vec![0usize; parts.len() + 1], vec![0usize; parts.len() + 1]);
    for (at, label) in labels.iter().enumerate().filter(|(_, label)| **label != 0) {
        let (x, y) = (at % size.0, at / size.0);
        let around = [
            (x > 0).then(|| at - 1),
            (x + 1 < size.0).then(|| at + 1),
            (y > 0).then(|| at - size.0),
            (y + 1 < size.1).then(|| at + size.0),
        ];
        for other in around.into_iter().flatten() {
            if labels[other] != *label {
                rim[*label as usize] += 1;
                inner[*label as usize] += usize::from(solid.set[other]);
            }
        }
    }
    Mask::from_fn(size, |at| {
        let label = labels[at] as usize;
        solid.set[at] || (label != 0 && inner[label] * 10 >= rim[label] * 7)
    })
}

/// The box of one part, by the shares in full size; none if they left nothing of it.
fn fine_box(alpha: &GrayImage, part: &Part, mask: &Mask) -> Option<CornerBox> {
    let scale = (
        alpha.width() as f32 / mask.width as f32,
        alpha.height() as f32 / mask.height as f32,
    );
    let (x0, y0, x1, y1) = part.extent;
    let limits = PixelBox::new(
        x0 as f32 * scale.0,
        y0 as f32 * scale.1,
        x1 as f32 * scale.0,
        y1 as f32 * scale.1,
    );
    box_within(alpha, limits)
}

/// The box around everything of a mask, after a person has mended it; none if it is empty.
#[must_use]
pub fn box_of(alpha: &GrayImage) -> Option<CornerBox> {
    box_within(
        alpha,
        PixelBox::new(0.0, 0.0, alpha.width() as f32, alpha.height() as f32),
    )
}

fn box_within(alpha: &GrayImage, limits: PixelBox) -> Option<CornerBox> {
    use crate::geom::cast::round_u32;
    let (from_x, from_y) = (round_u32(limits.x0), round_u32(limits.y0));
    let (to_x, to_y) = (
        round_u32(limits.x1).min(alpha.width()),
        round_u32(limits.y1).min(alpha.height()),
    );
    let (mut x0, mut y0, mut x1, mut y1) = (u32::MAX, u32::MAX, 0, 0);
    for y in from_y..to_y {
        for x in from_x..to_x {
            if alpha.get_pixel(x, y).0[0] >= HALF {
                (x0, y0) = (x0.min(x), y0.min(y));
                (x1, y1) = (x1.max(x + 1), y1.max(y + 1));
            }
        }
    }
    (x0 < x1 && y0 < y1).then(|| {
        PixelBox::new(x0 as f32, y0 as f32, x1 as f32, y1 as f32).to_normalized(alpha.width(), alpha.height())
    })
}

/// How clearly the thing stands out times how sharp its outline is, less what runs over the rim.
fn confidence(mask: &Mask, shares: &Plane, difference: &Difference) -> f32 {
    let mut inside: Vec<f32> = (0..mask.set.len())
        .filter(|at| mask.set[*at])
        .map(|at| difference.strength.values[at])
        .collect();
    let stands_out = 1.0 - (-median(&mut inside) / 6.0).exp();
    let (mut soft, mut edge) = (0usize, 0usize);
    for share in &shares.values {
        if *share > 0.05 && *share < 0.95 {
            soft += 1;
        }
    }
    let rim = mask.grown(1);
    edge += rim.area().saturating_sub(mask.area());
    let sharp = (1.0 - soft as f32 / (10.0 * edge.max(1) as f32)).clamp(0.3, 1.0);
    let cut = if at_rim(mask) > 0.01 { 0.6 } else { 1.0 };
    (stands_out * sharp * cut).clamp(0.0, 1.0)
}

/// The share of the rim that is set.
fn at_rim(mask: &Mask) -> f32 {
    let (w, h) = (mask.width, mask.height);
    let rows = (0..w).flat_map(|x| [x, (h - 1) * w + x]);
    let columns = (0..h).flat_map(|y| [y * w, y * w + w - 1]);
    let touched = rows.chain(columns).filter(|at| mask.set[*at]).count();
    touched as f32 / (2 * (w + h)) as f32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::Luma;

    #[test]
    fn the_box_of_a_mask_by_hand() {
        let mut alpha = GrayImage::new(100, 50);
        assert_eq!(box_of(&alpha), None);
        for y in 10..30 {
            for x in 20..60 {
                alpha.put_pixel(x, y, Luma([255]));
            }
        }
        alpha.put_pixel(80, 40, Luma([127]));
        assert_eq!(box_of(&alpha), Some(CornerBox::new(0.2, 0.2, 0.6, 0.6)));
    }

    #[test]
    fn what_comes_in_over_the_rim() {
        let mask = Mask::from_fn((10, 10), |at| at % 10 == 0 && at / 10 < 8);
        // 8 on the left column, of which the topmost also lies in the top row: 9 of 40.
        assert!((at_rim(&mask) - 9.0 / 40.0).abs() < 1e-6);
    }
}
