//! Four pictures in one: objects come smaller, closer to each other and cut in more ways.

use super::{
    MEAN,
    affine::{Affine, BoxRule, carry_boxes, warp},
};
use crate::{
    frame::{Rgb, RgbImage, imageops},
    geom::{CornerBox, cast::round_u32},
    training::dataset::{Dice, LabelledBox, LabelledPicture},
};

/// The point where the four meet lies in this middle part of each side.
const MIDDLE: (f32, f32) = (0.3, 0.7);

/// Each picture covers its quarter, enlarged by up to this.
const ENLARGE: f32 = 1.5;

/// A square of `side` pixels, its four quarters each filled by a part of one of the pictures. The quarters
/// differ in size; no picture is stretched, all are cut; boxes follow by `rule`.
///
/// # Source
/// Bochkovskiy et al. 2020 (`YOLOv4`), section 3.3.
#[must_use]
pub fn mosaic(pictures: [&LabelledPicture; 4], side: u32, rule: BoxRule, dice: &mut Dice) -> LabelledPicture {
    let mut picture = RgbImage::from_pixel(side, side, Rgb(MEAN));
    let mut meet = || round_u32(side as f32 * dice.range(MIDDLE.0, MIDDLE.1));
    let (across, down) = (meet(), meet());
    let quarters = [
        (0, 0, across, down),
        (across, 0, side - across, down),
        (0, down, across, side - down),
        (across, down, side - across, side - down),
    ];
    let mut boxes = Vec::new();
    for (labelled, (x, y, width, height)) in pictures.into_iter().zip(quarters) {
        let from = labelled.picture.dimensions();
        if width == 0 || height == 0 || from.0 == 0 || from.1 == 0 {
            continue;
        }
        let map = cover(
            (from.0 as f32, from.1 as f32),
            (width as f32, height as f32),
            dice,
        );
        let part = warp(&labelled.picture, &map, (width, height), MEAN);
        imageops::replace(&mut picture, &part, i64::from(x), i64::from(y));
        let inside = carry_boxes(&labelled.boxes, &map, from, (width, height), rule);
        let edge = side as f32;
        boxes.extend(inside.into_iter().map(|labelled| {
            let bbox = labelled.bbox.to_pixels(width, height);
            let (dx, dy) = (x as f32, y as f32);
            LabelledBox {
                bbox: CornerBox::new(
                    (bbox.x0 + dx) / edge,
                    (bbox.y0 + dy) / edge,
                    (bbox.x1 + dx) / edge,
                    (bbox.y1 + dy) / edge,
                ),
                ..labelled
            }
        }));
    }
    LabelledPicture { picture, boxes }
}

/// Scales a picture so that it covers a quarter, and chooses the part that shows.
fn cover(from: (f32, f32), to: (f32, f32), dice: &mut Dice) -> Affine {
    let scale = (to.0 / from.0).max(to.1 / from.1) * dice.range(1.0, ENLARGE);
    let (spare_x, spare_y) = (from.0 * scale - to.0, from.1 * scale - to.1);
    Affine::scaling(scale, scale).then(&Affine::translation(
        -dice.range(0.0, spare_x.max(0.0)),
        -dice.range(0.0, spare_y.max(0.0)),
    ))
}
