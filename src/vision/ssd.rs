//! The single-shot detector: backbone, extra layers, and a pair of heads on each map.

use burn::{
    module::{Module, ModuleVisitor, Param, ParamId},
    nn::conv::{Conv2d, Conv2dConfig},
    tensor::{Device, Tensor},
};

use super::{
    architecture::{Architecture, ExtraLayer},
    default_boxes::boxes_per_cell,
    kernels::{Clamp, SharedMap, conv_forward},
    layers::{ConvNorm, ConvShape},
    mobilenet_v2::{MobileNetV2, TAP_CHANNELS},
};

/// Raw predictions for every default box.
#[derive(Debug, Clone)]
pub struct SsdOutput {
    /// Class logits, background first: `[batch, boxes, classes + 1]`.
    pub logits: Tensor<3>,
    /// Encoded offsets: `[batch, boxes, 4]`.
    pub offsets: Tensor<3>,
}

/// One extra feature layer, which halves the map.
#[derive(Module, Debug)]
struct Extra {
    reduce: ConvNorm,
    depthwise: ConvNorm,
    grow: ConvNorm,
}

impl Extra {
    fn new(input: usize, layer: ExtraLayer, device: &Device) -> Self {
        Self {
            reduce: ConvNorm::new(ConvShape::pointwise(input, layer.reduce), true, device),
            depthwise: ConvNorm::new(ConvShape::depthwise(layer.reduce, 2), true, device),
            grow: ConvNorm::new(ConvShape::pointwise(layer.reduce, layer.grow), true, device),
        }
    }

    fn forward(&self, map: Tensor<4>) -> Tensor<4> {
        self.grow
            .forward(self.depthwise.forward(self.reduce.forward(map)))
    }

    fn folded(self) -> Self {
        Self {
            reduce: self.reduce.folded(),
            depthwise: self.depthwise.folded(),
            grow: self.grow.folded(),
        }
    }
}

/// Depthwise 3x3, then 1x1 with bias: `values` predictions for each default box of each cell.
#[derive(Module, Debug)]
struct Head {
    depthwise: ConvNorm,
    predict: Conv2d,
    #[module(skip)]
    values: usize,
}

impl Head {
    fn new(channels: usize, per_cell: usize, values: usize, device: &Device) -> Self {
        Self {
            depthwise: ConvNorm::new(ConvShape::depthwise(channels, 1), true, device),
            predict: Conv2dConfig::new([channels, per_cell * values], [1, 1]).init(device),
            values,
        }
    }

    /// `[batch, channels, side, side]` to `[batch, side * side * per_cell, values]`: cells row by row, the
    /// boxes of a cell together, as the default boxes are ordered.
    fn forward(&self, map: Tensor<4>) -> Tensor<3> {
        let predictions = conv_forward(&self.predict, self.depthwise.forward(map), Clamp::LINEAR);
        let [batch, channels, height, width] = predictions.dims();
        let rows = height * width * channels / self.values;
        predictions
            .permute([0, 2, 3, 1])
            .reshape([batch, rows, self.values])
    }

    fn folded(self) -> Self {
        Self {
            depthwise: self.depthwise.folded(),
            ..self
        }
    }
}

/// A single-shot detector (Liu et al. 2016) with depthwise separable heads (Sandler et al. 2018).
#[derive(Module, Debug)]
pub struct Ssd {
    backbone: MobileNetV2,
    extras: Vec<Extra>,
    class_heads: Vec<Head>,
    box_heads: Vec<Head>,
}

impl Ssd {
    /// A network with random weights for an architecture that passed [`Architecture::check`].
    #[must_use]
    pub fn new(architecture: &Architecture, device: &Device) -> Self {
        let mut channels: Vec<usize> = TAP_CHANNELS.to_vec();
        let mut extras = Vec::new();
        let mut last = TAP_CHANNELS[2];
        for &layer in &architecture.extras {
            extras.push(Extra::new(last, layer, device));
            last = layer.grow;
            channels.push(last);
        }
        let per_cell = boxes_per_cell(&architecture.boxes);
        let heads = |values: usize| -> Vec<Head> {
            channels
                .iter()
                .map(|&c| Head::new(c, per_cell, values, device))
                .collect()
        };
        Self {
            backbone: MobileNetV2::new(device),
            extras,
            class_heads: heads(architecture.class_outputs()),
            box_heads: heads(4),
        }
    }

