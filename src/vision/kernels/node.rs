//! The operators as nodes of burn's automatic differentiation on its CPU backend.
//!
//! A node keeps the input map, the weights, and what the gradient of the clamp or norm needs; only gradients
//! that somebody asks for are computed; maps go back to [`super::buffers`] as soon as nobody else holds them.

use std::sync::Arc;

use burn::{
    backend::{
        Autodiff, AutodiffBackend as _, Flex,
        autodiff::{
            checkpoint::{base::Checkpointer, strategy::NoCheckpointing},
            grads::Gradients,
            ops::{Backward, Ops, OpsKind},
        },
    },
    tensor::{DType, Tensor, TensorData},
};

use super::{
    buffers::take,
    conv::{ParameterGradients, Wanted},
    geometry::Geometry,
    incoming::{Incoming, through_statistics},
    lanes::UNCLAMPED,
    layer::Clamp,
    maps::{
        Map, backward, forward, geometry, lift, nchw, nhwc, nhwc_map, reaches, recycle, untracked, values,
        vector_map, weight_map,
    },
    norm::{Normed, norm_sums, scale_shift},
};

/// Kernel, stride and grouping of a convolution whose padding is half its kernel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConvKind {
    /// Side of the square kernel, odd.
    pub kernel: usize,
    /// Stride in both directions.
    pub stride: usize,
    /// Whether each channel is filtered alone; otherwise all channels together.
    pub depthwise: bool,
}

/// Mean and biased variance of each channel over a batch.
#[derive(Debug, Clone)]
pub struct BatchMoments {
    /// Means, `[channels]`.
    pub mean: Tensor<1>,
    /// Variances, `[channels]`.
    pub variance: Tensor<1>,
}

/// `clamp(convolution(input, weight) + bias)`. The memory of an input that nobody else holds and no gradient
/// asks for is used again.
///
/// # Shapes
/// `input` `[batch, input, height, width]`, `weight` `[output, input / groups, kernel, kernel]`, `bias`
/// `[output]`; the result is `[batch, output, ceil(height / stride), ceil(width / stride)]`.
///
/// # Errors
/// The input, where these operators do not reach (another device than the CPU, another type than `f32`).
#[expect(
    clippy::result_large_err,
    reason = "a tensor handed back is as large as one handed out"
)]
pub fn convolution(
    input: Tensor<4>,
    weight: &Tensor<4>,
    bias: Option<&Tensor<1>>,
    kind: ConvKind,
    clamp: Clamp,
) -> Result<Tensor<4>, Tensor<4>> {
    let Some(geometry) = geometry(&input, weight, kind) else {
        return Err(input);
    };
    let bias = match bias {
        Some(bias) if !reaches(bias) => return Err(input),
        Some(bias) => bias.clone(),
        None => Tensor::zeros([geometry.output], &input.device().inner()),
    };
    let tracked = [input.device(), weight.device(), bias.device()]
        .iter()
        .any(burn::tensor::Device::is_autodiff);
    let range = clamp.0;
    if !tracked {
        let parts = [untracked(input), untracked(weight.clone()), untracked(bias)];
        let ([x, ..], out, _) = forward(&geometry, parts, range, false);
        recycle(x);
        return Ok(Tensor::from_primitive::<Flex>(nchw(out)));
    }
    let (x, x_node) = lift(input).into_parts();
    let (weight, weight_node) = lift(weight.clone()).into_parts();
    let (bias, bias_node) = lift(bias).into_parts();
    let prepared = FusedConv
        .prepare::<NoCheckpointing>([x_node, weight_node, bias_node])
        .compute_bound()
        .stateful();
    let ([x, weight, _], out, _) = forward(&geometry, [x, weight, bias], range, false);
    let output = match prepared {
        OpsKind::Tracked(node) => {
            let saved = SavedConv::new(geometry, [x, weight], &out, clamp);
            node.finish(saved, nchw(out))
        }
        OpsKind::UnTracked(node) => {
            recycle(x);
            node.finish(nchw(out))
        }
    };
    Ok(Tensor::from_primitive::<Autodiff<Flex>>(output))
}

