//! Affine maps of the plane, and pictures and boxes carried through them.

use crate::{
    frame::{Rgb, RgbImage},
    geom::{
        CornerBox, PixelBox,
        cast::{floor_index, round_u8},
    },
    training::dataset::LabelledBox,
};

/// A box of which less than this share is left is no longer there at all.
const GONE: f32 = 0.04;

/// x' = a x + b y + c, y' = d x + e y + f; lengths in pixels, y down.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Affine {
    a: f32,
    b: f32,
    c: f32,
    d: f32,
    e: f32,
    f: f32,
}

impl Affine {
    /// Moves by (x, y).
    #[must_use]
    pub const fn translation(x: f32, y: f32) -> Self {
        Self {
            a: 1.0,
            b: 0.0,
            c: x,
            d: 0.0,
            e: 1.0,
            f: y,
        }
    }

    /// Stretches along the axes; a negative factor mirrors.
    #[must_use]
    pub const fn scaling(x: f32, y: f32) -> Self {
        Self {
            a: x,
            b: 0.0,
            c: 0.0,
            d: 0.0,
            e: y,
            f: 0.0,
        }
    }

    /// Turns clockwise about the origin, by radians.
    #[must_use]
    pub fn rotation(angle: f32) -> Self {
        let (sin, cos) = angle.sin_cos();
        Self {
            a: cos,
            b: -sin,
            c: 0.0,
            d: sin,
            e: cos,
            f: 0.0,
        }
    }

    /// Shifts rows sideways by `shear` a unit of height.
    #[must_use]
    pub const fn shearing(shear: f32) -> Self {
        Self {
            a: 1.0,
            b: shear,
            c: 0.0,
            d: 0.0,
            e: 1.0,
            f: 0.0,
        }
    }

    /// This map first, `next` after it.
    #[must_use]
    pub fn then(&self, next: &Self) -> Self {
        Self {
            a: next.a * self.a + next.b * self.d,
            b: next.a * self.b + next.b * self.e,
            c: next.a * self.c + next.b * self.f + next.c,
            d: next.d * self.a + next.e * self.d,
            e: next.d * self.b + next.e * self.e,
            f: next.d * self.c + next.e * self.f + next.f,
        }
    }

    /// Where a point goes.
    #[must_use]
    pub fn map(&self, x: f32, y: f32) -> (f32, f32) {
        (self.a * x + self.b * y + self.c, self.d * x + self.e * y + self.f)
    }

    /// The map back; none if this one flattens the plane.
    #[must_use]
    pub fn inverse(&self) -> Option<Self> {
        let determinant = self.a * self.e - self.b * self.d;
        if determinant.abs() < 1e-9 {
            return None;
        }
        let (a, b) = (self.e / determinant, -self.b / determinant);
        let (d, e) = (-self.d / determinant, self.a / determinant);
        Some(Self {
            a,
            b,
            c: -(a * self.c + b * self.f),
            d,
            e,
            f: -(d * self.c + e * self.f),
        })
    }

    /// The smallest upright box around the mapped box.
    #[must_use]
    pub fn map_box(&self, bbox: PixelBox) -> PixelBox {
        let corners = [
            self.map(bbox.x0, bbox.y0),
            self.map(bbox.x1, bbox.y0),
            self.map(bbox.x0, bbox.y1),
            self.map(bbox.x1, bbox.y1),
        ];
        let mut out = PixelBox::new(f32::INFINITY, f32::INFINITY, f32::NEG_INFINITY, f32::NEG_INFINITY);
        for (x, y) in corners {
            out = PixelBox::new(out.x0.min(x), out.y0.min(y), out.x1.max(x), out.y1.max(y));
        }
        out
    }
}

