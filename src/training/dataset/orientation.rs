//! The eight ways in which a camera may store a picture, and where a box goes when it is turned upright.

/// The EXIF orientation tag (0x0112), 1 to 8.
///
/// # Source
/// Exif 2.32, 4.6.4: the tag names the side of the scene at which row 0 and column 0 of the stored picture
/// lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Orientation(u8);

impl Default for Orientation {
    fn default() -> Self {
        Self::UPRIGHT
    }
}

impl Orientation {
    /// Stored as seen.
    pub const UPRIGHT: Self = Self(1);

    /// The orientation of this tag; none for other numbers than 1 to 8.
    #[must_use]
    pub const fn from_exif(tag: u16) -> Option<Self> {
        match tag {
            1 => Some(Self(1)),
            2 => Some(Self(2)),
            3 => Some(Self(3)),
            4 => Some(Self(4)),
            5 => Some(Self(5)),
            6 => Some(Self(6)),
            7 => Some(Self(7)),
            8 => Some(Self(8)),
            _ => None,
        }
    }

    /// The number of the tag, 1 to 8.
    #[must_use]
    pub const fn tag(self) -> u8 {
        self.0
    }

    /// Whether the picture has to be turned or mirrored to be seen upright.
    #[must_use]
    pub const fn is_turned(self) -> bool {
        self.0 != 1
    }

    /// Whether width and height change places.
    #[must_use]
    pub const fn exchanges_sides(self) -> bool {
        self.0 >= 5
    }

    /// Width and height as seen, of a picture stored with `width` and `height`.
    #[must_use]
    pub const fn upright_size<T: Copy>(self, (width, height): (T, T)) -> (T, T) {
        if self.exchanges_sides() {
            (height, width)
        } else {
            (width, height)
        }
    }

    /// Where a box (left, top, right, bottom) of the stored picture of `width` x `height` is seen.
    #[must_use]
    pub fn upright_box(self, [x0, y0, x1, y1]: [f64; 4], (width, height): (f64, f64)) -> [f64; 4] {
        let (w, h) = (width, height);
        match self.0 {
            2 => [w - x1, y0, w - x0, y1],
            3 => [w - x1, h - y1, w - x0, h - y0],
            4 => [x0, h - y1, x1, h - y0],
            5 => [y0, x0, y1, x1],
            6 => [h - y1, x0, h - y0, x1],
            7 => [h - y1, w - x1, h - y0, w - x0],
            8 => [y0, w - x1, y1, w - x0],
            _ => [x0, y0, x1, y1],
        }
    }
}
