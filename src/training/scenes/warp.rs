//! Draws a cut-out turned, sheared, in slight perspective and at its size, into a patch of its own.

use super::cutout::{Cutout, Layer};
use crate::geom::cast::{floor_index, round_i32};

/// From this alpha on a pixel counts as showing the item.
pub(super) const SOLID: f32 = 0.5;

/// How an item is put into the picture. Lengths in pixels, angles in radians.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pose {
    /// Where the middle of the item goes.
    pub(super) center: (f32, f32),
    /// Pixels drawn for a pixel of the largest copy, along x and y.
    pub(super) scale: (f32, f32),
    /// Turned clockwise (y points down).
    pub(super) angle: f32,
    /// Sideways shift a unit of height.
    pub(super) shear: f32,
    /// How much nearer the far edge comes, along x and y; 0.2 is strong.
    pub(super) perspective: (f32, f32),
    /// Mirrored left to right.
    pub(super) mirrored: bool,
    /// Width over height of the picture before it was made square; above 1 things come out narrow.
    pub(super) squash: f32,
}

impl Default for Pose {
    fn default() -> Self {
        Self {
            center: (0.0, 0.0),
            scale: (1.0, 1.0),
            angle: 0.0,
            shear: 0.0,
            perspective: (0.0, 0.0),
            mirrored: false,
            squash: 1.0,
        }
    }
}

/// A drawn item: premultiplied colours 0 to 255, alpha 0 to 1; it may reach beyond the picture.
#[derive(Debug, Clone)]
pub(super) struct Patch {
    /// Left edge in the picture.
    pub(super) x: i32,
    /// Top edge in the picture.
    pub(super) y: i32,
    /// Width in pixels.
    pub(super) width: usize,
    /// Height in pixels.
    pub(super) height: usize,
    /// Row by row.
    pub(super) pixels: Vec<[f32; 4]>,
}

impl Patch {
    /// How many pixels show the item, inside the picture or not.
    pub(super) fn solid(&self) -> usize {
        self.pixels.iter().filter(|pixel| pixel[3] >= SOLID).count()
    }

    /// Calls `each` for every pixel inside a picture of `side`, with its place there.
    pub(super) fn inside(&self, side: usize, mut each: impl FnMut(usize, [f32; 4])) {
        for (row, line) in self.pixels.chunks_exact(self.width.max(1)).enumerate() {
            let Some(y) = place(self.y, row, side) else {
                continue;
            };
            for (column, pixel) in line.iter().enumerate() {
                if let Some(x) = place(self.x, column, side) {
                    each(y * side + x, *pixel);
                }
            }
        }
    }

    /// Blurs the patch with a 3 x 3 box, edge and all, so that it lies out of focus.
    pub(super) fn soften(&mut self) {
        let (width, height) = (self.width, self.height);
        let before = self.pixels.clone();
        for y in 1..height.saturating_sub(1) {
            for x in 1..width.saturating_sub(1) {
                let mut sum = [0.0f32; 4];
                for row in y - 1..=y + 1 {
                    for pixel in &before[row * width + x - 1..=row * width + x + 1] {
                        for (total, value) in sum.iter_mut().zip(pixel) {
                            *total += value;
                        }
                    }
                }
                self.pixels[y * width + x] = sum.map(|total| total / 9.0);
            }
        }
    }
}

fn place(start: i32, offset: usize, side: usize) -> Option<usize> {
    let at = i64::from(start) + i64::try_from(offset).ok()?;
    usize::try_from(at).ok().filter(|at| *at < side)
}

/// How much wider and how much higher things come out when a picture of this width over height is made square.
pub(super) fn stretch(squash: f32) -> (f32, f32) {
    (squash.sqrt().recip(), squash.sqrt())
}

/// A projective map of the plane, row by row.
type Homography = [f32; 9];

