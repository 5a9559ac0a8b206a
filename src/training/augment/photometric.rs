//! Changes of light and colour, after SSD's photometric distortion, with noise and blur; boxes stay.
//!
//! Brightness first; then contrast, saturation and hue, or saturation, hue and contrast, each order half of
//! the time; then the channels may change places. Values are cut to bytes at the end only.

use serde::{Deserialize, Serialize};

use super::colour::recolour;
use crate::{
    frame::{Rgb, RgbImage, imageops},
    geom::cast::round_u8,
    training::dataset::Dice,
};

/// How far light and colour may change. Each change but noise and blur happens half of the time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Photometric {
    /// Added to every channel, at most.
    pub brightness: f32,
    /// Contrast factor from `1 - contrast` to `1 + contrast`.
    pub contrast: f32,
    /// Saturation factor from `1 - saturation` to `1 + saturation`.
    pub saturation: f32,
    /// Hue turned by at most this many degrees.
    pub hue: f32,
    /// Each channel's gain, apart from the others.
    pub channel_gain: f32,
    /// Chance that the channels change places, as the original SSD does; it makes apples blue.
    pub channel_swap: f32,
    /// Chance of noise.
    pub noise: f32,
    /// Largest deviation of the noise.
    pub max_noise: f32,
    /// Chance of blur.
    pub blur: f32,
    /// Widest blur, as the deviation in pixels.
    pub max_blur: f32,
}

impl Default for Photometric {
    fn default() -> Self {
        Self {
            brightness: 32.0,
            contrast: 0.3,
            saturation: 0.2,
            hue: 4.0,
            channel_gain: 0.06,
            channel_swap: 0.0,
            noise: 0.3,
            max_noise: 8.0,
            blur: 0.2,
            max_blur: 1.3,
        }
    }
}

impl Photometric {
    /// The distortion of the original SSD: strong, for training on photos of twenty kinds of things.
    ///
    /// # Source
    /// Liu et al. 2016, section 3.6, and its Caffe code: brightness 32, contrast and saturation 0.5 to 1.5,
    /// hue 18 degrees, channels in another order, each half of the time.
    #[must_use]
    pub const fn ssd() -> Self {
        Self {
            brightness: 32.0,
            contrast: 0.5,
            saturation: 0.5,
            hue: 18.0,
            channel_gain: 0.0,
            channel_swap: 0.5,
            noise: 0.0,
            max_noise: 0.0,
            blur: 0.0,
            max_blur: 0.0,
        }
    }

    /// No change at all.
    #[must_use]
    pub const fn off() -> Self {
        Self {
            brightness: 0.0,
            contrast: 0.0,
            saturation: 0.0,
            hue: 0.0,
            channel_gain: 0.0,
            channel_swap: 0.0,
            noise: 0.0,
            max_noise: 0.0,
            blur: 0.0,
            max_blur: 0.0,
        }
    }

    /// Changes the picture in place.
    pub fn apply(&self, picture: &mut RgbImage, dice: &mut Dice) {
        let plan = Plan::random(self, dice);
        for pixel in picture.pixels_mut() {
            plan.apply(pixel);
        }
        if dice.chance(self.blur) && self.max_blur > 0.0 {
            *picture = imageops::blur(picture, dice.range(0.3, self.max_blur.max(0.31)));
        }
        if dice.chance(self.noise) && self.max_noise > 0.0 {
            add_noise(picture, dice.range(0.5, self.max_noise.max(0.51)), dice);
        }
    }
}

/// One set of changes for a whole picture.
#[derive(Debug, Clone, Copy)]
struct Plan {
    brightness: f32,
    contrast: f32,
    /// Contrast before colour, or after it.
    contrast_first: bool,
    /// Whether saturation or hue change at all.
    recolours: bool,
    saturation: f32,
    /// In degrees.
    hue: f32,
    gain: [f32; 3],
    order: [usize; 3],
}

