//! The light of now against the light of the empty tray: one gain a channel.
//!
//! Cameras change exposure and white balance as soon as something is put down. Where the tray is seen, the
//! picture is the tray times one gain a channel; elsewhere the quotients are of all kinds. So the gain is the
//! quotient that occurs most often, not their mean.

use super::model::EmptyTray;
use crate::{frame::RgbImage, geom::cast::floor_index};

/// Bins a doubling of brightness.
const FINE: f32 = 48.0;
/// Doublings each way.
const REACH: f32 = 2.0;
/// Too dark or too bright to say anything.
const USABLE: (f32, f32) = (14.0, 250.0);
/// The outer part of the picture counts so many times: things lie in the middle.
const RIM_WEIGHT: f32 = 3.0;

/// Gains of red, green and blue that turn the empty tray into the tray in this picture.
pub(super) fn gains(tray: &EmptyTray, small: &RgbImage) -> [f32; 3] {
    let mut out = [1.0; 3];
    for (channel, gain) in out.iter_mut().enumerate() {
        *gain = gain_of(tray, small, channel);
    }
    out
}

fn gain_of(tray: &EmptyTray, small: &RgbImage, channel: usize) -> f32 {
    let bins = floor_index(2.0 * REACH * FINE);
    let mut counts = vec![0.0f32; bins];
    let mut ratios = Vec::new();
    let (margin_x, margin_y) = (tray.width / 8, tray.height / 8);
    for (at, (mean, pixel)) in tray.mean.iter().zip(small.pixels()).enumerate() {
        let (before, now) = (mean[channel], f32::from(pixel.0[channel]));
        if before < USABLE.0 || before > USABLE.1 || now < USABLE.0 || now > USABLE.1 {
            continue;
        }
        let ratio = (now / before).log2();
        let (x, y) = (at % tray.width, at / tray.width);
        let rim = x < margin_x || y < margin_y || x + margin_x >= tray.width || y + margin_y >= tray.height;
        let weight = if rim { RIM_WEIGHT } else { 1.0 };
        let place = (ratio + REACH) * FINE;
        if place >= 0.0
            && let Some(count) = counts.get_mut(floor_index(place))
        {
            *count += weight;
            ratios.push((ratio, weight));
        }
    }
    // Smoothed over five bins, so that a gain between two bins does not lose.
    let smooth = |at: usize| -> f32 { counts[at.saturating_sub(2)..(at + 3).min(bins)].iter().sum() };
    let Some(mode) = (0..bins).max_by(|a, b| smooth(*a).total_cmp(&smooth(*b))) else {
        return 1.0;
    };
    let middle = (mode as f32 + 0.5) / FINE - REACH;
    let (sum, weight) = ratios
        .iter()
        .filter(|(ratio, _)| (ratio - middle).abs() < 3.0 / FINE)
        .fold((0.0f32, 0.0f32), |(sum, all), (ratio, weight)| {
            (sum + ratio * weight, all + weight)
        });
    if weight > 0.0 { (sum / weight).exp2() } else { 1.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::Rgb;

    #[test]
    fn the_gain_of_the_tray_and_not_of_what_lies_on_it() {
        let tray = EmptyTray::new(&RgbImage::from_fn(80, 60, |x, y| {
            Rgb([100, 120, if (x + y) % 7 < 3 { 90 } else { 140 }])
        }));
        // 20 % darker, blue 10 % brighter; a large yellow thing covers 40 %.
        let now = RgbImage::from_fn(80, 60, |x, y| {
            if (14..66).contains(&x) && (11..48).contains(&y) {
                return Rgb([230, 200, 20]);
            }
            Rgb([80, 96, if (x + y) % 7 < 3 { 99 } else { 154 }])
        });
        let [r, g, b] = gains(&tray, &now);
        assert!((r - 0.8).abs() < 0.02, "{r}");
        assert!((g - 0.8).abs() < 0.02, "{g}");
        assert!((b - 1.1).abs() < 0.02, "{b}");
    }

    #[test]
    fn a_black_picture_has_no_gain() {
        let tray = EmptyTray::new(&RgbImage::from_pixel(20, 20, Rgb([100; 3])));
        assert!(
            gains(&tray, &RgbImage::new(20, 20))
                .iter()
                .all(|gain| (gain - 1.0).abs() < 1e-6)
        );
    }
}
