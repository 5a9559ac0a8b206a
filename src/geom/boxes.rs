//! The two normalised box forms, the pixel form, and the conversions between them.

/// A box by its corners, normalised to 0..1 over the picture: left, top, right, bottom.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct CornerBox {
    /// Left edge.
    pub x0: f32,
    /// Top edge.
    pub y0: f32,
    /// Right edge.
    pub x1: f32,
    /// Bottom edge.
    pub y1: f32,
}

/// A box by its centre and size, normalised to 0..1 over the picture.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct CenterBox {
    /// Horizontal centre.
    pub cx: f32,
    /// Vertical centre.
    pub cy: f32,
    /// Width.
    pub w: f32,
    /// Height.
    pub h: f32,
}

/// A box by its corners in pixels; the right and bottom edges lie on pixel borders, so the width is
/// `x1 - x0` without a "+ 1".
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct PixelBox {
    /// Left edge.
    pub x0: f32,
    /// Top edge.
    pub y0: f32,
    /// Right edge.
    pub x1: f32,
    /// Bottom edge.
    pub y1: f32,
}

impl CornerBox {
    /// A box from left, top, right and bottom.
    #[must_use]
    pub const fn new(x0: f32, y0: f32, x1: f32, y1: f32) -> Self {
        Self { x0, y0, x1, y1 }
    }

    /// Width; 0 for an inverted box.
    #[must_use]
    pub fn width(self) -> f32 {
        (self.x1 - self.x0).max(0.0)
    }

    /// Height; 0 for an inverted box.
    #[must_use]
    pub fn height(self) -> f32 {
        (self.y1 - self.y0).max(0.0)
    }

    /// Area; 0 for an inverted box.
    #[must_use]
    pub fn area(self) -> f32 {
        self.width() * self.height()
    }

    /// Centre as (x, y).
    #[must_use]
    pub fn center(self) -> (f32, f32) {
        (f32::midpoint(self.x0, self.x1), f32::midpoint(self.y0, self.y1))
    }

    /// Area that both boxes cover.
    #[must_use]
    pub fn intersection(self, other: Self) -> f32 {
        let overlap = Self {
            x0: self.x0.max(other.x0),
            y0: self.y0.max(other.y0),
            x1: self.x1.min(other.x1),
            y1: self.y1.min(other.y1),
        };
        overlap.area()
    }

    /// Intersection over union, 0 to 1; 0 when neither box has an area.
    #[must_use]
    pub fn iou(self, other: Self) -> f32 {
        let intersection = self.intersection(other);
        let union = self.area() + other.area() - intersection;
        if union > 0.0 { intersection / union } else { 0.0 }
    }

    /// The part of the box inside the picture.
    #[must_use]
    pub const fn clipped(self) -> Self {
        Self {
            x0: self.x0.clamp(0.0, 1.0),
            y0: self.y0.clamp(0.0, 1.0),
            x1: self.x1.clamp(0.0, 1.0),
            y1: self.y1.clamp(0.0, 1.0),
        }
    }

    /// The same box by centre and size.
    #[must_use]
    pub fn to_center(self) -> CenterBox {
        let (cx, cy) = self.center();
        CenterBox {
            cx,
            cy,
            w: self.x1 - self.x0,
            h: self.y1 - self.y0,
        }
    }

    /// The same box in pixels of a picture of `width` x `height`.
    #[must_use]
    pub fn to_pixels(self, width: u32, height: u32) -> PixelBox {
        let (w, h) = (width as f32, height as f32);
        PixelBox {
            x0: self.x0 * w,
            y0: self.y0 * h,
            x1: self.x1 * w,
            y1: self.y1 * h,
        }
    }
}

impl CenterBox {
    /// A box from centre and size.
    #[must_use]
    pub const fn new(cx: f32, cy: f32, w: f32, h: f32) -> Self {
        Self { cx, cy, w, h }
    }

    /// The same box by its corners.
    #[must_use]
    pub fn to_corners(self) -> CornerBox {
        CornerBox {
            x0: self.cx - self.w / 2.0,
            y0: self.cy - self.h / 2.0,
            x1: self.cx + self.w / 2.0,
            y1: self.cy + self.h / 2.0,
        }
    }
}

impl PixelBox {
    /// A box from left, top, right and bottom in pixels.
    #[must_use]
    pub const fn new(x0: f32, y0: f32, x1: f32, y1: f32) -> Self {
        Self { x0, y0, x1, y1 }
    }

    /// The same box normalised by a picture of `width` x `height` pixels.
    #[must_use]
    pub fn to_normalized(self, width: u32, height: u32) -> CornerBox {
        let (w, h) = (width.max(1) as f32, height.max(1) as f32);
        CornerBox {
            x0: self.x0 / w,
            y0: self.y0 / h,
            x1: self.x1 / w,
            y1: self.y1 / h,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn boxes() -> impl Strategy<Value = CornerBox> {
        (0.0f32..1.0, 0.0f32..1.0, 0.0f32..1.0, 0.0f32..1.0)
            .prop_map(|(x, y, w, h)| CornerBox::new(x, y, x + w, y + h))
    }

    #[test]
    fn iou_by_hand() {
        // Two 2x2 squares that share one 1x1 corner: 1 / (4 + 4 - 1).
        let a = CornerBox::new(0.0, 0.0, 2.0, 2.0);
        let b = CornerBox::new(1.0, 1.0, 3.0, 3.0);
        assert!((a.iou(b) - 1.0 / 7.0).abs() < 1e-6);
        assert!(
            a.iou(CornerBox::new(2.0, 0.0, 3.0, 1.0)).abs() < 1e-9,
            "touching edges share no area"
        );
        assert!(
            CornerBox::default().iou(CornerBox::default()).abs() < 1e-9,
            "no area, no overlap"
        );
    }

    proptest! {
        #[test]
        fn iou_is_symmetric_and_in_range(a in boxes(), b in boxes()) {
            prop_assert!((a.iou(b) - b.iou(a)).abs() < 1e-6);
            prop_assert!((0.0..=1.0 + 1e-6).contains(&a.iou(b)));
        }

        #[test]
        fn center_and_corners_are_inverse(a in boxes()) {
            let back = a.to_center().to_corners();
            prop_assert!((a.x0 - back.x0).abs() < 1e-5 && (a.y1 - back.y1).abs() < 1e-5);
        }

        #[test]
        fn pixels_and_normalized_are_inverse(a in boxes(), w in 1u32..5000, h in 1u32..5000) {
            let back = a.to_pixels(w, h).to_normalized(w, h);
            prop_assert!((a.x0 - back.x0).abs() < 1e-4 && (a.y1 - back.y1).abs() < 1e-4);
        }
    }
}