/// Draws `picture` through `map` (from its pixels to pixels of the new picture of `size`), bilinear; the
/// photo is first halved as often as it is shown much smaller. Beyond the photo lies `ground`.
#[must_use]
pub fn warp(picture: &RgbImage, map: &Affine, size: (u32, u32), ground: [u8; 3]) -> RgbImage {
    let mut out = RgbImage::from_pixel(size.0, size.1, Rgb(ground));
    let area = (map.a * map.e - map.b * map.d).abs();
    let mut source = std::borrow::Cow::Borrowed(picture);
    let mut map = *map;
    let mut shrink = area;
    // Below 0.4 the mean side is less than 0.63: sampling four pixels would skip some.
    while shrink < 0.4 && source.width() > 8 && source.height() > 8 {
        let (before_width, before_height) = (source.width() as f32, source.height() as f32);
        source = std::borrow::Cow::Owned(half(&source));
        let grow = Affine::scaling(
            before_width / source.width() as f32,
            before_height / source.height() as f32,
        );
        map = grow.then(&map);
        shrink *= 4.0;
    }
    let Some(back) = map.inverse() else { return out };
    let (width, height) = (source.width() as usize, source.height() as usize);
    if width < 2 || height < 2 {
        return out;
    }
    let raw = source.as_raw();
    for (x, y, pixel) in out.enumerate_pixels_mut() {
        let (u, v) = back.map(x as f32 + 0.5, y as f32 + 0.5);
        if !(u >= 0.0 && v >= 0.0 && u < width as f32 && v < height as f32) {
            continue;
        }
        let (u, v) = ((u - 0.5).max(0.0), (v - 0.5).max(0.0));
        let (column, row) = (floor_index(u).min(width - 2), floor_index(v).min(height - 2));
        let (fx, fy) = ((u - column as f32).min(1.0), (v - row as f32).min(1.0));
        let at = (row * width + column) * 3;
        for (channel, value) in pixel.0.iter_mut().enumerate() {
            let texel = |offset: usize| {
                raw.get(at + offset + channel)
                    .map_or(0.0, |byte| f32::from(*byte))
            };
            let top = texel(0) * (1.0 - fx) + texel(3) * fx;
            let bottom = texel(width * 3) * (1.0 - fx) + texel(width * 3 + 3) * fx;
            *value = round_u8(top * (1.0 - fy) + bottom * fy);
        }
    }
    out
}

/// The mean of every two by two pixels; an odd last row or column joins the one before.
fn half(picture: &RgbImage) -> RgbImage {
    RgbImage::from_fn(picture.width() / 2, picture.height() / 2, |x, y| {
        let mut sum = [2u16; 3];
        for (dx, dy) in [(0, 0), (1, 0), (0, 1), (1, 1)] {
            let pixel = picture.get_pixel(2 * x + dx, 2 * y + dy);
            for (total, value) in sum.iter_mut().zip(pixel.0) {
                *total += u16::from(value);
            }
        }
        Rgb(sum.map(|total| u8::try_from(total / 4).unwrap_or(u8::MAX)))
    })
}