    /// The same network on another backbone, for example a pretrained one.
    #[must_use]
    pub fn with_backbone(self, backbone: MobileNetV2) -> Self {
        Self { backbone, ..self }
    }

    /// Predictions for a batch of pre-processed pictures.
    ///
    /// # Shapes
    /// `[batch, 3, side, side]` in, see [`SsdOutput`] for the rest.
    #[must_use]
    pub fn forward(&self, input: Tensor<4>) -> SsdOutput {
        self.predict(self.backbone.taps(input))
    }

    /// The frozen first part; see [`MobileNetV2::stem_features`].
    #[must_use]
    pub fn stem_features(&self, input: Tensor<4>, blocks: usize) -> Tensor<4> {
        self.backbone.stem_features(input, blocks)
    }

    /// Predictions from what [`Ssd::stem_features`] gave for the same number of blocks.
    #[must_use]
    pub fn forward_from_stem(&self, features: Tensor<4>, done: usize) -> SsdOutput {
        self.predict(self.backbone.taps_from_stem(features, done))
    }

    /// The parameters of the backbone, for a learning rate of their own.
    #[must_use]
    pub fn backbone_parameters(&self) -> Vec<ParamId> {
        burn::module::list_param_ids(&self.backbone)
    }

    /// How many of the parameters are running statistics of batch norms, which no gradient reaches.
    #[must_use]
    pub fn running_statistics(&self) -> usize {
        let mut counter = StatisticsCounter {
            path: Vec::new(),
            count: 0,
        };
        self.visit(&mut counter);
        counter.count
    }

    /// The feature maps that the heads see, largest first.
    #[must_use]
    pub fn feature_maps(&self, input: Tensor<4>) -> Vec<Tensor<4>> {
        self.extend(self.backbone.taps(input))
    }

    /// The same function with every batch norm folded into its convolution; for detection only.
    #[must_use]
    pub fn folded(self) -> Self {
        Self {
            backbone: self.backbone.folded(),
            extras: self.extras.into_iter().map(Extra::folded).collect(),
            class_heads: self.class_heads.into_iter().map(Head::folded).collect(),
            box_heads: self.box_heads.into_iter().map(Head::folded).collect(),
        }
    }

    fn extend(&self, taps: [Tensor<4>; 3]) -> Vec<Tensor<4>> {
        let mut maps = Vec::from(taps);
        for extra in &self.extras {
            let last = maps.pop().expect("there are three taps");
            let last = SharedMap::new(last);
            maps.push(last.read());
            maps.push(extra.forward(last.read()));
        }
        maps
    }

    fn predict(&self, taps: [Tensor<4>; 3]) -> SsdOutput {
        let maps: Vec<SharedMap> = self.extend(taps).into_iter().map(SharedMap::new).collect();
        let run = |heads: &[Head]| {
            Tensor::cat(
                heads
                    .iter()
                    .zip(&maps)
                    .map(|(head, map)| head.forward(map.read()))
                    .collect(),
                1,
            )
        };
        SsdOutput {
            logits: run(&self.class_heads),
            offsets: run(&self.box_heads),
        }
    }
}

/// Counts the values under `running_mean` and `running_var`.
struct StatisticsCounter {
    path: Vec<String>,
    count: usize,
}

impl ModuleVisitor for StatisticsCounter {
    fn enter_module(&mut self, name: &str, _container: &str) {
        self.path.push(name.to_owned());
    }

    fn exit_module(&mut self, _name: &str, _container: &str) {
        self.path.pop();
    }

    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        if self.path.last().is_some_and(|name| name.starts_with("running_")) {
            self.count += param.lazy_shape().num_elements();
        }
    }
}
