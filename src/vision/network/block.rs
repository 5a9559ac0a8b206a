//! One layer that computes: what a planned layer becomes.

mod module;

use burn::{
    nn::{
        BatchNormConfig, Initializer, PaddingConfig2d,
        conv::{Conv2d, Conv2dConfig},
    },
    tensor::{Device, Tensor, module::max_pool2d, ops::MaxPoolOptions},
};

use super::named::Named;
use crate::vision::{
    architecture::{Activation, PlannedConv, PlannedLayer, PoolSpec},
    kernels::conv_forward,
    layers::{ConvNorm, ConvShape, InvertedResidual},
};

/// One layer of a network.
#[derive(Debug, Clone)]
#[expect(
    clippy::large_enum_variant,
    reason = "a network has some dozens of layers, and the large kind is the usual one"
)]
pub enum Block {
    /// An inverted residual.
    Residual(InvertedResidual),
    /// A convolution without norm. Its weights lie directly under the layer's name.
    Plain(Conv2d, Activation),
    /// A convolution with a norm.
    Normed(ConvNorm),
    /// Maximum pooling; holds no weights.
    Pool(PoolSpec),
    /// Blocks on the same input, put together along the channels.
    Parallel(Named<Self>),
}

impl Block {
    /// A layer with random weights.
    #[must_use]
    pub fn new(planned: &PlannedLayer, device: &Device) -> Self {
        match planned {
            PlannedLayer::Conv(conv) => Self::convolution(conv, device),
            PlannedLayer::InvertedResidual(block) => {
                let input = block.expand.as_ref().unwrap_or(&block.depthwise).input.channels;
                Self::Residual(InvertedResidual::new(
                    input,
                    block.project.output.channels,
                    block.depthwise.output.channels / input,
                    block.depthwise.stride,
                    device,
                ))
            }
            PlannedLayer::MaxPool(pool) => Self::Pool(pool.spec),
            PlannedLayer::Parallel(branches) => Self::Parallel(Named::new(
                branches
                    .iter()
                    .enumerate()
                    .map(|(index, conv)| (index.to_string(), Self::convolution(conv, device))),
            )),
        }
    }

    fn convolution(planned: &PlannedConv, device: &Device) -> Self {
        let Some(norm) = planned.norm else {
            return Self::Plain(conv2d(planned, device), planned.activation);
        };
        // The layers of `MobileNetV2` start as its authors' do; no other network has them.
        let is_mobile = planned.activation != Activation::Relu
            && planned.dilation == 1
            && planned.padding == planned.kernel / 2
            && !planned.bias
            && (norm.epsilon - 1e-5).abs() < 1e-9;
        Self::Normed(if is_mobile {
            let shape = ConvShape {
                input: planned.input.channels,
                output: planned.output.channels,
                kernel: planned.kernel,
                stride: planned.stride,
                groups: planned.groups,
            };
            ConvNorm::new(shape, planned.activation, device)
        } else {
            let norm = BatchNormConfig::new(planned.output.channels)
                .with_epsilon(f64::from(norm.epsilon))
                .init(device);
            ConvNorm::from_parts(conv2d(planned, device), norm, planned.activation)
        })
    }

    /// # Shapes
    /// `[batch, channels, side, side]` in and out, as the plan says.
    #[must_use]
    pub fn forward(&self, input: Tensor<4>) -> Tensor<4> {
        match self {
            Self::Residual(block) => block.forward(input),
            Self::Plain(conv, activation) => conv_forward(conv, input, (*activation).into()),
            Self::Normed(conv) => conv.forward(input),
            Self::Pool(spec) => max_pool(input, *spec),
            Self::Parallel(branches) => Tensor::cat(
                branches
                    .modules()
                    .map(|branch| branch.forward(input.clone()))
                    .collect(),
                1,
            ),
        }
    }

    /// The widened map of an inverted residual, and its output; of any other layer the output twice.
    #[must_use]
    pub fn forward_with_expansion(&self, input: Tensor<4>) -> (Tensor<4>, Tensor<4>) {
        match self {
            Self::Residual(block) => block.forward_with_expansion(input),
            Self::Plain(..) | Self::Normed(_) | Self::Pool(_) | Self::Parallel(_) => {
                let output = self.forward(input);
                (output.clone(), output)
            }
        }
    }

    /// The same function with every batch norm folded into its convolution; for detection only.
    #[must_use]
    pub fn folded(self) -> Self {
        match self {
            Self::Residual(block) => Self::Residual(block.folded()),
            Self::Normed(conv) => Self::Normed(conv.folded()),
            Self::Parallel(branches) => Self::Parallel(branches.each(Self::folded)),
            Self::Plain(..) | Self::Pool(_) => self,
        }
    }
}

/// A convolution of any kind with the weights of He et al. 2015 for `ReLU`, and biases of zero: a chain of
/// thirteen such layers without norms, as in VGG, neither fades nor explodes.
#[must_use]
pub fn conv2d(planned: &PlannedConv, device: &Device) -> Conv2d {
    let pad = planned.padding;
    let mut conv = Conv2dConfig::new(
        [planned.input.channels, planned.output.channels],
        [planned.kernel; 2],
    )
    .with_stride([planned.stride; 2])
    .with_dilation([planned.dilation; 2])
    .with_groups(planned.groups)
    .with_padding(PaddingConfig2d::Explicit(pad, pad, pad, pad))
    .with_bias(planned.bias)
    .with_initializer(Initializer::KaimingNormal {
        gain: std::f64::consts::SQRT_2,
        fan_out_only: false,
    })
    .init(device);
    if planned.bias {
        conv.bias = Some(Initializer::Zeros.init([planned.output.channels], device));
    }
    conv
}

/// Maximum pooling, rounding as PyTorch and Caffe do.
#[must_use]
pub fn max_pool(input: Tensor<4>, spec: PoolSpec) -> Tensor<4> {
    let pad = (spec.padding, spec.padding);
    let options = MaxPoolOptions::new([spec.kernel; 2])
        .with_stride([spec.stride; 2])
        .with_padding_pairs([pad, pad])
        .with_ceil_mode(spec.ceil);
    max_pool2d(input, options)
}
