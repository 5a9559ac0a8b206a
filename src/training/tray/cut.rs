//! Cuts a thing out of a photo, and lets a person mend the mask with a brush.

use crate::{
    frame::{GrayImage, Luma, RgbImage, Rgba, RgbaImage},
    geom::{
        CornerBox,
        cast::{floor_index, narrow_f32, round_u8, round_u32, saturating_u32},
    },
};

/// Of a cut-out's edge the tray's colour is taken out only where at least this share is the thing.
const LEAST_SHARE: f32 = 0.2;

/// The thing in `bbox` with its shares as transparency; the edge is freed of the ground's colour, which is
/// taken from around the thing. None if nothing of it is there.
#[must_use]
pub fn cut_out(picture: &RgbImage, alpha: &GrayImage, bbox: CornerBox) -> Option<RgbaImage> {
    if picture.dimensions() != alpha.dimensions() {
        return None;
    }
    let (w, h) = picture.dimensions();
    let bounds = bbox.clipped().to_pixels(w, h);
    let (left, top) = (floor_index(bounds.x0), floor_index(bounds.y0));
    let (width, height) = (
        floor_index(bounds.x1.ceil()).min(w as usize).saturating_sub(left),
        floor_index(bounds.y1.ceil()).min(h as usize).saturating_sub(top),
    );
    let (left, top) = (saturating_u32(left), saturating_u32(top));
    let (width, height) = (saturating_u32(width), saturating_u32(height));
    let ground = ground_around(picture, alpha, (left, top, width, height));
    let mut any = false;
    let out = RgbaImage::from_fn(width, height, |x, y| {
        let share = alpha.get_pixel(left + x, top + y).0[0];
        any |= share > 127;
        let pixel = picture.get_pixel(left + x, top + y).0;
        let [r, g, b] = freed(pixel, ground, f32::from(share) / 255.0);
        Rgba([r, g, b, share])
    });
    (any && width > 0 && height > 0).then_some(out)
}

/// The colour of the thing in a pixel of which `share` is the thing.
fn freed(pixel: [u8; 3], ground: [f32; 3], share: f32) -> [u8; 3] {
    if share > 0.98 {
        return pixel;
    }
    let share = share.max(LEAST_SHARE);
    let mut out = pixel;
    for (value, ground) in out.iter_mut().zip(ground) {
        *value = round_u8((f32::from(*value) - (1.0 - share) * ground) / share);
    }
    out
}

/// The mean of what lies within a cut-out's rectangle, and a little around it, and is not the thing.
fn ground_around(
    picture: &RgbImage,
    alpha: &GrayImage,
    (left, top, width, height): (u32, u32, u32, u32),
) -> [f32; 3] {
    const MARGIN: u32 = 6;
    let (mut sum, mut count) = ([0.0f64; 3], 0.0f64);
    for y in top.saturating_sub(MARGIN)..(top + height + MARGIN).min(picture.height()) {
        for x in left.saturating_sub(MARGIN)..(left + width + MARGIN).min(picture.width()) {
            if alpha.get_pixel(x, y).0[0] < 8 {
                let pixel = picture.get_pixel(x, y).0;
                for (sum, value) in sum.iter_mut().zip(pixel) {
                    *sum += f64::from(value);
                }
                count += 1.0;
            }
        }
    }
    sum.map(|sum| narrow_f32(sum / count.max(1.0)))
}

/// One stroke of the brush over a mask: from and to in pixels, with round ends.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stroke {
    /// Where it begins.
    pub from: (f32, f32),
    /// Where it ends.
    pub to: (f32, f32),
    /// Half its width in pixels.
    pub radius: f32,
    /// Whether what it covers becomes part of the thing, or ceases to be.
    pub adds: bool,
}

