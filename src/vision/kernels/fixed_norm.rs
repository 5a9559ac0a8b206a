//! A convolution followed by a norm that keeps its statistics, as one node: the norm is part of the weights.
//!
//! Folded with burn's operators this costs a dozen passes over the weights of each layer in every step.

use burn::{
    backend::{
        Autodiff, Flex,
        autodiff::{
            checkpoint::{base::Checkpointer, strategy::NoCheckpointing},
            grads::Gradients,
            ops::{Backward, Ops, OpsKind},
        },
    },
    tensor::Tensor,
};

use super::{
    conv::Wanted,
    layer::Clamp,
    maps::{Map, forward, geometry, lift, nchw, nhwc, reaches, recycle, values, vector_map, weight_map},
    node::{ConvKind, SavedConv},
};

/// A batch norm whose mean and variance are given, each `[channels]`.
#[derive(Debug, Clone)]
pub struct FixedNorm {
    /// Scale.
    pub gamma: Tensor<1>,
    /// Shift.
    pub beta: Tensor<1>,
    /// Means; no gradient reaches them.
    pub mean: Tensor<1>,
    /// Variances; no gradient reaches them.
    pub variance: Tensor<1>,
    /// Added to the variance.
    pub epsilon: f64,
}

/// `clamp(norm(convolution(input, weight)))` as one convolution.
///
/// # Shapes
/// As for [`super::convolution`].
///
/// # Source
/// Jacob et al. 2018, section 3.2: the weights are `w * gamma / sqrt(variance + epsilon)`, the bias
/// `beta - mean * gamma / sqrt(variance + epsilon)`.
///
/// # Errors
/// As for [`super::convolution`].
#[expect(
    clippy::result_large_err,
    reason = "a tensor handed back is as large as one handed out"
)]
pub fn convolution_fixed_norm(
    input: Tensor<4>,
    weight: &Tensor<4>,
    norm: FixedNorm,
    kind: ConvKind,
    clamp: Clamp,
) -> Result<Tensor<4>, Tensor<4>> {
    let parameters = [&norm.gamma, &norm.beta, &norm.mean, &norm.variance];
    let geometry = match geometry(&input, weight, kind) {
        Some(geometry) if parameters.into_iter().all(reaches) => geometry,
        _ => return Err(input),
    };
    let (x, x_node) = lift(input).into_parts();
    let (weight, weight_node) = lift(weight.clone()).into_parts();
    let (gamma, gamma_node) = lift(norm.gamma).into_parts();
    let (beta, beta_node) = lift(norm.beta).into_parts();
    let [mean, variance] = [norm.mean, norm.variance].map(|map| lift(map).into_parts().0.to_contiguous());
    let prepared = FusedConvFixedNorm
        .prepare::<NoCheckpointing>([x_node, weight_node, gamma_node, beta_node])
        .compute_bound()
        .stateful();
    let weight = weight.to_contiguous();
    let (gamma, beta) = (gamma.to_contiguous(), beta.to_contiguous());
    let fold = Fold::new([&gamma, &mean, &variance].map(values), norm.epsilon);
    let folded = weight_map(fold.weights(values(&weight)), &weight);
    let bias = vector_map(fold.bias(values(&beta)));
    let ([x, folded, _], out, _) = forward(&geometry, [x, folded, bias], clamp.0, false);
    let output = match prepared {
        OpsKind::Tracked(node) => {
            let saved = Saved {
                conv: SavedConv::new(geometry, [x, folded], &out, clamp),
                weight,
                fold,
            };
            node.finish(saved, nchw(out))
        }
        OpsKind::UnTracked(node) => {
            recycle(x);
            node.finish(nchw(out))
        }
    };
    Ok(Tensor::from_primitive::<Autodiff<Flex>>(output))
}

