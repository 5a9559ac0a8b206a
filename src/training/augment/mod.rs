//! Changes real photos a little each time they are shown, boxes included.
//!
//! Geometry is one affine map from the photo to the new picture, so pixels are sampled once and boxes go
//! through the very same map: exactly under moves, scales, flips and crops, and after turning and shearing
//! as the box of the mapped corners or of the mapped ellipse ([`Outline`]). Nothing here reads a file.

mod affine;
mod colour;
mod crop;
mod mosaic;
mod photometric;
#[cfg(test)]
mod tests;

pub use affine::{Affine, BoxRule, Keep, Outline, carry_boxes, warp};
pub use crop::patch_around;
pub use mosaic::mosaic;
pub use photometric::Photometric;

use serde::{Deserialize, Serialize};

use crate::{
    geom::CornerBox,
    training::dataset::{Dice, LabelledPicture},
};

/// How photos are changed. Chances and shares are parts of 1, angles radians.
///
/// In this order: zoom out, crop, resize; stretch, scale, shear, rotate, flip and translate about the middle
/// of the new picture; light and colour.
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
    /// Chance of making the photo smaller on a plain ground, before any crop.
    pub zoom_out: f32,
    /// How much smaller at most: 2 makes it half as wide.
    pub max_zoom_out: f32,
    /// Turned by at most this.
    pub rotate: f32,
    /// Sheared by at most this.
    pub shear: f32,
    /// Wider or narrower by at most this share.
    pub stretch: f32,
    /// Larger or smaller by at most this share.
    pub scale: f32,
    /// Moved by at most this share of each side.
    pub translate: f32,
    /// What lies beyond the photo.
    pub ground: Ground,
    /// What fills a box when it is turned.
    pub outline: Outline,
    /// Which boxes stay when they are cut.
    pub keep: Keep,
    /// Light, colour, noise.
    pub light: Photometric,
}

/// What lies beyond the photo.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ground {
    /// One colour.
    Plain([u8; 3]),
    /// Half of the time the mean colour of photographs, else any colour.
    Any,
}

impl Default for Augment {
    fn default() -> Self {
        Self {
            flip: 0.5,
            crop: 0.5,
            zoom_out: 0.3,
            max_zoom_out: 2.2,
            rotate: 0.06,
            shear: 0.04,
            stretch: 0.12,
            ground: Ground::Any,
            light: Photometric::default(),
            ..Self::none()
        }
    }
}

/// The mean colour of photographs (of `ImageNet`), in the order red, green, blue.
const MEAN: [u8; 3] = [123, 117, 104];

impl Augment {
    /// The chains by name: `mild` (as [`Augment::default`]), `ssd`, `report` and `none`.
    pub const CHAINS: [&str; 4] = ["mild", "ssd", "report", "none"];

