//! Encodings and sizes that a camera offers, and which of them to take.

use std::fmt;

/// How a camera encodes its pictures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Encoding {
    /// One JPEG after the other.
    Mjpeg,
    /// YUV 4:2:2, packed as Y0 U Y1 V.
    Yuyv,
    /// YUV 4:2:0, a plane of Y and a plane of U and V in turn.
    Nv12,
    /// Three bytes a pixel: red, green, blue.
    Rgb,
    /// Three bytes a pixel: blue, green, red.
    Bgr,
    /// One byte a pixel: light only, so nothing can be told by colour.
    Gray,
}

/// One way in which a camera can send pictures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct VideoMode {
    /// Encoding of the pictures.
    pub encoding: Encoding,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// Pictures a second.
    pub fps: u32,
}

impl fmt::Display for VideoMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self.encoding {
            Encoding::Mjpeg => "MJPEG",
            Encoding::Yuyv => "YUYV",
            Encoding::Nv12 => "NV12",
            Encoding::Rgb => "RGB",
            Encoding::Bgr => "BGR",
            Encoding::Gray => "gray",
        };
        write!(f, "{} x {} {name} at {} fps", self.width, self.height, self.fps)
    }
}

/// Pixels of 1280 x 720, which shows a tray sharply and decodes within a few milliseconds.
const WANTED_PIXELS: u64 = 1280 * 720;

impl VideoMode {
    fn pixels(self) -> u64 {
        u64::from(self.width) * u64::from(self.height)
    }

    /// Sorts better modes first: large and fast; then at least 640 x 480 and fast enough; then the rest;
    /// pictures without colour last.
    fn rank(self) -> (u8, u64, Encoding, u32) {
        let large = self.width >= 1280 && self.height >= 720;
        let enough = self.width >= 640 && self.height >= 480;
        let tier = match self.encoding {
            Encoding::Gray => 4,
            Encoding::Mjpeg | Encoding::Yuyv | Encoding::Nv12 | Encoding::Rgb | Encoding::Bgr => {
                if large && self.fps >= 24 {
                    0
                } else if enough && self.fps >= 15 {
                    1
                } else if enough && self.fps >= 5 {
                    2
                } else {
                    3
                }
            }
        };
        // Slower than 30 costs time in the basket, faster only costs power.
        let fps_miss = self.fps.abs_diff(30);
        (
            tier,
            self.pixels().abs_diff(WANTED_PIXELS),
            self.encoding,
            fps_miss,
        )
    }
}

/// The modes, best first, without repetition.
pub(super) fn best_first(mut modes: Vec<VideoMode>) -> Vec<VideoMode> {
    modes.sort_by_key(|mode| mode.rank());
    modes.dedup();
    modes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(encoding: Encoding, width: u32, height: u32, fps: u32) -> VideoMode {
        VideoMode {
            encoding,
            width,
            height,
            fps,
        }
    }

    #[test]
    fn a_usual_webcam_sends_mjpeg_at_720p() {
        let best = mode(Encoding::Mjpeg, 1280, 720, 30);
        let modes = vec![
            mode(Encoding::Yuyv, 640, 480, 30),
            mode(Encoding::Yuyv, 1280, 720, 10),
            mode(Encoding::Mjpeg, 1920, 1080, 30),
            best,
            mode(Encoding::Mjpeg, 1280, 720, 60),
            mode(Encoding::Mjpeg, 640, 480, 30),
            best,
        ];
        let sorted = best_first(modes);
        assert_eq!(sorted[0], best);
        assert_eq!(sorted.len(), 6);
    }

    #[test]
    fn an_old_webcam_sends_yuyv_at_480p_rather_than_slow_720p() {
        let modes = vec![
            mode(Encoding::Yuyv, 1280, 720, 10),
            mode(Encoding::Yuyv, 320, 240, 30),
            mode(Encoding::Yuyv, 640, 480, 30),
        ];
        assert_eq!(best_first(modes)[0], mode(Encoding::Yuyv, 640, 480, 30));
    }

    #[test]
    fn colour_comes_before_size() {
        let modes = vec![
            mode(Encoding::Gray, 1280, 720, 30),
            mode(Encoding::Yuyv, 160, 120, 30),
        ];
        assert_eq!(best_first(modes)[0].encoding, Encoding::Yuyv);
    }
}