/// How the norm goes into weights and bias, for each channel.
#[derive(Debug, Clone)]
struct Fold {
    /// `gamma / sqrt(variance + epsilon)`.
    scale: Vec<f32>,
    /// `1 / sqrt(variance + epsilon)`.
    inverse_deviation: Vec<f32>,
    mean: Vec<f32>,
}

impl Fold {
    #[expect(clippy::cast_possible_truncation, reason = "the weights are f32")]
    fn new([gamma, mean, variance]: [&[f32]; 3], epsilon: f64) -> Self {
        let inverse: Vec<f64> = variance
            .iter()
            .map(|&v| 1.0 / (f64::from(v) + epsilon).sqrt())
            .collect();
        let scale = gamma
            .iter()
            .zip(&inverse)
            .map(|(&g, i)| (f64::from(g) * i) as f32);
        Self {
            scale: scale.collect(),
            inverse_deviation: inverse.iter().map(|&i| i as f32).collect(),
            mean: mean.to_vec(),
        }
    }

    /// Each channel's weights times its scale: folds weights, and unfolds their gradient.
    fn weights(&self, weight: &[f32]) -> Vec<f32> {
        let filter = weight.len() / self.scale.len();
        let filters = weight.chunks_exact(filter).zip(&self.scale);
        filters
            .flat_map(|(filter, scale)| filter.iter().map(move |w| w * scale))
            .collect()
    }

    fn bias(&self, beta: &[f32]) -> Vec<f32> {
        let moved = self.mean.iter().zip(&self.scale);
        beta.iter().zip(moved).map(|(b, (m, s))| b - m * s).collect()
    }

    /// The gradient of gamma from those of the folded weights and bias.
    #[expect(clippy::cast_possible_truncation, reason = "gradients are f32")]
    fn gamma_gradient(&self, weight: &[f32], folded: &[f32], bias: &[f32]) -> Vec<f32> {
        let filter = weight.len() / self.scale.len();
        let filters = weight.chunks_exact(filter).zip(folded.chunks_exact(filter));
        let channels = self.inverse_deviation.iter().zip(&self.mean).zip(bias);
        filters
            .zip(channels)
            .map(|((weight, folded), ((inverse, mean), bias))| {
                let products = weight
                    .iter()
                    .zip(folded)
                    .map(|(w, g)| f64::from(*w) * f64::from(*g));
                let sum = products.sum::<f64>() - f64::from(*mean) * f64::from(*bias);
                (sum * f64::from(*inverse)) as f32
            })
            .collect()
    }
}

#[derive(Debug)]
struct FusedConvFixedNorm;

#[derive(Debug, Clone)]
struct Saved {
    /// With the folded weights.
    conv: SavedConv,
    weight: Map,
    fold: Fold,
}

impl Backward<Flex, 4> for FusedConvFixedNorm {
    type State = Saved;

    fn backward(self, ops: Ops<Saved, 4>, grads: &mut Gradients, _: &mut Checkpointer) {
        let [x_node, weight_node, gamma_node, beta_node] = ops.parents;
        let Saved { conv, weight, fold } = ops.state;
        let grad = nhwc(grads.consume::<Flex>(&ops.node));
        let wanted = Wanted {
            weight: weight_node.is_some() || gamma_node.is_some(),
            bias: gamma_node.is_some() || beta_node.is_some(),
        };
        let (dx, parameters) = conv.gradients(grad, x_node.is_some(), wanted);
        if let (Some(node), Some(dx)) = (x_node, dx) {
            grads.register::<Flex>(node.id, dx);
        }
        if let Some(node) = gamma_node {
            let gamma = fold.gamma_gradient(values(&weight), &parameters.weight, &parameters.bias);
            grads.register::<Flex>(node.id, vector_map(gamma));
        }
        if let Some(node) = weight_node {
            let gradient = fold.weights(&parameters.weight);
            grads.register::<Flex>(node.id, weight_map(gradient, &weight));
        }
        if let Some(node) = beta_node {
            grads.register::<Flex>(node.id, vector_map(parameters.bias));
        }
    }
}
