//! Changes real photos a little each time they are shown, boxes included.
//!
//! Geometry is one affine map from the photo to the new picture, so pixels are sampled once and boxes go
//! through the very same map. A box of which too little stays visible becomes `difficult` (or goes, if
//! next to nothing is left): a sliver of an apple is neither an apple to be found nor background.

mod affine;
mod crop;
mod photometric;

pub use affine::{Affine, carry_boxes, warp};
pub use crop::patch_around;
pub use photometric::Photometric;

use serde::{Deserialize, Serialize};

use crate::training::dataset::{Dice, LabelledPicture};

/// How photos are changed. Chances and shares are parts of 1, angles radians.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Augment {
    /// Side of the new square picture; none keeps the size of the photo.
    pub size: Option<u32>,
    /// Chance of mirroring left to right.
    pub flip: f32,
    /// Chance of mirroring top to bottom.
    pub flip_vertical: f32,
    /// Chance of a crop that keeps a chosen overlap with a box.
    pub crop: f32,
    /// Chance of making the photo smaller on a plain ground, where it was not cropped.
    pub zoom_out: f32,
    /// How much smaller at most: 2 makes it half as wide.
    pub max_zoom_out: f32,
    /// Turned by at most this.
    pub rotate: f32,
    /// Sheared by at most this.
    pub shear: f32,
    /// Wider or narrower by at most this share.
    pub stretch: f32,
    /// A box that shows less than this share of itself becomes difficult.
    pub min_visible: f32,
    /// Light, colour, noise.
    pub light: Photometric,
}

impl Default for Augment {
    fn default() -> Self {
        Self {
            size: None,
            flip: 0.5,
            flip_vertical: 0.0,
            crop: 0.5,
            zoom_out: 0.3,
            max_zoom_out: 2.2,
            rotate: 0.06,
            shear: 0.04,
            stretch: 0.12,
            min_visible: 0.3,
            light: Photometric::default(),
        }
    }
}

/// Fills what lies beyond the photo: the mean colour of photographs.
const GROUND: [u8; 3] = [123, 117, 104];

impl Augment {
    /// A changed copy.
    #[must_use]
    pub fn apply(&self, photo: &LabelledPicture, dice: &mut Dice) -> LabelledPicture {
        let (width, height) = photo.picture.dimensions();
        let (out_width, out_height) = self.size.map_or((width, height), |side| (side, side));
        let map = self.geometry(photo, (out_width as f32, out_height as f32), dice);
        let ground = if dice.chance(0.5) {
            GROUND
        } else {
            [0; 3].map(|_| u8::try_from(dice.below(256)).unwrap_or(u8::MAX))
        };
        let mut picture = warp(&photo.picture, &map, (out_width, out_height), ground);
        self.light.apply(&mut picture, dice);
        LabelledPicture {
            boxes: carry_boxes(
                &photo.boxes,
                &map,
                (width, height),
                (out_width, out_height),
                self.min_visible,
            ),
            picture,
        }
    }

    /// From pixels of the photo to pixels of the new picture.
    fn geometry(&self, photo: &LabelledPicture, out: (f32, f32), dice: &mut Dice) -> Affine {
        let (width, height) = (photo.picture.width() as f32, photo.picture.height() as f32);
        let view = if dice.chance(self.crop) {
            patch_around(&photo.boxes, dice)
        } else if dice.chance(self.zoom_out) {
            let zoom = dice.range(1.0, self.max_zoom_out.max(1.0));
            let (x0, y0) = (-dice.range(0.0, zoom - 1.0), -dice.range(0.0, zoom - 1.0));
            crate::geom::CornerBox::new(x0, y0, x0 + zoom, y0 + zoom)
        } else {
            crate::geom::CornerBox::new(0.0, 0.0, 1.0, 1.0)
        };
        let mut map = Affine::translation(-view.x0 * width, -view.y0 * height);
        let scale = (
            out.0 / (view.width() * width).max(1.0),
            out.1 / (view.height() * height).max(1.0),
        );
        map = map.then(&Affine::scaling(scale.0, scale.1));
        let middle = (out.0 / 2.0, out.1 / 2.0);
        let mut around = Affine::translation(-middle.0, -middle.1);
        let stretch = dice.around(self.stretch);
        around = around.then(&Affine::scaling(1.0 + stretch, 1.0 - stretch));
        around = around.then(&Affine::shearing(dice.around(self.shear)));
        around = around.then(&Affine::rotation(dice.around(self.rotate)));
        if dice.chance(self.flip) {
            around = around.then(&Affine::scaling(-1.0, 1.0));
        }
        if dice.chance(self.flip_vertical) {
            around = around.then(&Affine::scaling(1.0, -1.0));
        }
        map.then(&around).then(&Affine::translation(middle.0, middle.1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        frame::{Rgb, RgbImage},
        geom::{ClassId, CornerBox},
        training::dataset::LabelledBox,
    };

    /// A grey photo with one white block, boxed exactly.
    fn photo() -> LabelledPicture {
        let mut picture = RgbImage::from_pixel(120, 100, Rgb([60; 3]));
        for y in 30..70 {
            for x in 50..80 {
                picture.put_pixel(x, y, Rgb([255; 3]));
            }
        }
        LabelledPicture {
            picture,
            boxes: vec![LabelledBox {
                class: ClassId(1),
                bbox: CornerBox::new(50.0 / 120.0, 0.3, 80.0 / 120.0, 0.7),
                difficult: false,
            }],
        }
    }

    #[test]
    fn the_box_follows_the_block() {
        let augment = Augment {
            light: Photometric::off(),
            rotate: 0.0,
            shear: 0.0,
            size: Some(96),
            ..Augment::default()
        };
        for index in 0..200 {
            let new = augment.apply(&photo(), &mut Dice::new(1, index));
            let mut white = (f32::INFINITY, f32::INFINITY, 0.0f32, 0.0f32);
            for (x, y, pixel) in new.picture.enumerate_pixels() {
                let random_ground = pixel.0.windows(2).any(|pair| pair[0] != pair[1]);
                if pixel.0[0] > 200 && !random_ground {
                    let (x, y) = (x as f32, y as f32);
                    white = (
                        white.0.min(x),
                        white.1.min(y),
                        white.2.max(x + 1.0),
                        white.3.max(y + 1.0),
                    );
                }
            }
            let Some(bbox) = new.boxes.first().map(|found| found.bbox.to_pixels(96, 96)) else {
                continue;
            };
            for (edge, seen) in [
                (bbox.x0, white.0),
                (bbox.y0, white.1),
                (bbox.x1, white.2),
                (bbox.y1, white.3),
            ] {
                assert!(
                    (edge - seen).abs() <= 2.0,
                    "scene {index}: {bbox:?} but white at {white:?}"
                );
            }
        }
    }

    #[test]
    fn most_photos_keep_their_object() {
        let augment = Augment::default();
        let kept = (0..200)
            .filter(|index| {
                let new = augment.apply(&photo(), &mut Dice::new(2, *index));
                new.boxes.iter().any(|found| !found.difficult)
            })
            .count();
        assert!(kept > 170, "{kept} of 200");
    }
}
