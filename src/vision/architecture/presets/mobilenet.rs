//! `MobileNetV2` as layers, at any width and for any input.

use super::{
    super::layer::{ConvSpec, Layer, ResidualSpec},
    PresetSettings,
};

/// `(t, c, n, s)`: expansion, channels, repeats, stride of the first repeat.
///
/// # Source
/// Sandler et al. 2018, table 2.
pub(super) const STAGES: [(usize, usize, usize, usize); 7] = [
    (1, 16, 1, 1),
    (6, 24, 2, 2),
    (6, 32, 3, 2),
    (6, 64, 4, 2),
    (6, 96, 3, 1),
    (6, 160, 3, 2),
    (6, 320, 1, 1),
];

/// Width multiplier and input of a `MobileNetV2` detector.
#[derive(Debug, Clone, Copy)]
pub(super) struct Size {
    width: f32,
    pub(super) input: usize,
}

impl Default for Size {
    fn default() -> Self {
        Self {
            width: 1.0,
            input: 224,
        }
    }
}

impl Size {
    pub(super) fn new(settings: &PresetSettings) -> Result<Self, String> {
        let usual = Self::default();
        let size = Self {
            width: settings.width.unwrap_or(usual.width),
            input: settings.input.unwrap_or(usual.input),
        };
        if !(0.35..=1.4).contains(&size.width) {
            return Err(format!("a width of {}; 0.35 to 1.4 are possible", size.width));
        }
        if !(64..=1024).contains(&size.input) {
            return Err(format!(
                "an input of {} pixels; 64 to 1024 are possible, 224, 300 and 320 are usual",
                size.input
            ));
        }
        Ok(size)
    }

    /// Channels at this width.
    pub(super) fn channels(self, full: usize) -> usize {
        make_divisible(full as f32 * self.width)
    }

    /// Channels at this width, but never fewer than at full width: for the last layer of the backbone.
    pub(super) fn last_channels(self, full: usize) -> usize {
        make_divisible(full as f32 * self.width.max(1.0))
    }
}

/// The nearest number of channels that 8 divides, at least 8, and not below nine tenths of what is wanted.
///
/// # Source
/// `_make_divisible` of the `MobileNetV2` code.
#[must_use]
pub fn make_divisible(channels: f32) -> usize {
    let eighths = crate::geom::cast::floor_index((channels + 4.0) / 8.0).max(1);
    let rounded = eighths * 8;
    if (rounded as f32) < 0.9 * channels {
        rounded + 8
    } else {
        rounded
    }
}

/// The first layer and the inverted residuals of some stages, as `stem` and `blocks.N`.
pub(super) fn stem_and_blocks(size: Size, stages: &[(usize, usize, usize, usize)]) -> Vec<Layer> {
    let mut layers = vec![Layer::conv("stem", ConvSpec::mobile(size.channels(32), 3, 2))];
    for &(expansion, channels, repeats, stride) in stages {
        for repeat in 0..repeats {
            let spec = ResidualSpec {
                expansion,
                channels: size.channels(channels),
                stride: if repeat == 0 { stride } else { 1 },
            };
            layers.push(Layer::residual(format!("blocks.{}", layers.len() - 1), spec));
        }
    }
    layers
}

/// Sides of maps that begin at `input` and are halved, rounding up, `halvings` times each, as convolutions of
/// stride 2 padded by 1 do.
pub(super) fn sides(input: usize, halvings: &[u32]) -> Vec<usize> {
    halvings.iter().map(|&times| input.div_ceil(1 << times)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn channels_are_divisible_by_eight() {
        // 32 * 0.35 = 11.2 rounds to 8, which is below nine tenths of it: 16.
        for (wanted, got) in [(32.0, 32), (11.2, 16), (22.4, 24), (8.4, 8), (3.0, 8), (33.6, 32)] {
            assert_eq!(make_divisible(wanted), got, "{wanted}");
        }
    }
}
