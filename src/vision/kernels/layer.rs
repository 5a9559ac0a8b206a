//! The operators for burn's modules: a convolution, with or without a batch norm, and what clamps its output;
//! and a map that several layers read. On any device: where the fast operators do not reach, burn's run.

use burn::{
    module::Param,
    nn::{BatchNorm, PaddingConfig2d, conv::Conv2d},
    tensor::{Tensor, module::conv2d, ops::ConvOptions},
};

use super::{
    fixed_norm::{FixedNorm, convolution_fixed_norm},
    is_enabled,
    maps::reaches,
    node::{ConvKind, convolution, convolution_norm},
};
use crate::vision::architecture::Activation;

/// The range to which a layer clamps its output.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Clamp(pub(super) [f32; 2]);

impl Clamp {
    /// No clamping.
    pub const LINEAR: Self = Self([f32::NEG_INFINITY, f32::INFINITY]);
    /// At least 0.
    pub const RELU: Self = Self([0.0, f32::INFINITY]);
    /// From 0 to 6.
    pub const RELU6: Self = Self([0.0, 6.0]);

    /// Clamps with burn's own operator.
    #[must_use]
    pub fn apply(self, map: Tensor<4>) -> Tensor<4> {
        let [low, high] = self.0;
        if high.is_finite() {
            map.clamp(low, high)
        } else if low.is_finite() {
            map.clamp_min(low)
        } else {
            map
        }
    }
}

impl From<Activation> for Clamp {
    fn from(activation: Activation) -> Self {
        match activation {
            Activation::Linear => Self::LINEAR,
            Activation::Relu => Self::RELU,
            Activation::Relu6 => Self::RELU6,
        }
    }
}

/// The convolution and a clamp.
///
/// # Shapes
/// As burn's convolution.
#[must_use]
pub fn conv_forward(conv: &Conv2d, input: Tensor<4>, clamp: Clamp) -> Tensor<4> {
    let bias = conv.bias.as_ref().map(|bias| bias.val());
    conv_forward_with(conv, input, (conv.weight.val(), bias), clamp)
}

/// As [`conv_forward`], with other weights and bias than the module's own, for example with a norm folded in.
#[must_use]
pub fn conv_forward_with(
    conv: &Conv2d,
    input: Tensor<4>,
    (weight, bias): (Tensor<4>, Option<Tensor<1>>),
    clamp: Clamp,
) -> Tensor<4> {
    let fused = match kind(conv) {
        Some(kind) => convolution(input, &weight, bias.as_ref(), kind, clamp),
        None => Err(input),
    };
    let input = match fused {
        Ok(output) => return output,
        Err(input) => input,
    };
    let PaddingConfig2d::Explicit(top, left, _, _) = conv.padding else {
        return clamp.apply(conv.forward(input));
    };
    let options = ConvOptions::new(conv.stride, [top, left], conv.dilation, conv.groups);
    clamp.apply(conv2d(input, weight, bias, options))
}

/// The convolution, the norm and a clamp. A norm that is training takes the statistics of this batch and
/// updates its running statistics, as burn's does.
///
/// # Shapes
/// As burn's convolution.
#[must_use]
pub fn conv_norm_forward(conv: &Conv2d, norm: &BatchNorm, input: Tensor<4>, clamp: Clamp) -> Tensor<4> {
    if !(norm.training.is_enabled() && input.device().is_autodiff()) {
        return conv_fixed_norm_forward(conv, norm, input, clamp);
    }
    let fused = match kind(conv).filter(|_| conv.bias.is_none()) {
        Some(kind) => {
            let parameters = [&norm.gamma.val(), &norm.beta.val()];
            convolution_norm(input, &conv.weight.val(), parameters, norm.epsilon, kind, clamp)
        }
        None => Err(input),
    };
    let (output, moments) = match fused {
        Ok(fused) => fused,
        Err(input) => return clamp.apply(norm.forward(conv.forward(input))),
    };
    let running = [&norm.running_mean, &norm.running_var];
    for (running, batch) in running.into_iter().zip([moments.mean, moments.variance]) {
        let old = running.value_sync().to_device(&batch.device());
        let new = old.mul_scalar(1.0 - norm.momentum) + batch.mul_scalar(norm.momentum);
        running.update(new.detach());
    }
    output
}