/// Item to picture: item coordinates are pixels of the largest copy from its middle.
fn homography(pose: &Pose, size: (f32, f32)) -> Homography {
    let (sin, cos) = pose.angle.sin_cos();
    let flip = if pose.mirrored { -1.0 } else { 1.0 };
    let (sx, sy) = (pose.scale.0 * flip, pose.scale.1);
    // Rotation * shear * scale.
    let (wide, high) = stretch(pose.squash);
    let (a, b) = (wide * cos * sx, wide * (cos * pose.shear - sin) * sy);
    let (c, d) = (high * sin * sx, high * (sin * pose.shear + cos) * sy);
    let (gx, gy) = (pose.perspective.0 / size.0, pose.perspective.1 / size.1);
    let (cx, cy) = pose.center;
    // The perspective divisor 1 + gx u + gy v also applies to the centre, hence c * g in the matrix.
    [
        a + cx * gx,
        b + cx * gy,
        cx,
        c + cy * gx,
        d + cy * gy,
        cy,
        gx,
        gy,
        1.0,
    ]
}

fn project(h: &Homography, x: f32, y: f32) -> (f32, f32) {
    let w = h[6] * x + h[7] * y + h[8];
    ((h[0] * x + h[1] * y + h[2]) / w, (h[3] * x + h[4] * y + h[5]) / w)
}

/// The inverse map, up to a factor that does not matter to [`project`].
fn inverse(h: &Homography) -> Homography {
    [
        h[4] * h[8] - h[5] * h[7],
        h[2] * h[7] - h[1] * h[8],
        h[1] * h[5] - h[2] * h[4],
        h[5] * h[6] - h[3] * h[8],
        h[0] * h[8] - h[2] * h[6],
        h[2] * h[3] - h[0] * h[5],
        h[3] * h[7] - h[4] * h[6],
        h[1] * h[6] - h[0] * h[7],
        h[0] * h[4] - h[1] * h[3],
    ]
}

/// Draws `cutout` in `pose`; none if the patch would be larger than `max_side` or have no area.
pub(super) fn draw(cutout: &Cutout, pose: &Pose, max_side: usize) -> Option<Patch> {
    let size = cutout.size();
    let forward = homography(pose, size);
    let (hw, hh) = (size.0 / 2.0, size.1 / 2.0);
    let corners = [(-hw, -hh), (hw, -hh), (-hw, hh), (hw, hh)].map(|(x, y)| project(&forward, x, y));
    let low = |axis: fn(&(f32, f32)) -> f32| corners.iter().map(axis).fold(f32::INFINITY, f32::min);
    let high = |axis: fn(&(f32, f32)) -> f32| corners.iter().map(axis).fold(f32::NEG_INFINITY, f32::max);
    let (x, y) = (low(|c| c.0).floor() - 1.0, low(|c| c.1).floor() - 1.0);
    let width = floor_index(high(|c| c.0).ceil() + 1.0 - x);
    let height = floor_index(high(|c| c.1).ceil() + 1.0 - y);
    if width == 0 || height == 0 || width > max_side || height > max_side {
        return None;
    }
    // The copy that is at most a third larger than what is drawn: sharp, yet without glitter.
    let shrink = 1.0 / pose.scale.0.abs().min(pose.scale.1.abs()).max(1e-3);
    let wanted = shrink.log2() + 0.4;
    let level = floor_index(wanted).min(cutout.layers.len().saturating_sub(1));
    let layer = cutout.layers.get(level)?;
    let back = inverse(&forward);
    let (fx, fy) = (
        (layer.width - 2) as f32 / size.0,
        (layer.height - 2) as f32 / size.1,
    );
    let mut pixels = Vec::with_capacity(width * height);
    for row in 0..height {
        let py = y + row as f32 + 0.5;
        for column in 0..width {
            let px = x + column as f32 + 0.5;
            let (u, v) = project(&back, px, py);
            // To the layer's pixel centres: its border shifts by 1, its centres lie at a half.
            pixels.push(sample(layer, (u + hw) * fx + 0.5, (v + hh) * fy + 0.5));
        }
    }
    Some(Patch {
        x: round_i32(x),
        y: round_i32(y),
        width,
        height,
        pixels,
    })
}

