//! What the empty tray looks like: the mean of some pictures and how much each pixel wavers.
//!
//! Kept small, because neither the camera's noise nor the tray has detail that a larger model would need.

use super::plane::{Plane, luma};
use crate::{
    frame::{RgbImage, imageops},
    geom::cast::{narrow_f32, round_u8, round_u32},
};

/// The longer side of everything that is compared, in pixels.
const SIDE: u32 = 480;
/// A pixel wavers at least so much (levels of 255): compression does so even where a sensor does not.
const LEAST_SPREAD: f32 = 2.5;
/// Spread in a picture of the model is written so many times enlarged.
const SPREAD_SCALE: f32 = 8.0;

/// Why a picture cannot be compared with the tray.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TrayError {
    /// Another size than the pictures of the empty tray.
    #[error(
        "the camera's picture has another shape than the picture of the empty tray: empty the tray and photograph it again"
    )]
    OtherShape,
    /// There is nothing to compare with.
    #[error("the picture of the empty tray is damaged: empty the tray and photograph it again")]
    Damaged,
}

/// The empty tray.
#[derive(Debug, Clone, PartialEq)]
pub struct EmptyTray {
    pub(super) width: usize,
    pub(super) height: usize,
    /// Mean of red, green and blue, 0 to 255.
    pub(super) mean: Vec<[f32; 3]>,
    /// Sum of squared deviations of each.
    deviation: Vec<[f32; 3]>,
    frames: u32,
    /// How sharp one picture of it is: see [`super::guidance`].
    pub(super) sharpness: f32,
}

impl EmptyTray {
    /// Begins with one picture of the empty tray.
    #[must_use]
    pub fn new(first: &RgbImage) -> Self {
        let small = shrink(first);
        Self {
            width: small.width() as usize,
            height: small.height() as usize,
            mean: small.pixels().map(|pixel| pixel.0.map(f32::from)).collect(),
            deviation: vec![[0.0; 3]; small.pixels().len()],
            frames: 1,
            sharpness: super::guidance::sharpness(&Plane::brightness(&small), None),
        }
    }

    /// Takes one more picture of the empty tray in.
    ///
    /// # Errors
    /// [`TrayError::OtherShape`]; then nothing is changed.
    pub fn learn(&mut self, picture: &RgbImage) -> Result<(), TrayError> {
        let small = self.fitting(picture)?;
        self.frames = self.frames.saturating_add(1);
        let share = 1.0 / self.frames as f32;
        for ((mean, deviation), pixel) in self.mean.iter_mut().zip(&mut self.deviation).zip(small.pixels()) {
            for channel in 0..3 {
                // Welford's running mean and deviation.
                let value = f32::from(pixel.0[channel]);
                let before = value - mean[channel];
                mean[channel] += before * share;
                deviation[channel] += before * (value - mean[channel]);
            }
        }
        let sharpness = super::guidance::sharpness(&Plane::brightness(&small), None);
        self.sharpness += (sharpness - self.sharpness) * share;
        Ok(())
    }

    /// How many pictures it is made of.
    #[must_use]
    pub const fn frames(&self) -> u32 {
        self.frames
    }

    /// How much a pixel wavers in each channel, in levels.
    pub(super) fn spread(&self, at: usize) -> [f32; 3] {
        let count = self.frames.saturating_sub(1).max(1) as f32;
        self.deviation[at].map(|sum| (sum / count).sqrt().max(LEAST_SPREAD))
    }

    /// A picture made as small as the tray.
    pub(super) fn fitting(&self, picture: &RgbImage) -> Result<RgbImage, TrayError> {
        let small = shrink(picture);
        let same = small.width() as usize == self.width && small.height() as usize == self.height;
        if same {
            Ok(small)
        } else {
            Err(TrayError::OtherShape)
        }
    }

    /// Brightness of the mean.
    pub(super) fn brightness(&self) -> Plane {
        Plane::from_fn((self.width, self.height), |at| luma(self.mean[at].map(round_u8)))
    }

    /// The tray as two pictures to be kept: what it looks like, and how much it wavers (8 times enlarged).
    #[must_use]
    pub fn to_pictures(&self) -> (RgbImage, RgbImage) {
        let size = (
            crate::geom::cast::saturating_u32(self.width),
            crate::geom::cast::saturating_u32(self.height),
        );
        let (mut look, mut spread) = (RgbImage::new(size.0, size.1), RgbImage::new(size.0, size.1));
        for (at, (look, spread)) in look.pixels_mut().zip(spread.pixels_mut()).enumerate() {
            look.0 = self.mean[at].map(round_u8);
            spread.0 = self.spread(at).map(|value| round_u8(value * SPREAD_SCALE));
        }
        (look, spread)
    }

    /// The tray that was kept as two pictures.
    ///
    /// # Errors
    /// [`TrayError::Damaged`] if the two do not belong together.
    pub fn from_pictures(look: &RgbImage, spread: &RgbImage) -> Result<Self, TrayError> {
        let fits = look.dimensions() == spread.dimensions() && look.width().max(look.height()) <= SIDE;
        if !fits || look.width() == 0 || look.height() == 0 {
            return Err(TrayError::Damaged);
        }
        let mut tray = Self::new(look);
        tray.frames = 2;
        for (deviation, pixel) in tray.deviation.iter_mut().zip(spread.pixels()) {
            *deviation = pixel.0.map(|value| (f32::from(value) / SPREAD_SCALE).powi(2));
        }
        Ok(tray)
    }
}

/// A copy whose longer side is at most [`SIDE`], by area averages.
pub(super) fn shrink(picture: &RgbImage) -> RgbImage {
    let longest = picture.width().max(picture.height());
    if longest <= SIDE {
        return picture.clone();
    }
    let scale = f64::from(SIDE) / f64::from(longest);
    let side = |length: u32| round_u32(narrow_f32(f64::from(length) * scale)).max(1);
    imageops::thumbnail(picture, side(picture.width()), side(picture.height()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::Rgb;

    #[test]
    fn mean_and_noise_by_hand() {
        let flat = |value: u8| RgbImage::from_pixel(8, 6, Rgb([value, 100, 50]));
        let mut tray = EmptyTray::new(&flat(90));
        tray.learn(&flat(100)).unwrap();
        tray.learn(&flat(110)).unwrap();
        // 90, 100, 110: mean 100, sample variance (100 + 0 + 100) / 2 = 100.
        assert_eq!(tray.frames(), 3);
        assert!((tray.mean[7][0] - 100.0).abs() < 1e-3);
        assert!((tray.spread(7)[0] - 10.0).abs() < 1e-3);
        assert!(
            (tray.spread(7)[1] - LEAST_SPREAD).abs() < 1e-6,
            "never less than the floor"
        );
        assert_eq!(tray.learn(&RgbImage::new(6, 8)), Err(TrayError::OtherShape));
    }

    #[test]
    fn kept_and_read_again() {
        let mut tray = EmptyTray::new(&RgbImage::from_pixel(8, 6, Rgb([90, 100, 50])));
        tray.learn(&RgbImage::from_pixel(8, 6, Rgb([110, 100, 50])))
            .unwrap();
        let (look, spread) = tray.to_pictures();
        let again = EmptyTray::from_pictures(&look, &spread).unwrap();
        assert!((again.mean[3][0] - 100.0).abs() < 0.6);
        assert!((again.spread(3)[0] - tray.spread(3)[0]).abs() < 0.1);
        assert_eq!(
            EmptyTray::from_pictures(&look, &RgbImage::new(3, 3)),
            Err(TrayError::Damaged)
        );
    }
}
