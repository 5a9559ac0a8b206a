//! One layer that computes: what a planned layer becomes.

mod module;

use burn::{
    module::{Module, Param},
    nn::{
        BatchNorm, BatchNormConfig, Initializer, PaddingConfig2d,
        conv::{Conv2d, Conv2dConfig},
    },
    tensor::{Device, Tensor, module::max_pool2d, ops::MaxPoolOptions},
};

use super::named::Named;
use crate::vision::{
    architecture::{Activation, PlannedConv, PlannedLayer, PoolSpec},
    kernels::{Clamp, conv_forward, conv_norm_forward},
    layers::{ConvNorm, ConvShape, InvertedResidual},
};

/// One layer of a network.
#[derive(Debug, Clone)]
#[expect(
    clippy::large_enum_variant,
    reason = "a network has some dozens of layers, and the large kind is the usual one"
)]
pub enum Block {
    /// Convolution, norm and `ReLU6` of `MobileNetV2`, which has a fast way of its own.
    Mobile(ConvNorm),
    /// An inverted residual.
    Residual(InvertedResidual),
    /// A convolution without norm. Its weights lie directly under the layer's name.
    Plain(Conv2d, Activation),
    /// Any other convolution with a norm.
    Normed(NormedConv),
    /// Maximum pooling; holds no weights.
    Pool(PoolSpec),
    /// Blocks on the same input, put together along the channels.
    Parallel(Named<Self>),
}

/// Convolution, then batch norm, then an activation, each of any kind.
#[derive(Module, Debug)]
pub struct NormedConv {
    conv: Conv2d,
    norm: Option<BatchNorm>,
    #[module(skip)]
    activation: Activation,
}

impl NormedConv {
    fn forward(&self, input: Tensor<4>) -> Tensor<4> {
        let clamp = clamp(self.activation);
        match &self.norm {
            Some(norm) => conv_norm_forward(&self.conv, norm, input, clamp),
            None => conv_forward(&self.conv, input, clamp),
        }
    }

    /// `w * gamma / sqrt(var + eps)` and `(b - mean) * gamma / sqrt(var + eps) + beta`.
    fn folded(self) -> Self {
        let Some(norm) = &self.norm else { return self };
        let mut conv = self.conv;
        let weight = conv.weight.val();
        let device = weight.device();
        let mean = norm.running_mean.value().to_device(&device);
        let variance = norm.running_var.value().to_device(&device);
        let scale = norm.gamma.val() / (variance + norm.epsilon).sqrt();
        let before = match &conv.bias {
            Some(bias) => bias.val() - mean,
            None => -mean,
        };
        let bias = before * scale.clone() + norm.beta.val();
        let [channels] = scale.dims();
        conv.weight = Param::from_tensor(weight * scale.reshape([channels, 1, 1, 1]));
        conv.bias = Some(Param::from_tensor(bias));
        Self {
            conv,
            norm: None,
            activation: self.activation,
        }
    }
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
        let linear = match planned.activation {
            Activation::Linear => Some(true),
            Activation::Relu6 => Some(false),
            Activation::Relu => None,
        };
        let usual = planned.dilation == 1 && planned.padding == planned.kernel / 2 && !planned.bias;
        let norm = planned.norm.filter(|norm| (norm.epsilon - 1e-5).abs() < 1e-9);
        if let (Some(linear), Some(_), true) = (linear, norm, usual) {
            let shape = ConvShape {
                input: planned.input.channels,
                output: planned.output.channels,
                kernel: planned.kernel,
                stride: planned.stride,
                groups: planned.groups,
            };
            return Self::Mobile(ConvNorm::new(shape, !linear, device));
        }
        let conv = conv2d(planned, device);
        match planned.norm {
            None => Self::Plain(conv, planned.activation),
            Some(norm) => Self::Normed(NormedConv {
                conv,
                norm: Some(
                    BatchNormConfig::new(planned.output.channels)
                        .with_epsilon(f64::from(norm.epsilon))
                        .init(device),
                ),
                activation: planned.activation,
            }),
        }
    }

    /// # Shapes
    /// `[batch, channels, side, side]` in and out, as the plan says.
    #[must_use]
    pub fn forward(&self, input: Tensor<4>) -> Tensor<4> {
        match self {
            Self::Mobile(conv) => conv.forward(input),
            Self::Residual(block) => block.forward(input),
            Self::Plain(conv, activation) => conv_forward(conv, input, clamp(*activation)),
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
            Self::Mobile(_) | Self::Plain(..) | Self::Normed(_) | Self::Pool(_) | Self::Parallel(_) => {
                let output = self.forward(input);
                (output.clone(), output)
            }
        }
    }

    /// The same function with every batch norm folded into its convolution; for detection only.
    #[must_use]
    pub fn folded(self) -> Self {
        match self {
            Self::Mobile(conv) => Self::Mobile(conv.folded()),
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

const fn clamp(activation: Activation) -> Clamp {
    match activation {
        Activation::Linear => Clamp::LINEAR,
        Activation::Relu => Clamp::RELU,
        Activation::Relu6 => Clamp::RELU6,
    }
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
