//! A detector described as data: input, classes, feature maps, default boxes and matching rules.
//!
//! The description travels with the weights in a model bundle, so that a program built later can rebuild
//! exactly the network that was trained. It holds no weights.

use serde::{Deserialize, Serialize};

/// How the default boxes of one detector are laid out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DefaultBoxSettings {
    /// Side in cells of each square feature map, largest first.
    pub sides: Vec<usize>,
    /// Box scale of each map, relative to the picture, and one more for the extra square of the last map.
    pub scales: Vec<f32>,
    /// Width to height ratios of the boxes in each cell, in order.
    pub aspect_ratios: Vec<f32>,
    /// Whether each cell has one more square box of scale `sqrt(s_k * s_(k+1))`, placed last.
    pub extra_square: bool,
    /// Whether boxes are cut at the picture's border.
    pub clip: bool,
    /// Divisors of the encoded offsets (cx, cy, w, h), called variances in the SSD code.
    pub variances: [f32; 4],
}

/// The two ways a head turns a feature map into predictions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HeadKind {
    /// A depthwise 3x3 convolution, then 1x1 (`SSDLite`; Sandler et al. 2018, section 6.2).
    DepthwiseSeparable,
}

/// Channels of one extra feature layer: 1x1 `reduce`, depthwise 3x3 stride 2, 1x1 `grow`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExtraLayer {
    /// Channels after the first 1x1 convolution.
    pub reduce: usize,
    /// Channels of the map that the head sees.
    pub grow: usize,
}

/// A single-shot detector with a `MobileNetV2` backbone, as data.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Architecture {
    /// Name of the preset it came from.
    pub name: String,
    /// Width and height of the network's input in pixels.
    pub input: [usize; 2],
    /// Class names, without the background; class id 1 is the first.
    pub classes: Vec<String>,
    /// Kinds of things that are learned beside the classes and never reported, so that an orange is told
    /// from an apple by more than not being one; their outputs come after those of the classes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub distractors: Vec<String>,
    /// The layers after the backbone.
    pub extras: Vec<ExtraLayer>,
    /// How predictions are made from a map.
    pub head: HeadKind,
    /// Default boxes.
    pub boxes: DefaultBoxSettings,
}

impl Architecture {
    /// The `checkout` network with the paper's box settings: six maps, five boxes a cell, 5 250 in all.
    ///
    /// # Source
    /// Liu et al. 2016 (SSD), section 2.2: scales from 0.2 to 0.9, aspect ratios 1, 2, 3, 1/2, 1/3; all
    /// variances 1.
    #[must_use]
    pub fn checkout(classes: &[&str]) -> Self {
        Self {
            name: "checkout".to_owned(),
            boxes: DefaultBoxSettings {
                sides: vec![28, 14, 7, 4, 2, 1],
                scales: linear_scales(0.2, 0.9, 6),
                aspect_ratios: vec![1.0, 2.0, 3.0, 0.5, 1.0 / 3.0],
                extra_square: false,
                clip: false,
                variances: [1.0; 4],
            },
            ..Self::checkout_dense(classes)
        }
    }

    /// The `checkout` network with smaller scales, the extra square box and the usual variances: six boxes
    /// a cell, 6 300 in all. Finds small items better than the paper's settings.
    #[must_use]
    pub fn checkout_dense(classes: &[&str]) -> Self {
        Self {
            name: "checkout-dense".to_owned(),
            input: [224, 224],
            classes: classes.iter().map(|&name| name.to_owned()).collect(),
            distractors: Vec::new(),
            extras: vec![
                ExtraLayer {
                    reduce: 256,
                    grow: 512,
                },
                ExtraLayer {
                    reduce: 128,
                    grow: 256,
                },
                ExtraLayer {
                    reduce: 64,
                    grow: 128,
                },
            ],
            head: HeadKind::DepthwiseSeparable,
            boxes: DefaultBoxSettings {
                sides: vec![28, 14, 7, 4, 2, 1],
                scales: vec![0.1, 0.27, 0.44, 0.61, 0.78, 0.95, 1.0],
                aspect_ratios: vec![1.0, 2.0, 3.0, 0.5, 1.0 / 3.0],
                extra_square: true,
                clip: false,
                variances: [0.1, 0.1, 0.2, 0.2],
            },
        }
    }

    /// The preset of that name.
    #[must_use]
    pub fn preset(name: &str, classes: &[&str]) -> Option<Self> {
        match name {
            "checkout" => Some(Self::checkout(classes)),
            "checkout-dense" => Some(Self::checkout_dense(classes)),
            _ => None,
        }
    }

