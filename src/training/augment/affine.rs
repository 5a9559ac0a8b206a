//! Affine maps of the plane, and pictures and boxes carried through them.

use crate::{
    frame::{Rgb, RgbImage},
    geom::{
        CornerBox, PixelBox,
        cast::{floor_index, round_u8},
    },
    training::dataset::LabelledBox,
};
use serde::{Deserialize, Serialize};

/// A box of which less than this share is left is no longer there at all.
const GONE: f32 = 0.04;

/// What is taken to fill a box when the picture is turned or sheared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outline {
    /// The whole rectangle: the new box holds its four mapped corners. Exact for packages, too large for
    /// round things.
    #[default]
    Rectangle,
    /// The ellipse that touches its four sides: exact for round things, up to a fifth too small for others.
    Ellipse,
}

/// Which boxes stay after a picture was cropped.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Keep {
    /// Those that show at least this share; what shows less becomes difficult, and goes if hardly anything
    /// is left: a sliver is neither an object to be found nor background.
    Visible(f32),
    /// Those whose centre is inside, as SSD does; the others go, whatever they show.
    Centre,
}

/// How boxes follow a picture.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BoxRule {
    /// What fills a box.
    pub outline: Outline,
    /// Which boxes stay.
    pub keep: Keep,
}

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

    /// The smallest upright box around the mapped ellipse that touches the four sides of the box.
    #[must_use]
    pub fn map_ellipse(&self, bbox: PixelBox) -> PixelBox {
        let (cx, cy) = self.map(f32::midpoint(bbox.x0, bbox.x1), f32::midpoint(bbox.y0, bbox.y1));
        let (a, b) = ((bbox.x1 - bbox.x0) / 2.0, (bbox.y1 - bbox.y0) / 2.0);
        // The ellipse is the unit circle mapped by (a, b); a circle's image under rows (p, q) reaches
        // as far as the length of each row.
        let (half_width, half_height) = ((self.a * a).hypot(self.b * b), (self.d * a).hypot(self.e * b));
        PixelBox::new(
            cx - half_width,
            cy - half_height,
            cx + half_width,
            cy + half_height,
        )
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
        source = std::borrow::Cow::Owned(half(&source));
        let grow = Affine::scaling(2.0, 2.0);
        map = grow.then(&map);
        shrink *= 4.0;
    }
    let Some(mut back) = map.inverse() else { return out };
    if source.width() == 0 || source.height() == 0 {
        return out;
    }
    // Four neighbours are sampled, so a picture of one row or column is doubled first.
    if source.width() < 2 || source.height() < 2 {
        let (width, height) = (source.width().max(2), source.height().max(2));
        let last = (source.width() - 1, source.height() - 1);
        source = std::borrow::Cow::Owned(RgbImage::from_fn(width, height, |x, y| {
            *source.get_pixel(x.min(last.0), y.min(last.1))
        }));
        let (sx, sy) = (
            width as f32 / (last.0 + 1) as f32,
            height as f32 / (last.1 + 1) as f32,
        );
        back = back.then(&Affine::scaling(sx, sy));
    }
    let (width, height) = (source.width() as usize, source.height() as usize);
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

/// The mean of every two by two pixels; an odd last row or column is repeated.
fn half(picture: &RgbImage) -> RgbImage {
    let (width, height) = picture.dimensions();
    RgbImage::from_fn(width.div_ceil(2), height.div_ceil(2), |x, y| {
        let mut sum = [2u16; 3];
        for (dx, dy) in [(0, 0), (1, 0), (0, 1), (1, 1)] {
            let pixel = picture.get_pixel((2 * x + dx).min(width - 1), (2 * y + dy).min(height - 1));
            for (total, value) in sum.iter_mut().zip(pixel.0) {
                *total += u16::from(value);
            }
        }
        Rgb(sum.map(|total| u8::try_from(total / 4).unwrap_or(u8::MAX)))
    })
}

