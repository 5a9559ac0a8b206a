//! The two building blocks of `MobileNetV2`: convolution with batch norm and activation, and the inverted
//! residual.

use burn::{
    module::Module,
    nn::{
        BatchNorm, BatchNormConfig, Initializer, PaddingConfig2d,
        conv::{Conv2d, Conv2dConfig},
    },
    tensor::{Device, Tensor},
};

use super::{
    architecture::Activation,
    kernels::{SharedMap, conv_folded, conv_forward, conv_norm_forward},
};

/// Batch norm epsilon of torchvision's models.
const EPSILON: f64 = 1e-5;

/// Shape of one [`ConvNorm`].
#[derive(Debug, Clone, Copy)]
pub struct ConvShape {
    /// Channels in.
    pub input: usize,
    /// Channels out.
    pub output: usize,
    /// Side of the square kernel; padding is half of it, so that stride 1 keeps the size.
    pub kernel: usize,
    /// Stride in both directions.
    pub stride: usize,
    /// Groups of channels; as many as channels for a depthwise convolution.
    pub groups: usize,
}

impl ConvShape {
    /// A 1x1 convolution.
    #[must_use]
    pub const fn pointwise(input: usize, output: usize) -> Self {
        Self {
            input,
            output,
            kernel: 1,
            stride: 1,
            groups: 1,
        }
    }

    /// A depthwise 3x3 convolution.
    #[must_use]
    pub const fn depthwise(channels: usize, stride: usize) -> Self {
        Self {
            input: channels,
            output: channels,
            kernel: 3,
            stride,
            groups: channels,
        }
    }
}

/// Convolution, then batch norm, then an activation.
///
/// While training with batch statistics the three run one after the other; otherwise the norm's scale and
/// shift go into the convolution's weights, which leaves one pass over the pixels instead of five.
#[derive(Module, Debug)]
pub struct ConvNorm {
    conv: Conv2d,
    norm: Option<BatchNorm>,
    #[module(skip)]
    activation: Activation,
}

impl ConvNorm {
    /// New weights: Kaiming normal over the outputs, as torchvision's `MobileNetV2`.
    #[must_use]
    pub fn new(shape: ConvShape, activation: Activation, device: &Device) -> Self {
        let pad = shape.kernel / 2;
        let conv = Conv2dConfig::new([shape.input, shape.output], [shape.kernel, shape.kernel])
            .with_stride([shape.stride, shape.stride])
            .with_groups(shape.groups)
            .with_padding(PaddingConfig2d::Explicit(pad, pad, pad, pad))
            .with_bias(false)
            .with_initializer(Initializer::KaimingNormal {
                gain: std::f64::consts::SQRT_2,
                fan_out_only: true,
            })
            .init(device);
        let norm = BatchNormConfig::new(shape.output)
            .with_epsilon(EPSILON)
            .init(device);
        Self::from_parts(conv, norm, activation)
    }

    /// A convolution and a norm of any kind.
    #[must_use]
    pub const fn from_parts(conv: Conv2d, norm: BatchNorm, activation: Activation) -> Self {
        Self {
            conv,
            norm: Some(norm),
            activation,
        }
    }

    /// # Shapes
    /// `[batch, input, height, width]` to `[batch, output, ceil(height / stride), ceil(width / stride)]`.
    #[must_use]
    pub fn forward(&self, input: Tensor<4>) -> Tensor<4> {
        let clamp = self.activation.into();
        match &self.norm {
            Some(norm) => conv_norm_forward(&self.conv, norm, input, clamp),
            None => conv_forward(&self.conv, input, clamp),
        }
    }

    /// The same function with the norm folded into the convolution once and for all; cannot be trained on.
    #[must_use]
    pub fn folded(mut self) -> Self {
        if let Some(norm) = self.norm.take() {
            self.conv = conv_folded(self.conv, &norm);
        }
        self
    }
}

/// The inverted residual with linear bottleneck.
///
/// # Source
/// Sandler et al. 2018, section 3.3 and table 1.
#[derive(Module, Debug)]
pub struct InvertedResidual {
    expand: Option<ConvNorm>,
    depthwise: ConvNorm,
    project: ConvNorm,
    #[module(skip)]
    residual: bool,
}

impl InvertedResidual {
    /// A block that widens `input` channels by `expansion`, filters with `stride`, and narrows to `output`.
    #[must_use]
    pub fn new(input: usize, output: usize, expansion: usize, stride: usize, device: &Device) -> Self {
        let hidden = input * expansion;
        Self {
            expand: (expansion != 1)
                .then(|| ConvNorm::new(ConvShape::pointwise(input, hidden), Activation::Relu6, device)),
            depthwise: ConvNorm::new(ConvShape::depthwise(hidden, stride), Activation::Relu6, device),
            project: ConvNorm::new(ConvShape::pointwise(hidden, output), Activation::Linear, device),
            residual: stride == 1 && input == output,
        }
    }

    /// The block's output.
    #[must_use]
    pub fn forward(&self, input: Tensor<4>) -> Tensor<4> {
        self.added(input, |input| {
            let expanded = self.expanded(input);
            self.project.forward(self.depthwise.forward(expanded))
        })
    }

    /// The widened map after its `ReLU6` (the input itself where nothing is widened), and the output.
    #[must_use]
    pub fn forward_with_expansion(&self, input: Tensor<4>) -> (Tensor<4>, Tensor<4>) {
        let mut kept = None;
        let output = self.added(input, |input| {
            let expanded = kept.insert(SharedMap::new(self.expanded(input)));
            self.project.forward(self.depthwise.forward(expanded.read()))
        });
        (kept.map_or_else(|| output.clone(), |map| map.read()), output)
    }

    fn expanded(&self, input: Tensor<4>) -> Tensor<4> {
        match &self.expand {
            Some(expand) => expand.forward(input),
            None => input,
        }
    }

    /// What `way` makes of the input, with the input added where the block does so. Nothing is kept that is not
    /// needed: maps that nobody holds give their memory to the next.
    fn added(&self, input: Tensor<4>, way: impl FnOnce(Tensor<4>) -> Tensor<4>) -> Tensor<4> {
        if self.residual {
            let input = SharedMap::new(input);
            input.plus(way(input.read()))
        } else {
            way(input)
        }
    }

    /// See [`ConvNorm::folded`].
    #[must_use]
    pub fn folded(self) -> Self {
        Self {
            expand: self.expand.map(ConvNorm::folded),
            depthwise: self.depthwise.folded(),
            project: self.project.folded(),
            residual: self.residual,
        }
    }
}
