//! Pictures in memory: a shared RGB frame with id and time, and the one reader of picture files.
//!
//! Every file is read through [`picture`], which applies the EXIF orientation exactly once, so that all
//! other rooms see pictures as a person does. This room owns the `image` crate; others take its types
//! from here.

pub mod jpeg;
pub mod picture;
pub mod png;

use std::{sync::Arc, time::Duration};

pub use image::{GrayImage, Luma, Rgb, RgbImage, Rgba, RgbaImage, imageops};

/// Counts the frames of one source, from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FrameId(pub u64);

/// One picture of a source. Cloning shares the pixels.
#[derive(Debug, Clone)]
pub struct Frame {
    pixels: Arc<RgbImage>,
    id: FrameId,
    captured_at: Duration,
    decode_time: Duration,
}

impl Frame {
    /// A frame taken `captured_at` after the lane started.
    #[must_use]
    pub fn new(pixels: RgbImage, id: FrameId, captured_at: Duration) -> Self {
        Self {
            pixels: Arc::new(pixels),
            id,
            captured_at,
            decode_time: Duration::ZERO,
        }
    }

    /// The same, with word of how long its decoding took.
    #[must_use]
    pub const fn decoded_in(mut self, decode_time: Duration) -> Self {
        self.decode_time = decode_time;
        self
    }

    /// How long it took from the source's bytes to pixels; zero where nothing was decoded.
    #[must_use]
    pub const fn decode_time(&self) -> Duration {
        self.decode_time
    }

    /// The pixels, 8-bit RGB, row by row.
    #[must_use]
    pub fn pixels(&self) -> &RgbImage {
        &self.pixels
    }

    /// Which frame of its source this is.
    #[must_use]
    pub const fn id(&self) -> FrameId {
        self.id
    }

    /// When it was taken, on the lane's monotonic clock.
    #[must_use]
    pub const fn captured_at(&self) -> Duration {
        self.captured_at
    }

    /// Width and height in pixels.
    #[must_use]
    pub fn size(&self) -> (u32, u32) {
        self.pixels.dimensions()
    }
}