impl Plan {
    fn random(settings: &Photometric, dice: &mut Dice) -> Self {
        let mut sometimes = |spread: f32| {
            if dice.chance(0.5) {
                dice.around(spread)
            } else {
                0.0
            }
        };
        let brightness = sometimes(settings.brightness);
        let contrast = 1.0 + sometimes(settings.contrast);
        let saturation = 1.0 + sometimes(settings.saturation);
        let hue = sometimes(settings.hue);
        let gain = [0; 3].map(|_| 1.0 + sometimes(settings.channel_gain));
        let orders = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];
        let order = if dice.chance(settings.channel_swap) {
            orders[dice.below(6)]
        } else {
            orders[0]
        };
        Self {
            brightness,
            contrast,
            contrast_first: dice.chance(0.5),
            recolours: (saturation - 1.0).abs() > 1e-6 || hue.abs() > 1e-6,
            saturation,
            hue,
            gain,
            order,
        }
    }

    fn apply(&self, pixel: &mut Rgb<u8>) {
        let mut value = [0.0; 3];
        for (channel, out) in value.iter_mut().enumerate() {
            *out = f32::from(pixel.0[channel]) * self.gain[channel] + self.brightness;
        }
        if self.contrast_first {
            value = value.map(|level| level * self.contrast);
        }
        if self.recolours {
            value = recolour(value, self.saturation, self.hue);
        }
        if !self.contrast_first {
            value = value.map(|level| level * self.contrast);
        }
        pixel.0 = self.order.map(|channel| round_u8(value[channel]));
    }
}

/// Nearly normal noise: the sum of four random bytes has the mean 510 and the deviation 147.8.
fn add_noise(picture: &mut RgbImage, sigma: f32, dice: &mut Dice) {
    for pixel in picture.pixels_mut() {
        for value in &mut pixel.0 {
            let sum: u16 = dice.bits().to_le_bytes().into_iter().map(u16::from).sum();
            *value = round_u8(f32::from(*value) + (f32::from(sum) - 510.0) * sigma / 147.8);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grey() -> RgbImage {
        RgbImage::from_pixel(16, 16, Rgb([100, 140, 60]))
    }

    #[test]
    fn off_changes_nothing() {
        for index in 0..20 {
            let mut picture = grey();
            Photometric::off().apply(&mut picture, &mut Dice::new(1, index));
            for (after, before) in picture.as_raw().iter().zip(grey().as_raw()) {
                assert!(after.abs_diff(*before) <= 1, "{after} was {before}");
            }
        }
    }

    #[test]
    fn both_orders_and_their_difference() {
        let plan = |contrast_first| Plan {
            brightness: 10.0,
            contrast: 0.5,
            contrast_first,
            recolours: true,
            saturation: 0.5,
            hue: 0.0,
            gain: [1.0; 3],
            order: [2, 1, 0],
        };
        // Contrast is a plain factor and saturation keeps the largest channel, so the orders agree here:
        // (200, 100, 50) + 10, halved: 105, 55, 30; half the distance to 105: 105, 80, 67.5.
        for first in [true, false] {
            let mut pixel = Rgb([200, 100, 50]);
            plan(first).apply(&mut pixel);
            assert_eq!(
                pixel.0,
                [68, 80, 105],
                "channels swapped, contrast first: {first}"
            );
        }
    }

    #[test]
    fn ssd_reaches_every_setting_and_swaps_half_of_the_time() {
        let (mut swapped, mut first) = (0, 0);
        for index in 0..2000 {
            let plan = Plan::random(&Photometric::ssd(), &mut Dice::new(6, index));
            swapped += usize::from(plan.order != [0, 1, 2]);
            first += usize::from(plan.contrast_first);
            assert!(plan.brightness.abs() <= 32.0 && plan.hue.abs() <= 18.0);
            assert!((0.5..=1.5).contains(&plan.contrast) && (0.5..=1.5).contains(&plan.saturation));
        }
        // Half of the time one of six orders is drawn, one of which is the usual one.
        assert!((750..920).contains(&swapped), "{swapped}");
        assert!((900..1100).contains(&first), "{first}");
    }

    #[test]
    fn noise_has_its_deviation() {
        let mut picture = RgbImage::from_pixel(100, 100, Rgb([128; 3]));
        add_noise(&mut picture, 6.0, &mut Dice::new(1, 0));
        let count = picture.as_raw().len() as f32;
        let squares: f32 = picture
            .as_raw()
            .iter()
            .map(|byte| (f32::from(*byte) - 128.0).powi(2))
            .sum();
        let deviation = (squares / count).sqrt();
        assert!((deviation - 6.0).abs() < 0.2, "{deviation}");
    }

    #[test]
    fn small_settings_make_small_changes() {
        let settings = Photometric {
            noise: 0.0,
            blur: 0.0,
            ..Photometric::default()
        };
        let mut different = 0;
        for index in 0..50 {
            let mut picture = grey();
            settings.apply(&mut picture, &mut Dice::new(3, index));
            let [r, g, b] = picture.get_pixel(3, 3).0;
            different += usize::from([r, g, b] != [100, 140, 60]);
            assert!(g > r && r > b, "greenish stays greenish: {r} {g} {b}");
        }
        assert!(different > 40);
    }
}