/// The same with the norm's running statistics.
fn conv_fixed_norm_forward(conv: &Conv2d, norm: &BatchNorm, input: Tensor<4>, clamp: Clamp) -> Tensor<4> {
    let fused = match kind(conv).filter(|_| conv.bias.is_none() && input.device().is_autodiff()) {
        Some(kind) => {
            let fixed = FixedNorm {
                gamma: norm.gamma.val(),
                beta: norm.beta.val(),
                mean: norm.running_mean.value(),
                variance: norm.running_var.value(),
                epsilon: norm.epsilon,
            };
            convolution_fixed_norm(input, &conv.weight.val(), fixed, kind, clamp)
        }
        None => Err(input),
    };
    match fused {
        Ok(output) => output,
        Err(input) => conv_forward_with(conv, input, folded(conv, norm), clamp),
    }
}

/// The convolution with the norm's running statistics in its weights and bias, for detection only.
#[must_use]
pub fn conv_folded(mut conv: Conv2d, norm: &BatchNorm) -> Conv2d {
    let (weight, bias) = folded(&conv, norm);
    conv.weight = Param::from_tensor(weight);
    conv.bias = bias.map(Param::from_tensor);
    conv
}

/// The convolution's weights and bias with the norm's running statistics folded in:
/// `w * gamma / sqrt(var + eps)` and `(b - mean) * gamma / sqrt(var + eps) + beta` (Jacob et al. 2018,
/// section 3.2).
fn folded(conv: &Conv2d, norm: &BatchNorm) -> (Tensor<4>, Option<Tensor<1>>) {
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
    (weight * scale.reshape([channels, 1, 1, 1]), Some(bias))
}

/// The convolution as the fast operators know it, if they do.
fn kind(conv: &Conv2d) -> Option<ConvKind> {
    let [kernel, kernel_x] = conv.kernel_size;
    let [stride, stride_x] = conv.stride;
    let [output, per_group, _, _] = conv.weight.shape().dims();
    let depthwise = conv.groups > 1 && conv.groups == output && per_group == 1;
    let pad = kernel / 2;
    let padded = match conv.padding {
        PaddingConfig2d::Explicit(top, left, bottom, right) => {
            [top, left, bottom, right].iter().all(|&side| side == pad)
        }
        PaddingConfig2d::Valid => pad == 0,
        PaddingConfig2d::Same => false,
    };
    let known = is_enabled()
        && kernel == kernel_x
        && stride == stride_x
        && conv.dilation == [1, 1]
        && padded
        && (depthwise || conv.groups == 1);
    known.then_some(ConvKind {
        kernel,
        stride,
        depthwise,
    })
}

/// A map that several layers read, or that is added to another.
///
/// Gradients of the readers are added up where the memory lies in order; to hand out clones of the map
/// itself gives the same result more slowly.
#[derive(Debug, Clone)]
pub struct SharedMap {
    map: Tensor<4>,
    channels_last: bool,
}

impl SharedMap {
    /// Takes a map, `[batch, channels, height, width]`.
    #[must_use]
    pub fn new(map: Tensor<4>) -> Self {
        let channels_last = is_enabled() && reaches(&map);
        let map = if channels_last {
            map.permute([0, 2, 3, 1])
        } else {
            map
        };
        Self { map, channels_last }
    }

    /// The map for one more reader.
    #[must_use]
    pub fn read(&self) -> Tensor<4> {
        let map = self.map.clone();
        if self.channels_last {
            map.permute([0, 3, 1, 2])
        } else {
            map
        }
    }

    /// The sum with a map of the same shape.
    #[must_use]
    pub fn plus(&self, other: Tensor<4>) -> Tensor<4> {
        if self.channels_last {
            (self.map.clone() + other.permute([0, 2, 3, 1])).permute([0, 3, 1, 2])
        } else {
            self.map.clone() + other
        }
    }
}