/// Boxes of a picture of `from` pixels after `map` into one of `to` pixels: clipped; difficult where less
/// than `min_visible` is left, gone where hardly anything is.
#[must_use]
pub fn carry_boxes(
    boxes: &[LabelledBox],
    map: &Affine,
    from: (u32, u32),
    to: (u32, u32),
    min_visible: f32,
) -> Vec<LabelledBox> {
    let mut carried = Vec::new();
    for labelled in boxes {
        let whole = map
            .map_box(labelled.bbox.to_pixels(from.0, from.1))
            .to_normalized(to.0, to.1);
        let clipped: CornerBox = whole.clipped();
        let visible = if whole.area() > 0.0 {
            clipped.area() / whole.area()
        } else {
            0.0
        };
        if visible < GONE || clipped.width() <= 0.0 || clipped.height() <= 0.0 {
            continue;
        }
        carried.push(LabelledBox {
            class: labelled.class,
            bbox: clipped,
            difficult: labelled.difficult || visible < min_visible,
        });
    }
    carried
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::geom::ClassId;

    #[test]
    fn maps_by_hand() {
        let turn = Affine::rotation(std::f32::consts::FRAC_PI_2);
        let (x, y) = turn.map(1.0, 0.0);
        assert!(x.abs() < 1e-6 && (y - 1.0).abs() < 1e-6, "clockwise, y down");
        let both = Affine::translation(2.0, 3.0).then(&Affine::scaling(10.0, -1.0));
        assert_eq!(both.map(1.0, 1.0), (30.0, -4.0));
        assert_eq!(Affine::scaling(0.0, 1.0).inverse(), None);
    }

    #[test]
    fn the_identity_copies_and_mirroring_mirrors() {
        let picture = RgbImage::from_fn(9, 6, |x, y| {
            let byte = |value: u32| u8::try_from(value * 20).unwrap();
            Rgb([byte(x), byte(y), 7])
        });
        assert_eq!(
            warp(&picture, &Affine::translation(0.0, 0.0), (9, 6), [0; 3]),
            picture
        );
        let mirror = Affine::scaling(-1.0, 1.0).then(&Affine::translation(9.0, 0.0));
        let mirrored = warp(&picture, &mirror, (9, 6), [0; 3]);
        assert_eq!(mirrored, crate::frame::imageops::flip_horizontal(&picture));
    }

    #[test]
    fn shrinking_averages_and_what_is_beyond_is_ground() {
        let stripes = RgbImage::from_fn(64, 64, |x, _| Rgb([if x % 2 == 0 { 0 } else { 200 }; 3]));
        let small = warp(&stripes, &Affine::scaling(0.25, 0.25), (20, 16), [9, 8, 7]);
        assert_eq!(small.get_pixel(5, 5).0, [100; 3]);
        assert_eq!(small.get_pixel(18, 5).0, [9, 8, 7]);
    }

    #[test]
    fn boxes_are_clipped_marked_and_dropped() {
        let at = |x0, x1| LabelledBox {
            class: ClassId(1),
            bbox: CornerBox::new(x0, 0.2, x1, 0.4),
            difficult: false,
        };
        let boxes = [at(0.1, 0.3), at(0.0, 0.2), at(0.35, 0.45)];
        // Moves 15 of 100 pixels to the left.
        let carried = carry_boxes(
            &boxes,
            &Affine::translation(-15.0, 0.0),
            (100, 100),
            (100, 100),
            0.3,
        );
        assert_eq!(carried.len(), 3);
        assert!(
            (carried[0].bbox.x1 - 0.15).abs() < 1e-6 && !carried[0].difficult,
            "three quarters are left"
        );
        assert!(
            (carried[1].bbox.x1 - 0.05).abs() < 1e-6 && carried[1].difficult,
            "a quarter is left"
        );
        assert!(!carried[2].difficult);
        assert!(
            carry_boxes(
                &boxes[1..2],
                &Affine::translation(-40.0, 0.0),
                (100, 100),
                (100, 100),
                0.3
            )
            .is_empty()
        );
    }

    proptest! {
        #[test]
        fn the_inverse_undoes(angle in -3.0f32..3.0, s in 0.3f32..3.0, x in -50.0f32..50.0, y in -50.0f32..50.0) {
            let map = Affine::scaling(s, 1.0 / s)
                .then(&Affine::shearing(0.2))
                .then(&Affine::rotation(angle))
                .then(&Affine::translation(13.0, -8.0));
            let (px, py) = map.map(x, y);
            let (bx, by) = map.inverse().unwrap().map(px, py);
            prop_assert!((bx - x).abs() < 1e-2 && (by - y).abs() < 1e-2);
        }

        /// A filled disc drawn in the box stays inside the carried box.
        #[test]
        fn what_is_in_the_box_stays_in_it(angle in -0.5f32..0.5, shear in -0.3f32..0.3, s in 0.5f32..1.5) {
            let mut picture = RgbImage::new(80, 80);
            for (x, y, pixel) in picture.enumerate_pixels_mut() {
                let (dx, dy) = (x as f32 + 0.5 - 40.0, y as f32 + 0.5 - 40.0);
                if dx * dx / 100.0 + dy * dy / 225.0 <= 1.0 {
                    *pixel = Rgb([255; 3]);
                }
            }
            let map = Affine::translation(-40.0, -40.0)
                .then(&Affine::shearing(shear))
                .then(&Affine::rotation(angle))
                .then(&Affine::scaling(s, s))
                .then(&Affine::translation(45.0, 42.0));
            let labelled = LabelledBox {
                class: ClassId(1),
                bbox: CornerBox::new(30.0 / 80.0, 25.0 / 80.0, 50.0 / 80.0, 55.0 / 80.0),
                difficult: false,
            };
            let bbox = carry_boxes(&[labelled], &map, (80, 80), (90, 90), 0.3)[0].bbox.to_pixels(90, 90);
            let drawn = warp(&picture, &map, (90, 90), [0; 3]);
            for (x, y, pixel) in drawn.enumerate_pixels() {
                if pixel.0[0] > 127 {
                    let (x, y) = (x as f32, y as f32);
                    prop_assert!(x + 1.0 > bbox.x0 - 0.6 && x < bbox.x1 + 0.6, "({x}, {y}) outside {bbox:?}");
                    prop_assert!(y + 1.0 > bbox.y0 - 0.6 && y < bbox.y1 + 0.6, "({x}, {y}) outside {bbox:?}");
                }
            }
        }
    }
}