/// `clamp(batch_norm(convolution(input, weight)))` with the statistics of this batch, and the moments for the
/// running statistics.
///
/// # Shapes
/// As for [`convolution`]; `gamma` and `beta` are `[output]`.
///
/// # Errors
/// As for [`convolution`].
#[expect(
    clippy::result_large_err,
    reason = "a tensor handed back is as large as one handed out"
)]
pub fn convolution_norm(
    input: Tensor<4>,
    weight: &Tensor<4>,
    [gamma, beta]: [&Tensor<1>; 2],
    epsilon: f64,
    kind: ConvKind,
    clamp: Clamp,
) -> Result<(Tensor<4>, BatchMoments), Tensor<4>> {
    let geometry = match geometry(&input, weight, kind) {
        Some(geometry) if reaches(gamma) && reaches(beta) => geometry,
        _ => return Err(input),
    };
    let (x, x_node) = lift(input).into_parts();
    let (weight, weight_node) = lift(weight.clone()).into_parts();
    let (gamma, gamma_node) = lift(gamma.clone()).into_parts();
    let (beta, beta_node) = lift(beta.clone()).into_parts();
    let prepared = FusedConvNorm
        .prepare::<NoCheckpointing>([x_node, weight_node, gamma_node, beta_node])
        .compute_bound()
        .stateful();
    let zeros = Map::zeros([geometry.output].into(), DType::F32);
    let ([x, weight, _], map, moments) = forward(&geometry, [x, weight, zeros], UNCLAMPED, true);
    let (mean, variance) = moments.mean_and_variance();
    let (gamma, beta) = (gamma.to_contiguous(), beta.to_contiguous());
    let range = clamp.0;
    let norm = normed(
        [&mean, &variance],
        [values(&gamma), values(&beta)],
        epsilon,
        range,
    );
    let mut out = take(geometry.out_pixels() * geometry.output);
    scale_shift(values(&map), [&norm.scale, &norm.shift], range, &mut out);
    let out = nchw(nhwc_map(&geometry, out));
    let output = match prepared {
        OpsKind::Tracked(node) => {
            let saved = SavedConvNorm {
                geometry,
                x,
                weight,
                map,
                norm: Arc::new(norm),
            };
            node.finish(saved, out)
        }
        OpsKind::UnTracked(node) => {
            recycle(map);
            recycle(x);
            node.finish(out)
        }
    };
    let moments = BatchMoments {
        mean: constant(&mean),
        variance: constant(&variance),
    };
    Ok((Tensor::from_primitive::<Autodiff<Flex>>(output), moments))
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "burn keeps running statistics in f32"
)]
fn constant(values: &[f64]) -> Tensor<1> {
    let values: Vec<f32> = values.iter().map(|&v| v as f32).collect();
    let count = values.len();
    let map = Map::from_data(TensorData::new(values, [count]));
    Tensor::from_primitive::<Autodiff<Flex>>(Autodiff::<Flex>::from_inner(map))
}

#[expect(clippy::cast_possible_truncation, reason = "the maps are f32")]
fn normed(
    [mean, variance]: [&[f64]; 2],
    [gamma, beta]: [&[f32]; 2],
    epsilon: f64,
    range: [f32; 2],
) -> Normed {
    let inverse: Vec<f64> = variance.iter().map(|v| 1.0 / (v + epsilon).sqrt()).collect();
    let scale: Vec<f64> = gamma
        .iter()
        .zip(&inverse)
        .map(|(&g, i)| f64::from(g) * i)
        .collect();
    let shifts = beta.iter().zip(mean).zip(&scale);
    Normed {
        shift: shifts.map(|((&b, m), s)| (f64::from(b) - m * s) as f32).collect(),
        scale: scale.iter().map(|&s| s as f32).collect(),
        mean: mean.iter().map(|&m| m as f32).collect(),
        inverse_deviation: inverse.iter().map(|&i| i as f32).collect(),
        range,
    }
}

#[derive(Debug)]
struct FusedConv;

/// What the gradients of a convolution and its clamp need.
#[derive(Debug, Clone)]
pub(super) struct SavedConv {
    geometry: Geometry,
    x: Map,
    weight: Map,
    /// The output and the range, if it was clamped.
    clamped: Option<(Map, [f32; 2])>,
}

