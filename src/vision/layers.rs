//! The two building blocks of `MobileNetV2`: convolution with batch norm and `ReLU6`, and the inverted
//! residual.

use burn::{
    module::Module,
    nn::{
        BatchNorm, BatchNormConfig, Initializer, PaddingConfig2d,
        conv::{Conv2d, Conv2dConfig},
    },
    tensor::{Device, Tensor},
};

use super::kernels::{self, ConvKind};

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

/// Convolution, then batch norm, then `ReLU6` unless it is linear.
///
/// While training with batch statistics the three run one after the other; otherwise the norm's scale and
/// shift go into the convolution's weights, which leaves one pass over the pixels instead of five.
#[derive(Module, Debug)]
pub struct ConvNorm {
    conv: Conv2d,
    norm: Option<BatchNorm>,
    #[module(skip)]
    activate: bool,
}

impl ConvNorm {
    /// New weights: Kaiming normal over the outputs, as torchvision's `MobileNetV2`.
    #[must_use]
    pub fn new(shape: ConvShape, activate: bool, device: &Device) -> Self {
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
        Self {
            conv,
            norm: Some(norm),
            activate,
        }
    }

    /// # Shapes
    /// `[batch, input, height, width]` to `[batch, output, ceil(height / stride), ceil(width / stride)]`.
    #[must_use]
    pub fn forward(&self, input: Tensor<4>) -> Tensor<4> {
        match &self.norm {
            Some(norm) if norm.training.is_enabled() && input.device().is_autodiff() => {
                self.forward_with_batch_statistics(input, norm)
            }
            Some(norm) => {
                let (weight, bias) = folded_weights(&self.conv, norm);
                convolve(&self.conv, input, weight, Some(bias), self.activate)
            }
            None => convolve(
                &self.conv,
                input,
                self.conv.weight.val(),
                self.conv.bias.as_ref().map(|b| b.val()),
                self.activate,
            ),
        }
    }

    fn forward_with_batch_statistics(&self, input: Tensor<4>, norm: &BatchNorm) -> Tensor<4> {
        let fused = conv_kind(&self.conv).and_then(|kind| {
            let scale_and_shift = [&norm.gamma.val(), &norm.beta.val()];
            let weight = self.conv.weight.val();
            kernels::convolution_norm(&input, &weight, scale_and_shift, norm.epsilon, kind, self.activate)
        });
        let Some((output, moments)) = fused else {
            return activated(norm.forward(self.conv.forward(input)), self.activate);
        };
        // As burn's own batch norm: an exponential average, with the biased variance.
        let device = input.device();
        let running = [&norm.running_mean, &norm.running_var];
        for (running, batch) in running.into_iter().zip([moments.mean, moments.variance]) {
            let old = running.value_sync().to_device(&device);
            let new = old.mul_scalar(1.0 - norm.momentum) + batch.mul_scalar(norm.momentum);
            running.update(new.detach());
        }
        output
    }

    /// The same function with the norm folded into the convolution once and for all; cannot be trained on.
    #[must_use]
    pub fn folded(self) -> Self {
        let Some(norm) = &self.norm else { return self };
        let (weight, bias) = folded_weights(&self.conv, norm);
        let mut conv = self.conv;
        conv.weight = burn::module::Param::from_tensor(weight);
        conv.bias = Some(burn::module::Param::from_tensor(bias));
        Self {
            conv,
            norm: None,
            activate: self.activate,
        }
    }
}

/// `w * gamma / sqrt(var + eps)` and `beta - mean * gamma / sqrt(var + eps)` (Jacob et al. 2018,
/// section 3.2).
fn folded_weights(conv: &Conv2d, norm: &BatchNorm) -> (Tensor<4>, Tensor<1>) {
    let weight = conv.weight.val();
    let device = weight.device();
    let mean = norm.running_mean.value().to_device(&device);
    let variance = norm.running_var.value().to_device(&device);
    let scale = norm.gamma.val() / (variance + EPSILON).sqrt();
    let bias = norm.beta.val() - mean * scale.clone();
    let [channels] = scale.dims();
    (weight * scale.reshape([channels, 1, 1, 1]), bias)
}

/// The convolution as [`kernels`] knows it, if it does.
fn conv_kind(conv: &Conv2d) -> Option<ConvKind> {
    let [kernel, kernel_x] = conv.kernel_size;
    let [stride, stride_x] = conv.stride;
    let [output, per_group, _, _] = conv.weight.shape().dims();
    let depthwise = conv.groups == output && per_group == 1;
    let known = kernels::is_enabled()
        && kernel == kernel_x
        && stride == stride_x
        && conv.dilation == [1, 1]
        && (depthwise || conv.groups == 1);
    known.then_some(ConvKind {
        kernel,
        stride,
        depthwise: depthwise && output > 1,
    })
}

fn convolve(
    conv: &Conv2d,
    input: Tensor<4>,
    weight: Tensor<4>,
    bias: Option<Tensor<1>>,
    activate: bool,
) -> Tensor<4> {
    let fused = conv_kind(conv)
        .and_then(|kind| kernels::convolution(&input, &weight, bias.as_ref(), kind, activate));
    if let Some(output) = fused {
        return output;
    }
    let pad = conv.kernel_size.map(|k| k / 2);
    let options = burn::tensor::ops::ConvOptions::new(conv.stride, pad, conv.dilation, conv.groups);
    activated(burn::tensor::module::conv2d(input, weight, bias, options), activate)
}

fn activated(map: Tensor<4>, activate: bool) -> Tensor<4> {
    if activate { map.clamp(0.0, 6.0) } else { map }
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
                .then(|| ConvNorm::new(ConvShape::pointwise(input, hidden), true, device)),
            depthwise: ConvNorm::new(ConvShape::depthwise(hidden, stride), true, device),
            project: ConvNorm::new(ConvShape::pointwise(hidden, output), false, device),
            residual: stride == 1 && input == output,
        }
    }

    /// The block's output.
    #[must_use]
    pub fn forward(&self, input: Tensor<4>) -> Tensor<4> {
        self.forward_with_expansion(input).1
    }

    /// The widened map after its `ReLU6` (the input itself where nothing is widened), and the output.
    #[must_use]
    pub fn forward_with_expansion(&self, input: Tensor<4>) -> (Tensor<4>, Tensor<4>) {
        let expanded = match &self.expand {
            Some(expand) => expand.forward(input.clone()),
            None => input.clone(),
        };
        let output = self.project.forward(self.depthwise.forward(expanded.clone()));
        (expanded, if self.residual { input + output } else { output })
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