/// Boxes of a picture of `from` pixels after `map` into one of `to` pixels, clipped to it. Boxes without an
/// area, or with numbers that are none, are left out.
#[must_use]
pub fn carry_boxes(
    boxes: &[LabelledBox],
    map: &Affine,
    from: (u32, u32),
    to: (u32, u32),
    rule: BoxRule,
) -> Vec<LabelledBox> {
    let mut carried = Vec::new();
    for labelled in boxes {
        let before = labelled.bbox;
        // Written so that a NaN fails.
        if !(before.x1 > before.x0 && before.y1 > before.y0) {
            continue;
        }
        let pixels = before.to_pixels(from.0, from.1);
        let whole = match rule.outline {
            Outline::Rectangle => map.map_box(pixels),
            Outline::Ellipse => map.map_ellipse(pixels),
        };
        let whole = whole.to_normalized(to.0, to.1);
        let clipped: CornerBox = whole.clipped();
        if !(whole.area() > 0.0 && clipped.area() > 0.0) {
            continue;
        }
        let visible = clipped.area() / whole.area();
        let difficult = match rule.keep {
            // A region that is left open stays so, however little of it is in the picture.
            _ if labelled.difficult => true,
            Keep::Visible(_) if visible < GONE => continue,
            Keep::Visible(least) => visible < least,
            Keep::Centre => {
                let (x, y) = whole.center();
                if !((0.0..=1.0).contains(&x) && (0.0..=1.0).contains(&y)) {
                    continue;
                }
                false
            }
        };
        carried.push(LabelledBox {
            class: labelled.class,
            bbox: clipped,
            difficult,
        });
    }
    carried
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::geom::ClassId;

    const VISIBLE: BoxRule = BoxRule {
        outline: Outline::Rectangle,
        keep: Keep::Visible(0.3),
    };

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
            VISIBLE,
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
                VISIBLE,
            )
            .is_empty()
        );
        let centre = BoxRule {
            keep: Keep::Centre,
            ..VISIBLE
        };
        let carried = carry_boxes(
            &boxes,
            &Affine::translation(-15.0, 0.0),
            (100, 100),
            (100, 100),
            centre,
        );
        assert_eq!(carried.len(), 2, "the second's centre lies outside");
    }

    #[test]
    fn a_region_left_open_stays_open_when_little_of_it_is_in_the_picture() {
        let whole = LabelledBox {
            class: ClassId(1),
            bbox: CornerBox::new(0.0, 0.0, 1.0, 1.0),
            difficult: true,
        };
        // A tenth of each side, enlarged to the whole picture.
        let map = Affine::translation(-60.0, -60.0).then(&Affine::scaling(10.0, 10.0));
        for keep in [Keep::Visible(0.3), Keep::Centre] {
            let carried = carry_boxes(
                &[whole],
                &map,
                (100, 100),
                (100, 100),
                BoxRule { keep, ..VISIBLE },
            );
            assert_eq!(carried, [whole]);
        }
    }

    #[test]
    fn boxes_without_area_are_left_out() {
        let nan = f32::NAN;
        for (x0, y0, x1, y1) in [
            (0.5, 0.5, 0.5, 0.9),
            (0.8, 0.2, 0.3, 0.6),
            (nan, 0.1, 0.5, 0.5),
            (0.1, 0.1, 0.5, nan),
            (1.2, 0.1, 1.5, 0.4),
        ] {
            let labelled = LabelledBox {
                class: ClassId(1),
                bbox: CornerBox::new(x0, y0, x1, y1),
                difficult: false,
            };
            let still = Affine::translation(0.0, 0.0);
            assert_eq!(
                carry_boxes(&[labelled], &still, (100, 80), (100, 80), VISIBLE),
                []
            );
        }
    }

    #[test]
    fn pictures_of_one_row_are_stretched_and_empty_ones_give_ground() {
        let row = RgbImage::from_pixel(5, 1, Rgb([200, 100, 50]));
        let large = warp(&row, &Affine::scaling(4.0, 20.0), (20, 20), [0; 3]);
        assert!(large.pixels().all(|pixel| pixel.0 == [200, 100, 50]));
        let none = warp(
            &RgbImage::new(0, 3),
            &Affine::scaling(1.0, 1.0),
            (4, 4),
            [9, 8, 7],
        );
        assert!(none.pixels().all(|pixel| pixel.0 == [9, 8, 7]));
    }

    #[test]
    fn a_turned_circle_keeps_its_size() {
        let turn = Affine::rotation(0.6);
        let around = turn.map_ellipse(PixelBox::new(-10.0, -10.0, 10.0, 10.0));
        assert!(
            (around.x1 - 10.0).abs() < 1e-4 && (around.y0 + 10.0).abs() < 1e-4,
            "{around:?}"
        );
        let corners = turn.map_box(PixelBox::new(-10.0, -10.0, 10.0, 10.0));
        let reach = 10.0 * (0.6f32.cos() + 0.6f32.sin());
        assert!((corners.x1 - reach).abs() < 1e-4, "{corners:?}");
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
    }
}