impl SavedConv {
    /// Of a convolution that gave `out`.
    pub(super) fn new(geometry: Geometry, [x, weight]: [Map; 2], out: &Map, clamp: Clamp) -> Self {
        Self {
            geometry,
            x,
            weight,
            clamped: (clamp != Clamp::LINEAR).then(|| (out.clone(), clamp.0)),
        }
    }

    /// The gradients of the input, if wanted, and of the parameters.
    pub(super) fn gradients(
        self,
        grad: Map,
        input: bool,
        wanted: Wanted,
    ) -> (Option<Map>, ParameterGradients) {
        let Self {
            geometry,
            x,
            weight,
            clamped,
        } = self;
        let incoming = match &clamped {
            Some((output, range)) => Incoming::Clamped {
                grad: values(&grad),
                output: values(output),
                range: *range,
            },
            None => Incoming::Plain(values(&grad)),
        };
        let gradients = backward(&geometry, [&x, &weight], &incoming, input, wanted);
        recycle(grad);
        recycle(x);
        if let Some((output, _)) = clamped {
            recycle(output);
        }
        gradients
    }
}

impl Backward<Flex, 3> for FusedConv {
    type State = SavedConv;

    fn backward(self, ops: Ops<SavedConv, 3>, grads: &mut Gradients, _: &mut Checkpointer) {
        let [x_node, weight_node, bias_node] = ops.parents;
        let grad = nhwc(grads.consume::<Flex>(&ops.node));
        let wanted = Wanted {
            weight: weight_node.is_some(),
            bias: bias_node.is_some(),
        };
        let like = ops.state.weight.clone();
        let (dx, parameters) = ops.state.gradients(grad, x_node.is_some(), wanted);
        if let (Some(node), Some(dx)) = (x_node, dx) {
            grads.register::<Flex>(node.id, dx);
        }
        if let Some(node) = weight_node {
            grads.register::<Flex>(node.id, weight_map(parameters.weight, &like));
        }
        if let Some(node) = bias_node {
            grads.register::<Flex>(node.id, vector_map(parameters.bias));
        }
    }
}

#[derive(Debug)]
struct FusedConvNorm;

#[derive(Debug, Clone)]
struct SavedConvNorm {
    geometry: Geometry,
    x: Map,
    weight: Map,
    /// The convolution's output.
    map: Map,
    norm: Arc<Normed>,
}

impl Backward<Flex, 4> for FusedConvNorm {
    type State = SavedConvNorm;

    #[expect(clippy::cast_possible_truncation, reason = "gradients are f32")]
    fn backward(self, ops: Ops<SavedConvNorm, 4>, grads: &mut Gradients, _: &mut Checkpointer) {
        let [x_node, weight_node, gamma_node, beta_node] = ops.parents;
        let SavedConvNorm {
            geometry,
            x,
            weight,
            map,
            norm,
        } = ops.state;
        let grad = nhwc(grads.consume::<Flex>(&ops.node));
        let sums = norm_sums(values(&grad), values(&map), &norm);
        let through = through_statistics(&norm, &sums, geometry.out_pixels());
        let incoming = Incoming::Normed {
            grad: values(&grad),
            map: values(&map),
            norm: &norm,
            through: &through,
        };
        let wanted = Wanted {
            weight: weight_node.is_some(),
            bias: false,
        };
        let (dx, parameters) = backward(&geometry, [&x, &weight], &incoming, x_node.is_some(), wanted);
        recycle(grad);
        recycle(x);
        recycle(map);
        let [beta_grad, gamma_grad] = sums.map(|sums| sums.iter().map(|&s| s as f32).collect());
        if let (Some(node), Some(dx)) = (x_node, dx) {
            grads.register::<Flex>(node.id, dx);
        }
        if let Some(node) = weight_node {
            grads.register::<Flex>(node.id, weight_map(parameters.weight, &weight));
        }
        if let Some(node) = gamma_node {
            grads.register::<Flex>(node.id, vector_map(gamma_grad));
        }
        if let Some(node) = beta_node {
            grads.register::<Flex>(node.id, vector_map(beta_grad));
        }
    }
}