    /// Names that [`Architecture::preset`] knows.
    pub const PRESETS: [&'static str; 2] = ["checkout", "checkout-dense"];

    /// Outputs of the classification head a box: the background, the classes and the distractors.
    #[must_use]
    pub fn class_outputs(&self) -> usize {
        1 + self.classes.len() + self.distractors.len()
    }

    /// Says what is wrong with a description read from a file, if anything is.
    ///
    /// # Errors
    /// One sentence naming the part that does not fit.
    pub fn check(&self) -> Result<(), String> {
        let maps = self.boxes.sides.len();
        if self.classes.is_empty() || self.classes.len() > 1000 {
            return Err(format!("{} classes; 1 to 1000 are possible", self.classes.len()));
        }
        if self.distractors.len() > 1000 {
            return Err(format!(
                "{} distractors; at most 1000 are possible",
                self.distractors.len()
            ));
        }
        if self.extras.len() != 3 || maps != 6 {
            return Err(format!(
                "{maps} feature maps and {} extra layers; 6 and 3 are known",
                self.extras.len()
            ));
        }
        if self.boxes.scales.len() != maps + 1 {
            return Err(format!(
                "{} box scales for {maps} maps; one more than maps is needed",
                self.boxes.scales.len()
            ));
        }
        let [width, height] = self.input;
        if width != height || !(32..=1024).contains(&width) {
            return Err(format!(
                "an input of {width} x {height}; squares of 32 to 1024 are known"
            ));
        }
        if self.boxes.sides != map_sides(width) {
            return Err(format!(
                "maps of {:?} cells; an input of {width} gives {:?}",
                self.boxes.sides,
                map_sides(width)
            ));
        }
        let numbers = self
            .boxes
            .scales
            .iter()
            .chain(&self.boxes.aspect_ratios)
            .chain(&self.boxes.variances);
        if self.boxes.aspect_ratios.is_empty() || numbers.into_iter().any(|v| !(v.is_finite() && *v > 0.0)) {
            return Err("a box scale, aspect ratio or variance that is not a positive number".to_owned());
        }
        if self
            .extras
            .iter()
            .any(|e| !(1..=4096).contains(&e.reduce) || !(1..=4096).contains(&e.grow))
        {
            return Err("an extra layer with no or too many channels".to_owned());
        }
        Ok(())
    }
}

/// Sides of the six maps that a square input gives: strides 8, 16, 32 and three more halvings, each rounded
/// up, as convolutions of stride 2 padded by 1 do.
fn map_sides(input: usize) -> Vec<usize> {
    let mut side = input;
    (0..8)
        .map(|_| {
            side = side.div_ceil(2);
            side
        })
        .skip(2)
        .collect()
}

/// Scales `s_k = s_min + (s_max - s_min) / (m - 1) * (k - 1)` for `maps` layers, and one more step.
fn linear_scales(s_min: f32, s_max: f32, maps: usize) -> Vec<f32> {
    let step = (s_max - s_min) / (maps as f32 - 1.0);
    (0..=maps)
        .map(|k| step.mul_add(k as f32, s_min).min(1.0))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn presets_are_consistent() {
        for name in Architecture::PRESETS {
            let architecture = Architecture::preset(name, &["apple", "banana", "milk"]).unwrap();
            assert_eq!(architecture.check(), Ok(()), "{name}");
            assert_eq!(architecture.name, name);
        }
        assert!(Architecture::preset("yolo", &["apple"]).is_none());
    }

    #[test]
    fn paper_scales() {
        let scales = linear_scales(0.2, 0.9, 6);
        for (scale, expected) in scales.iter().zip([0.2, 0.34, 0.48, 0.62, 0.76, 0.9, 1.0]) {
            assert!((scale - expected).abs() < 1e-6, "{scales:?}");
        }
    }

    #[test]
    fn nonsense_is_refused_with_a_reason() {
        let good = Architecture::checkout(&["apple"]);
        let mut bad = good.clone();
        bad.boxes.scales.pop();
        assert!(bad.check().unwrap_err().contains("6 box scales for 6 maps"));
        let mut bad = good.clone();
        bad.boxes.variances[2] = 0.0;
        assert!(bad.check().unwrap_err().contains("positive"));
        let mut bad = good;
        bad.input = [300, 224];
        assert!(bad.check().unwrap_err().contains("300 x 224"));
    }
}
