//! The `MobileNetV2` backbone, with taps for detection at strides 8, 16 and 32, and the classifier it was
//! pretrained with.

use burn::{
    module::Module,
    nn::{Linear, LinearConfig},
    tensor::{Device, Tensor},
};

use super::layers::{ConvNorm, ConvShape, InvertedResidual};

/// `(t, c, n, s)`: expansion, channels, repeats, stride of the first repeat.
///
/// # Source
/// Sandler et al. 2018, table 2.
const STAGES: [(usize, usize, usize, usize); 7] = [
    (1, 16, 1, 1),
    (6, 24, 2, 2),
    (6, 32, 3, 2),
    (6, 64, 4, 2),
    (6, 96, 3, 1),
    (6, 160, 3, 2),
    (6, 320, 1, 1),
];
/// Channels of the first layer.
const STEM: usize = 32;
/// Channels of the last layer.
pub const LAST: usize = 1280;
/// Block whose widened map has stride 8, counted from 0 (torchvision's `features.7`), and its channels.
const TAP_8: (usize, usize) = (6, 192);
/// Block whose widened map has stride 16 (torchvision's `features.14`), and its channels.
const TAP_16: (usize, usize) = (13, 576);

/// Channels of the three maps that [`MobileNetV2::taps`] gives.
pub const TAP_CHANNELS: [usize; 3] = [TAP_8.1, TAP_16.1, LAST];

/// The convolutional part, width multiplier 1.
#[derive(Module, Debug)]
pub struct MobileNetV2 {
    stem: ConvNorm,
    blocks: Vec<InvertedResidual>,
    last: ConvNorm,
}

impl MobileNetV2 {
    /// A backbone with random weights.
    #[must_use]
    pub fn new(device: &Device) -> Self {
        let stem = ConvShape {
            input: 3,
            output: STEM,
            kernel: 3,
            stride: 2,
            groups: 1,
        };
        let mut blocks = Vec::new();
        let mut channels = STEM;
        for (expansion, output, repeats, stride) in STAGES {
            for repeat in 0..repeats {
                let stride = if repeat == 0 { stride } else { 1 };
                blocks.push(InvertedResidual::new(channels, output, expansion, stride, device));
                channels = output;
            }
        }
        Self {
            stem: ConvNorm::new(stem, true, device),
            blocks,
            last: ConvNorm::new(ConvShape::pointwise(channels, LAST), true, device),
        }
    }

    /// The maps at strides 8, 16 and 32.
    ///
    /// # Shapes
    /// `[batch, 3, side, side]` to `[batch, 192, side / 8, ..]`, `[batch, 576, side / 16, ..]` and
    /// `[batch, 1280, side / 32, ..]`.
    #[must_use]
    pub fn taps(&self, input: Tensor<4>) -> [Tensor<4>; 3] {
        self.taps_from_stem(self.stem_features(input, 0), 0)
    }

    /// The output of the first layer and of the first `blocks` blocks: the part that is often frozen.
    #[must_use]
    pub fn stem_features(&self, input: Tensor<4>, blocks: usize) -> Tensor<4> {
        self.blocks
            .iter()
            .take(blocks)
            .fold(self.stem.forward(input), |map, block| block.forward(map))
    }

    /// The three maps, from what [`MobileNetV2::stem_features`] gave for the same number of blocks.
    ///
    /// # Panics
    /// If `done` blocks reach beyond the first tap.
    #[must_use]
    pub fn taps_from_stem(&self, features: Tensor<4>, done: usize) -> [Tensor<4>; 3] {
        assert!(done <= TAP_8.0, "the first tap lies in block {}", TAP_8.0);
        let mut map = features;
        let mut at_8 = None;
        let mut at_16 = None;
        for (index, block) in self.blocks.iter().enumerate().skip(done) {
            let (expanded, output) = block.forward_with_expansion(map);
            if index == TAP_8.0 {
                at_8 = Some(expanded);
            } else if index == TAP_16.0 {
                at_16 = Some(expanded);
            }
            map = output;
        }
        let at_32 = self.last.forward(map);
        [
            at_8.expect("block 6 is one of the 17 blocks"),
            at_16.expect("block 13 is one of the 17 blocks"),
            at_32,
        ]
    }

    /// See [`ConvNorm::folded`].
    #[must_use]
    pub fn folded(self) -> Self {
        Self {
            stem: self.stem.folded(),
            blocks: self.blocks.into_iter().map(InvertedResidual::folded).collect(),
            last: self.last.folded(),
        }
    }
}

/// The whole classification network that the backbone was pretrained as; used to check a weight file.
#[derive(Module, Debug)]
pub struct Classifier {
    /// The convolutional part.
    pub backbone: MobileNetV2,
    linear: Linear,
}

impl Classifier {
    /// A classifier with random weights.
    #[must_use]
    pub fn new(classes: usize, device: &Device) -> Self {
        Self {
            backbone: MobileNetV2::new(device),
            linear: LinearConfig::new(LAST, classes).init(device),
        }
    }

    /// Class logits.
    ///
    /// # Shapes
    /// `[batch, 3, side, side]` to `[batch, classes]`.
    #[must_use]
    pub fn forward(&self, input: Tensor<4>) -> Tensor<2> {
        let [_, _, map] = self.backbone.taps(input);
        let [batch, channels, height, width] = map.dims();
        let pooled = map
            .reshape([batch, channels, height * width])
            .mean_dim(2)
            .reshape([batch, channels]);
        self.linear.forward(pooled)
    }
}
