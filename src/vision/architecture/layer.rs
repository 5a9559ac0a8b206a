//! What layers there are, as data.
//!
//! A layer has a name, which with its part in front (`backbone.conv4_3`) is also where its weights are found
//! in a file. Channels that come in are never written down: they follow from the layer before.

use serde::{Deserialize, Serialize};

/// What a convolution's output goes through last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Activation {
    /// Nothing.
    #[default]
    Linear,
    /// `max(x, 0)`.
    Relu,
    /// `min(max(x, 0), 6)` (Howard et al. 2017).
    Relu6,
}

/// Which channels a convolution looks at together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Groups {
    /// All.
    #[default]
    One,
    /// Each channel alone.
    Depthwise,
    /// That many groups of neighbouring channels.
    Count(usize),
}

/// Batch normalisation after a convolution (Ioffe and Szegedy 2015).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BatchNormSpec {
    /// Added to the variance: 1e-5 in torchvision's models, 1e-3 in Keras'.
    pub epsilon: f32,
}

impl Default for BatchNormSpec {
    fn default() -> Self {
        Self { epsilon: 1e-5 }
    }
}

const fn one() -> usize {
    1
}

/// A convolution with what belongs to it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConvSpec {
    /// Channels that it makes; as many as come in where none are given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channels: Option<usize>,
    /// Side of the square kernel.
    pub kernel: usize,
    /// Step in both directions.
    #[serde(default = "one")]
    pub stride: usize,
    /// Zeros on each side; `dilation * (kernel - 1) / 2`, which keeps the size at stride 1, where none are
    /// given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub padding: Option<usize>,
    /// Distance of the kernel's taps.
    #[serde(default = "one")]
    pub dilation: usize,
    /// Which channels it looks at together.
    #[serde(default)]
    pub groups: Groups,
    /// Whether it has a bias.
    #[serde(default)]
    pub bias: bool,
    /// Batch normalisation of its output.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub norm: Option<BatchNormSpec>,
    /// What comes last.
    #[serde(default)]
    pub activation: Activation,
}

impl ConvSpec {
    /// A plain linear convolution of stride 1 that keeps the map's size, without bias or norm.
    #[must_use]
    pub const fn new(channels: usize, kernel: usize) -> Self {
        Self {
            channels: Some(channels),
            kernel,
            stride: 1,
            padding: None,
            dilation: 1,
            groups: Groups::One,
            bias: false,
            norm: None,
            activation: Activation::Linear,
        }
    }

    /// The convolution of `MobileNetV2`: batch norm and `ReLU6`, no bias.
    #[must_use]
    pub fn mobile(channels: usize, kernel: usize, stride: usize) -> Self {
        Self {
            stride,
            norm: Some(BatchNormSpec::default()),
            activation: Activation::Relu6,
            ..Self::new(channels, kernel)
        }
    }

    /// A depthwise 3x3 convolution with batch norm and `ReLU6`.
    #[must_use]
    pub fn depthwise(stride: usize) -> Self {
        Self {
            channels: None,
            groups: Groups::Depthwise,
            ..Self::mobile(1, 3, stride)
        }
    }

    /// A convolution with bias and `ReLU`, as in VGG.
    #[must_use]
    pub const fn rectified(channels: usize, kernel: usize) -> Self {
        Self {
            bias: true,
            activation: Activation::Relu,
            ..Self::new(channels, kernel)
        }
    }
}

/// An inverted residual with linear bottleneck (Sandler et al. 2018, section 3.3).
///
/// It has batch norm and `ReLU6` throughout. Its weights lie under `expand`, `depthwise` and `project`; with an expansion of 1
/// there is no `expand`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResidualSpec {
    /// Factor `t` by which the channels are widened.
    pub expansion: usize,
    /// Channels `c` that come out.
    pub channels: usize,
    /// Stride `s` of the depthwise convolution.
    pub stride: usize,
}

/// Maximum pooling.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PoolSpec {
    /// Side of the window.
    pub kernel: usize,
    /// Step in both directions.
    pub stride: usize,
    /// Cells on each side that never win.
    #[serde(default)]
    pub padding: usize,
    /// Whether a last window that hangs over the edge counts, as in Caffe.
    #[serde(default)]
    pub ceil: bool,
}

/// What a layer does.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LayerKind {
    /// A convolution.
    Conv(ConvSpec),
    /// An inverted residual.
    InvertedResidual(ResidualSpec),
    /// Maximum pooling.
    MaxPool(PoolSpec),
    /// Convolutions side by side on the same input, their outputs put together channel after channel. The
    /// weights of branch `i` lie under `NAME.i`.
    Parallel(Vec<ConvSpec>),
}

/// A layer with its name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Layer {
    /// Name within its part of the network; may hold dots.
    pub name: String,
    /// What it does.
    #[serde(flatten)]
    pub kind: LayerKind,
}

impl Layer {
    /// A convolution.
    #[must_use]
    pub fn conv(name: impl Into<String>, spec: ConvSpec) -> Self {
        Self {
            name: name.into(),
            kind: LayerKind::Conv(spec),
        }
    }

    /// An inverted residual.
    #[must_use]
    pub fn residual(name: impl Into<String>, spec: ResidualSpec) -> Self {
        Self {
            name: name.into(),
            kind: LayerKind::InvertedResidual(spec),
        }
    }

    /// A maximum pooling.
    #[must_use]
    pub fn pool(name: impl Into<String>, spec: PoolSpec) -> Self {
        Self {
            name: name.into(),
            kind: LayerKind::MaxPool(spec),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_out_has_its_usual_value() {
        let layer: Layer =
            serde_json::from_str(r#"{"name": "conv1", "conv": {"channels": 8, "kernel": 3}}"#).unwrap();
        assert_eq!(layer, Layer::conv("conv1", ConvSpec::new(8, 3)));
    }

    #[test]
    fn a_misspelt_setting_is_refused() {
        let read = |text| serde_json::from_str::<Layer>(text).unwrap_err().to_string();
        assert!(read(r#"{"name": "a", "conv": {"chanels": 8, "kernel": 3}}"#).contains("chanels"));
        assert!(read(r#"{"name": "a", "convolution": {"kernel": 3}}"#).contains("LayerKind"));
    }
}