/// Draws a stroke into a mask; its rim is one pixel soft.
pub fn brush(alpha: &mut GrayImage, stroke: &Stroke) {
    let Stroke {
        from,
        to,
        radius,
        adds,
    } = *stroke;
    let reach = radius.max(0.5) + 1.0;
    let span = |a: f32, b: f32, length: u32| {
        (
            round_u32(a.min(b) - reach).min(length),
            round_u32(a.max(b) + reach + 1.0).min(length),
        )
    };
    let (x0, x1) = span(from.0, to.0, alpha.width());
    let (y0, y1) = span(from.1, to.1, alpha.height());
    for y in y0..y1 {
        for x in x0..x1 {
            let away = away_from((x as f32 + 0.5, y as f32 + 0.5), from, to);
            let cover = (radius.max(0.5) + 0.5 - away).clamp(0.0, 1.0);
            let old = f32::from(alpha.get_pixel(x, y).0[0]) / 255.0;
            let new = if adds {
                old.max(cover)
            } else {
                old.min(1.0 - cover)
            };
            alpha.put_pixel(x, y, Luma([round_u8(new * 255.0)]));
        }
    }
}

/// How far a point is from the line between two others.
fn away_from(point: (f32, f32), from: (f32, f32), to: (f32, f32)) -> f32 {
    let along = (to.0 - from.0, to.1 - from.1);
    let length = along.0 * along.0 + along.1 * along.1;
    let off = (point.0 - from.0, point.1 - from.1);
    let share = if length > 0.0 {
        ((off.0 * along.0 + off.1 * along.1) / length).clamp(0.0, 1.0)
    } else {
        0.0
    };
    (off.0 - share * along.0).hypot(off.1 - share * along.1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::Rgb;

    #[test]
    fn the_edge_is_freed_of_the_ground() {
        // Half of a red thing (200, 0, 0) over a grey ground of 100 gives (150, 50, 50).
        assert_eq!(freed([150, 50, 50], [100.0; 3], 0.5), [200, 0, 0]);
        assert_eq!(freed([150, 50, 50], [100.0; 3], 1.0), [150, 50, 50]);
    }

    #[test]
    fn cut_to_the_box() {
        let picture = RgbImage::from_fn(20, 10, |x, _| if x < 10 { Rgb([9, 8, 7]) } else { Rgb([90; 3]) });
        let alpha = GrayImage::from_fn(20, 10, |x, _| Luma([if x < 10 { 255 } else { 0 }]));
        let cut = cut_out(&picture, &alpha, CornerBox::new(0.0, 0.0, 0.6, 1.0)).unwrap();
        assert_eq!(cut.dimensions(), (12, 10));
        assert_eq!(cut.get_pixel(3, 3).0, [9, 8, 7, 255]);
        assert_eq!(cut.get_pixel(11, 3).0[3], 0);
        assert_eq!(
            cut_out(&picture, &alpha, CornerBox::new(0.6, 0.0, 1.0, 1.0)),
            None
        );
        assert_eq!(
            cut_out(&RgbImage::new(3, 3), &alpha, CornerBox::new(0.0, 0.0, 1.0, 1.0)),
            None
        );
    }

    #[test]
    fn a_brush_adds_and_erases() {
        let mut alpha = GrayImage::new(40, 20);
        let stroke = Stroke {
            from: (10.0, 10.0),
            to: (30.0, 10.0),
            radius: 4.0,
            adds: true,
        };
        brush(&mut alpha, &stroke);
        assert_eq!(alpha.get_pixel(20, 10).0, [255]);
        assert_eq!(alpha.get_pixel(20, 15).0, [0], "five and a half pixels away");
        // 20 long and 8 wide with round ends: 160 + 16 pi.
        let area: f32 = alpha.pixels().map(|pixel| f32::from(pixel.0[0]) / 255.0).sum();
        assert!((area - 210.27).abs() < 5.0, "{area}");
        brush(
            &mut alpha,
            &Stroke {
                adds: false,
                radius: 6.0,
                ..stroke
            },
        );
        assert!(alpha.pixels().all(|pixel| pixel.0[0] == 0));
    }
}
