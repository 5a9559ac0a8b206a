//! What looks at a feature map: some layers and a convolution that gives the values of every default box.

use burn::{
    module::{Content, Devices, Module, ModuleDisplay, ModuleDisplayDefault, ModuleMapper, ModuleVisitor},
    nn::conv::{Conv2d, Conv2dConfig},
    tensor::{Device, Tensor},
};

use super::{block::Block, named::Named};
use crate::vision::architecture::PlannedHead;

/// One head of one map.
///
/// Its weights lie under the names of the hidden layers and under `predict`.
#[derive(Debug, Clone)]
pub struct Head {
    layers: Named<Block>,
    values: usize,
}

/// Name of the last layer.
const PREDICT: &str = "predict";

/// Whether a weight of this name belongs to the last layer of a class head. Its rows are the outputs of the
/// default boxes of a cell, those of a box together: background, classes, distractors.
#[must_use]
pub fn is_class_prediction(name: &str) -> bool {
    name.starts_with("class_heads.") && name.split('.').nth(2) == Some(PREDICT)
}

impl Head {
    /// A head with random weights.
    #[must_use]
    pub fn new(planned: &PlannedHead, device: &Device) -> Self {
        let mut layers: Vec<(String, Block)> = planned
            .hidden
            .iter()
            .map(|step| {
                // The path without the head's own part in front: `class_heads.0.depthwise`.
                let name = step.path.splitn(3, '.').last().unwrap_or(&step.path);
                (name.to_owned(), Block::new(&step.layer, device))
            })
            .collect();
        let conv = predict(planned, device);
        layers.push((PREDICT.to_owned(), Block::Plain(conv, planned.predict.activation)));
        Self {
            layers: Named::new(layers),
            values: planned.values,
        }
    }

    /// `[batch, channels, side, side]` to `[batch, side * side * per_cell, values]`: cells row by row, the
    /// boxes of a cell together, as the default boxes are ordered.
    #[must_use]
    pub fn forward(&self, map: Tensor<4>) -> Tensor<3> {
        let predictions = self.layers.modules().fold(map, |map, layer| layer.forward(map));
        let [batch, channels, height, width] = predictions.dims();
        let rows = height * width * channels / self.values;
        predictions
            .permute([0, 2, 3, 1])
            .reshape([batch, rows, self.values])
    }

    fn with(self, change: impl FnOnce(Named<Block>) -> Named<Block>) -> Self {
        Self {
            layers: change(self.layers),
            values: self.values,
        }
    }

    /// See [`Block::folded`].
    #[must_use]
    pub fn folded(self) -> Self {
        self.with(|layers| layers.each(Block::folded))
    }
}

/// The last convolution, with burn's usual weights, which are small: at first no box is anything for sure.
fn predict(planned: &PlannedHead, device: &Device) -> Conv2d {
    let shape = &planned.predict;
    let pad = shape.padding;
    Conv2dConfig::new([shape.input.channels, shape.output.channels], [shape.kernel; 2])
        .with_padding(burn::nn::PaddingConfig2d::Explicit(pad, pad, pad, pad))
        .with_bias(shape.bias)
        .init(device)
}

/// Goes straight to the layers: the head adds no name of its own.
impl Module for Head {
    fn collect_devices(&self, devices: Devices) -> Devices {
        self.layers.collect_devices(devices)
    }

    fn fork(self, device: &Device) -> Self {
        self.with(|layers| layers.fork(device))
    }

    fn to_device(self, device: &Device) -> Self {
        self.with(|layers| layers.to_device(device))
    }

    fn train(self) -> Self {
        self.with(Module::train)
    }

    fn valid(&self) -> Self {
        Self {
            layers: self.layers.valid(),
            values: self.values,
        }
    }

    fn materialize(self) -> Self {
        self.with(Module::materialize)
    }

    fn visit<Visitor: ModuleVisitor>(&self, visitor: &mut Visitor) {
        self.layers.visit(visitor);
    }

    fn map<Mapper: ModuleMapper>(self, mapper: &mut Mapper) -> Self {
        self.with(|layers| layers.map(mapper))
    }
}

impl ModuleDisplayDefault for Head {
    fn content(&self, content: Content) -> Option<Content> {
        self.layers.content(content)
    }
}

impl ModuleDisplay for Head {}
