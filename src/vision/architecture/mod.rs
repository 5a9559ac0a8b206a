//! A detector described as data: input, classes, layers, feature maps, heads, default boxes, rules.
//!
//! An SSD (Liu et al. 2016) is a chain of layers of which some outputs, the feature maps, are looked at by a
//! pair of small heads: one says for each default box of each cell which class is there, the other how the
//! box has to be moved. Everything that makes one SSD different from another is in an [`Architecture`]; the
//! network, its export and its costs are all derived from it, by way of a [`Plan`].
//!
//! In reading order: [`layer`] says what layers there are, [`boxes`] how default boxes are laid out,
//! [`plan`] works out every shape and refuses what does not fit, `check` refuses other nonsense,
//! [`presets`] holds the published detectors, and `stored` reads older descriptions.
//!
//! The description travels with the weights in a model bundle, so that a program built later can rebuild
//! exactly the network that was trained. It holds no weights and needs no tensor library.

pub mod boxes;
mod check;
pub mod layer;
pub mod plan;
pub mod presets;
mod stored;

use serde::{Deserialize, Serialize};

pub use boxes::{DefaultBoxSettings, MapBoxes, Shapes};
pub use layer::{Activation, BatchNormSpec, ConvSpec, Groups, Layer, LayerKind, PoolSpec, ResidualSpec};
pub use plan::{Plan, PlannedConv, PlannedHead, PlannedLayer, PlannedMap, PlannedStep};
pub use presets::PresetSettings;

use super::{decode::DecodeSettings, loss::LossSettings, preprocess::Normalisation};

/// Version of the description that this program writes. Version 1, which had no number, is read as well.
pub const DESCRIPTION_VERSION: u32 = 2;

/// Where a feature map is taken from a layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TapPoint {
    /// What the layer gives to the next one.
    #[default]
    Output,
    /// The widened map inside an inverted residual, after its activation (`SSDLite`, Sandler et al. 2018,
    /// section 6.2).
    Expansion,
}

/// One feature map that the heads look at.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FeatureMap {
    /// The layer, with its part in front: `backbone.blocks.6`, `extras.0.grow`.
    pub layer: String,
    /// Where in the layer.
    #[serde(default)]
    pub point: TapPoint,
    /// First value of the learned scales of an L2 normalisation over the channels, where the map has one
    /// (`ParseNet`, Liu et al. 2015; 20 for `conv4_3` of SSD300).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub l2_norm: Option<f32>,
}

/// The last convolution of a head. Its channels follow from the boxes of a cell and the classes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PredictSpec {
    /// Side of the kernel; the map keeps its size.
    pub kernel: usize,
    /// Whether it has a bias.
    pub bias: bool,
}

/// One kind of head; every feature map gets one of its own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Head {
    /// Layers between the map and the prediction.
    #[serde(default)]
    pub hidden: Vec<Layer>,
    /// The prediction.
    pub predict: PredictSpec,
}

/// The two heads that every feature map has.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Heads {
    /// Says what is there: a logit for the background and one for each class, for each box.
    pub class: Head,
    /// Says where exactly: four offsets for each box.
    pub location: Head,
}

/// Which part of a network its publication counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Counted {
    /// All of it.
    #[default]
    Network,
    /// The layers up to the feature maps, without the heads.
    FeatureExtractor,
}

/// A single-shot detector as data.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct Architecture {
    /// Version of the description, [`DESCRIPTION_VERSION`].
    pub version: u32,
    /// Name of the preset it came from, or one of its own.
    pub name: String,
    /// Width and height of the network's input in pixels; a square.
    pub input: [usize; 2],
    /// How pixels become the network's input.
    pub normalisation: Normalisation,
    /// Class names, without the background; class id 1 is the first.
    pub classes: Vec<String>,
    /// Kinds of things that are learned beside the classes and never reported, so that an orange is told
    /// from an apple by more than not being one; their outputs come after those of the classes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub distractors: Vec<String>,
    /// The layers that a classification network lends, first to last.
    pub backbone: Vec<Layer>,
    /// The layers after the backbone, which make smaller maps.
    pub extras: Vec<Layer>,
    /// The maps that the heads look at, largest first.
    pub maps: Vec<FeatureMap>,
    /// How predictions are made from a map.
    pub heads: Heads,
    /// Default boxes of each map.
    pub boxes: DefaultBoxSettings,
    /// Matching and loss in training.
    pub loss: LossSettings,
    /// Decoding for a measurement.
    pub decode: DecodeSettings,
    /// Which part the published parameter count is of.
    #[serde(default)]
    pub counted: Counted,
}

impl Architecture {
    /// Outputs of the classification head a box: the background, the classes and the distractors.
    #[must_use]
    pub fn class_outputs(&self) -> usize {
        1 + self.classes.len() + self.distractors.len()
    }

    /// Default boxes of all maps together.
    #[must_use]
    pub fn box_count(&self) -> usize {
        self.boxes.maps.iter().map(MapBoxes::count).sum()
    }

    /// Every layer with its full path, weights and shapes worked out.
    ///
    /// # Errors
    /// One sentence naming the layer that does not fit.
    pub fn plan(&self) -> Result<Plan, String> {
        Plan::new(self)
    }

    /// The same topology with the channels of every layer divided by `divisor`, and at least 1: a network that
    /// a test can train in seconds.
    #[must_use]
    pub fn narrowed(mut self, divisor: usize) -> Self {
        let narrow = |channels: usize| (channels / divisor.max(1)).max(1);
        let conv = |spec: &mut ConvSpec| spec.channels = spec.channels.map(narrow);
        let heads = &mut self.heads;
        let layers = self.backbone.iter_mut().chain(&mut self.extras);
        for layer in layers
            .chain(&mut heads.class.hidden)
            .chain(&mut heads.location.hidden)
        {
            match &mut layer.kind {
                LayerKind::Conv(spec) => conv(spec),
                LayerKind::InvertedResidual(spec) => spec.channels = narrow(spec.channels),
                LayerKind::MaxPool(_) => {}
                LayerKind::Parallel(branches) => branches.iter_mut().for_each(conv),
            }
        }
        self.name = format!("{} by {divisor}", self.name);
        self
    }

    /// Reads a description from JSON and checks it.
    ///
    /// # Errors
    /// One sentence saying what in it is wrong.
    pub fn from_json(text: &str) -> Result<Self, String> {
        let architecture: Self =
            serde_json::from_str(text).map_err(|source| format!("it is not a description: {source}"))?;
        architecture.check()?;
        Ok(architecture)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_description_survives_json() {
        for name in Architecture::PRESETS {
            let architecture = Architecture::published(name).unwrap();
            let text = serde_json::to_string(&architecture).unwrap();
            assert_eq!(Architecture::from_json(&text).unwrap(), architecture, "{name}");
        }
    }
}