/// Bilinear; transparent beyond the border.
fn sample(layer: &Layer, x: f32, y: f32) -> [f32; 4] {
    if !(x >= 0.0 && y >= 0.0) {
        return [0.0; 4];
    }
    let (column, row) = (floor_index(x), floor_index(y));
    if column + 1 >= layer.width || row + 1 >= layer.height {
        return [0.0; 4];
    }
    let (fx, fy) = (x - column as f32, y - row as f32);
    let start = row * layer.width + column;
    let [a, b] = [layer.pixels[start], layer.pixels[start + 1]];
    let [c, d] = [
        layer.pixels[start + layer.width],
        layer.pixels[start + layer.width + 1],
    ];
    let mut out = [0.0; 4];
    for (channel, value) in out.iter_mut().enumerate() {
        let top = f32::from(a[channel]) * (1.0 - fx) + f32::from(b[channel]) * fx;
        let bottom = f32::from(c[channel]) * (1.0 - fx) + f32::from(d[channel]) * fx;
        *value = top * (1.0 - fy) + bottom * fy;
    }
    out[3] /= 255.0;
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::frame::{Rgba, RgbaImage};

    fn block(width: u32, height: u32) -> Cutout {
        let picture = RgbaImage::from_pixel(width, height, Rgba([250, 100, 0, 255]));
        Cutout::new(None, "block", &picture, 512).unwrap()
    }

    fn upright(center: (f32, f32), scale: f32) -> Pose {
        Pose {
            center,
            scale: (scale, scale),
            ..Pose::default()
        }
    }

    /// Left, top, right and bottom of what is solid.
    fn extent(patch: &Patch, side: usize) -> (usize, usize, usize, usize) {
        let mut found = (usize::MAX, usize::MAX, 0, 0);
        patch.inside(side, |at, pixel| {
            if pixel[3] >= SOLID {
                let (x, y) = (at % side, at / side);
                found = (
                    found.0.min(x),
                    found.1.min(y),
                    found.2.max(x + 1),
                    found.3.max(y + 1),
                );
            }
        });
        found
    }

    #[test]
    fn an_upright_block_covers_exactly_its_place() {
        let patch = draw(&block(40, 20), &upright((50.0, 60.0), 1.0), 400).unwrap();
        assert_eq!(extent(&patch, 100), (30, 50, 70, 70));
        assert_eq!(patch.solid(), 800);
        let halved = draw(&block(40, 20), &upright((50.0, 60.0), 0.5), 400).unwrap();
        assert_eq!(extent(&halved, 100), (40, 55, 60, 65));
    }

    #[test]
    fn a_quarter_turn_swaps_width_and_height() {
        let pose = Pose {
            angle: std::f32::consts::FRAC_PI_2,
            ..upright((50.0, 60.0), 1.0)
        };
        let patch = draw(&block(40, 20), &pose, 400).unwrap();
        assert_eq!(extent(&patch, 100), (40, 40, 60, 80));
    }

    #[test]
    fn mirroring_swaps_left_and_right() {
        let mut picture = RgbaImage::from_pixel(40, 20, Rgba([0, 0, 0, 255]));
        for y in 0..20 {
            for x in 0..20 {
                picture.put_pixel(x, y, Rgba([200, 0, 0, 255]));
            }
        }
        let cutout = Cutout::new(None, "x", &picture, 512).unwrap();
        let red_at = |mirrored| {
            let pose = Pose {
                mirrored,
                ..upright((50.0, 50.0), 1.0)
            };
            let patch = draw(&cutout, &pose, 400).unwrap();
            let mut red = 0.0;
            patch.inside(100, |at, pixel| {
                if at == 50 * 100 + 40 {
                    red = pixel[0];
                }
            });
            red
        };
        assert!(red_at(false) > 150.0);
        assert!(red_at(true) < 50.0);
    }

    #[test]
    fn the_inverse_map_undoes_the_map() {
        let pose = Pose {
            angle: 0.7,
            shear: 0.2,
            perspective: (0.15, -0.1),
            mirrored: true,
            ..upright((33.0, 71.0), 0.8)
        };
        let forward = homography(&pose, (120.0, 80.0));
        let back = inverse(&forward);
        for (x, y) in [(0.0, 0.0), (-60.0, 40.0), (25.0, -13.0)] {
            let (px, py) = project(&forward, x, y);
            let (bx, by) = project(&back, px, py);
            assert!(
                (bx - x).abs() < 0.02 && (by - y).abs() < 0.02,
                "({x}, {y}) -> ({bx}, {by})"
            );
        }
    }

    #[test]
    fn a_patch_too_large_is_refused() {
        assert!(draw(&block(40, 20), &upright((0.0, 0.0), 20.0), 400).is_none());
    }

    /// An ellipse of half axes 45 and 24, whose extent after any linear map is known in closed form.
    fn ellipse() -> Cutout {
        let picture = RgbaImage::from_fn(90, 48, |x, y| {
            let (dx, dy) = ((x as f32 - 44.5) / 45.0, (y as f32 - 23.5) / 24.0);
            Rgba([90, 200, 40, if dx * dx + dy * dy <= 1.0 { 255 } else { 0 }])
        });
        Cutout::new(None, "ellipse", &picture, 512).unwrap()
    }

    proptest! {
        /// However an ellipse is turned, sheared, scaled and mirrored, what is drawn reaches as far as the
        /// formula says, so the boxes measured on it do too.
        #[test]
        fn the_drawn_extent_follows_the_geometry(
            angle in -3.2f32..3.2,
            shear in -0.3f32..0.3,
            sx in 0.35f32..1.6,
            sy in 0.35f32..1.6,
            cx in 95.0f32..105.0,
            mirrored in any::<bool>(),
            squash in 0.67f32..1.5,
        ) {
            let pose = Pose {
                center: (cx, 100.0),
                scale: (sx, sy),
                angle,
                shear,
                perspective: (0.0, 0.0),
                mirrored,
                squash,
            };
            let patch = draw(&ellipse(), &pose, 400).unwrap();
            let (x0, y0, x1, y1) = extent(&patch, 200);
            let h = homography(&pose, (90.0, 48.0));
            let half_width = (h[0] * 45.0).hypot(h[1] * 24.0);
            let half_height = (h[3] * 45.0).hypot(h[4] * 24.0);
            let expected = [cx - half_width, 100.0 - half_height, cx + half_width, 100.0 + half_height];
            for (edge, expected) in [x0, y0, x1, y1].into_iter().zip(expected) {
                prop_assert!((edge as f32 - expected).abs() < 2.0, "{edge}, not {expected}; {pose:?}");
            }
        }

        /// Perspective keeps straight lines straight: the drawn block stays inside its four mapped corners'
        /// box and touches each of its sides.
        #[test]
        fn perspective_keeps_the_corners(
            angle in -3.2f32..3.2,
            px in -0.25f32..0.25,
            py in -0.25f32..0.25,
        ) {
            let pose = Pose { angle, perspective: (px, py), ..upright((100.0, 100.0), 1.0) };
            let patch = draw(&block(60, 40), &pose, 400).unwrap();
            let (x0, y0, x1, y1) = extent(&patch, 200);
            let h = homography(&pose, (60.0, 40.0));
            let corners = [(-30.0, -20.0), (30.0, -20.0), (-30.0, 20.0), (30.0, 20.0)].map(|(x, y)| project(&h, x, y));
            let (mut low, mut high) = ((f32::INFINITY, f32::INFINITY), (0.0f32, 0.0f32));
            for (x, y) in corners {
                low = (low.0.min(x), low.1.min(y));
                high = (high.0.max(x), high.1.max(y));
            }
            // A pointed corner fills less than half of its last pixels.
            for (edge, expected) in [(x0, low.0), (y0, low.1), (x1, high.0), (y1, high.1)] {
                prop_assert!((edge as f32 - expected).abs() < 2.5, "{edge}, not {expected}; {pose:?}");
            }
        }
    }
}