    /// The chain of this name, or none if there is no such chain.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "mild" => Some(Self::default()),
            "ssd" => Some(Self::ssd()),
            "report" => Some(Self::report()),
            "none" => Some(Self::none()),
            _ => None,
        }
    }

    /// Changes nothing but the size, where one is set.
    #[must_use]
    pub const fn none() -> Self {
        Self {
            size: None,
            flip: 0.0,
            flip_vertical: 0.0,
            crop: 0.0,
            zoom_out: 0.0,
            max_zoom_out: 1.0,
            rotate: 0.0,
            shear: 0.0,
            stretch: 0.0,
            scale: 0.0,
            translate: 0.0,
            ground: Ground::Plain(MEAN),
            outline: Outline::Rectangle,
            keep: Keep::Visible(0.3),
            light: Photometric::off(),
        }
    }

    /// The chain of the original SSD: photometric distortion; half of the time up to four times smaller on
    /// the mean colour; a crop that one in seven times is the whole picture; mirrored half of the time.
    ///
    /// # Source
    /// Liu et al. 2016, sections 2.2 and 3.6, and the authors' Caffe code.
    #[must_use]
    pub const fn ssd() -> Self {
        Self {
            flip: 0.5,
            crop: 6.0 / 7.0,
            zoom_out: 0.5,
            max_zoom_out: 4.0,
            keep: Keep::Centre,
            light: Photometric::ssd(),
            ..Self::none()
        }
    }

    /// The chain of the apple, banana and milk report: translate, rotate, scale, shear, both flips, noise,
    /// blur, contrast.
    #[must_use]
    pub const fn report() -> Self {
        Self {
            flip: 0.5,
            flip_vertical: 0.5,
            rotate: 0.35,
            shear: 0.14,
            scale: 0.25,
            translate: 0.15,
            light: Photometric {
                contrast: 0.4,
                noise: 0.5,
                max_noise: 12.0,
                blur: 0.5,
                max_blur: 1.6,
                ..Photometric::off()
            },
            ..Self::none()
        }
    }

    /// A changed copy.
    #[must_use]
    pub fn apply(&self, photo: &LabelledPicture, dice: &mut Dice) -> LabelledPicture {
        let (width, height) = photo.picture.dimensions();
        let out = self.size.map_or((width, height), |side| (side, side));
        let map = self.geometry(photo, (out.0 as f32, out.1 as f32), dice);
        let ground = self.ground.colour(dice);
        let mut picture = warp(&photo.picture, &map, out, ground);
        self.light.apply(&mut picture, dice);
        LabelledPicture {
            boxes: carry_boxes(&photo.boxes, &map, (width, height), out, self.box_rule()),
            picture,
        }
    }

    /// How boxes are carried along.
    #[must_use]
    pub const fn box_rule(&self) -> BoxRule {
        BoxRule {
            outline: self.outline,
            keep: self.keep,
        }
    }

    /// From pixels of the photo to pixels of the new picture.
    fn geometry(&self, photo: &LabelledPicture, out: (f32, f32), dice: &mut Dice) -> Affine {
        let (width, height) = (photo.picture.width() as f32, photo.picture.height() as f32);
        let view = self.view(photo, dice);
        let mut map = Affine::translation(-view.x0 * width, -view.y0 * height);
        let scale = (
            out.0 / (view.width() * width).max(1e-3),
            out.1 / (view.height() * height).max(1e-3),
        );
        map = map.then(&Affine::scaling(scale.0, scale.1));
        let middle = (out.0 / 2.0, out.1 / 2.0);
        let mut around = Affine::translation(-middle.0, -middle.1);
        let stretch = dice.around(self.stretch);
        let size = 1.0 + dice.around(self.scale.min(0.9));
        around = around.then(&Affine::scaling(size * (1.0 + stretch), size * (1.0 - stretch)));
        around = around.then(&Affine::shearing(dice.around(self.shear)));
        around = around.then(&Affine::rotation(dice.around(self.rotate)));
        if dice.chance(self.flip) {
            around = around.then(&Affine::scaling(-1.0, 1.0));
        }
        if dice.chance(self.flip_vertical) {
            around = around.then(&Affine::scaling(1.0, -1.0));
        }
        let (dx, dy) = (
            dice.around(self.translate) * out.0,
            dice.around(self.translate) * out.1,
        );
        map.then(&around)
            .then(&Affine::translation(middle.0 + dx, middle.1 + dy))
    }

    /// The part of the photo that fills the new picture; it may reach beyond the photo.
    fn view(&self, photo: &LabelledPicture, dice: &mut Dice) -> CornerBox {
        let mut view = CornerBox::new(0.0, 0.0, 1.0, 1.0);
        if dice.chance(self.zoom_out) {
            let zoom = dice.range(1.0, self.max_zoom_out.max(1.0));
            let (x0, y0) = (-dice.range(0.0, zoom - 1.0), -dice.range(0.0, zoom - 1.0));
            view = CornerBox::new(x0, y0, x0 + zoom, y0 + zoom);
        }
        if !dice.chance(self.crop) {
            return view;
        }
        // The sampler sees the boxes as they lie in the zoomed picture.
        let (width, height) = (view.width(), view.height());
        let zoomed: Vec<_> = photo
            .boxes
            .iter()
            .map(|labelled| {
                let bbox = labelled.bbox;
                let mut labelled = *labelled;
                labelled.bbox = CornerBox::new(
                    (bbox.x0 - view.x0) / width,
                    (bbox.y0 - view.y0) / height,
                    (bbox.x1 - view.x0) / width,
                    (bbox.y1 - view.y0) / height,
                );
                labelled
            })
            .collect();
        let patch = patch_around(&zoomed, dice);
        CornerBox::new(
            view.x0 + patch.x0 * width,
            view.y0 + patch.y0 * height,
            view.x0 + patch.x1 * width,
            view.y0 + patch.y1 * height,
        )
    }
}

impl Ground {
    fn colour(self, dice: &mut Dice) -> [u8; 3] {
        match self {
            Self::Plain(colour) => colour,
            Self::Any if dice.chance(0.5) => MEAN,
            Self::Any => [0; 3].map(|_| u8::try_from(dice.below(256)).unwrap_or(u8::MAX)),
        }
    }
}
