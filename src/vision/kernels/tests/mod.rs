//! The operators against burn's own, on random shapes.

mod by_hand;
mod network;

use burn::{
    nn::{BatchNorm, BatchNormConfig},
    tensor::{Device, Gradients, Tensor, TensorData, module::conv2d, ops::ConvOptions},
};
use proptest::prelude::*;

use super::{Clamp, ConvKind, FixedNorm, convolution, convolution_fixed_norm, convolution_norm};

/// A small generator: values spread over -1 to 1.
struct Noise(u64);

impl Noise {
    fn tensor<const D: usize>(&mut self, shape: [usize; D], device: &Device) -> Tensor<D> {
        let count = shape.iter().product();
        let values: Vec<f32> = (0..count)
            .map(|_| {
                self.0 = self
                    .0
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1_442_695_040_888_963_407);
                u16::try_from(self.0 >> 48).map_or(0.0, f32::from) / 32_768.0 - 1.0
            })
            .collect();
        Tensor::from_data(TensorData::new(values, shape), device)
    }
}

fn values<const D: usize>(tensor: Tensor<D>) -> Vec<f32> {
    tensor.into_data().try_into_vec().unwrap()
}

#[track_caller]
fn assert_close<const D: usize>(what: &str, ours: Tensor<D>, theirs: Tensor<D>) {
    assert_eq!(ours.dims(), theirs.dims(), "{what}");
    let (ours, theirs) = (values(ours), values(theirs));
    let scale = theirs.iter().fold(1e-3_f32, |most, v| most.max(v.abs()));
    for (index, (a, b)) in ours.iter().zip(&theirs).enumerate() {
        assert!(
            (a - b).abs() <= 1e-4 * scale,
            "{what}: value {index} is {a}, not {b} (largest {scale})"
        );
    }
}

/// Two outputs that should be equal: pulled at by the same gradient, they give equal gradients to a parameter.
struct Pulled {
    ours: Gradients,
    theirs: Gradients,
}

impl Pulled {
    fn new(ours: Tensor<4>, theirs: Tensor<4>, noise: &mut Noise) -> Self {
        let pull = noise.tensor(theirs.dims(), &theirs.device());
        assert_close("output", ours.clone(), theirs.clone());
        Self {
            ours: (ours * pull.clone()).sum().backward(),
            theirs: (theirs * pull).sum().backward(),
        }
    }

    #[track_caller]
    fn assert_equal<const D: usize>(&self, what: &str, parameter: &Tensor<D>) {
        let grad = |of: &Gradients| parameter.grad(of).unwrap();
        assert_close(what, grad(&self.ours), grad(&self.theirs));
    }
}

#[derive(Debug, Clone, Copy)]
struct Case {
    batch: usize,
    input: usize,
    output: usize,
    size: [usize; 2],
    kind: ConvKind,
    clamp: Clamp,
    seed: u64,
}

impl Case {
    fn weight_shape(&self) -> [usize; 4] {
        let side = self.kind.kernel;
        let per_group = if self.kind.depthwise { 1 } else { self.input };
        [self.output, per_group, side, side]
    }

    /// The input and weights that learn.
    fn learning(&self, noise: &mut Noise) -> [Tensor<4>; 2] {
        let device = Device::flex().autodiff();
        let [height, width] = self.size;
        let shapes = [[self.batch, self.input, height, width], self.weight_shape()];
        shapes.map(|shape| noise.tensor(shape, &device).require_grad())
    }

    fn options(&self) -> ConvOptions<2> {
        let pad = self.kind.kernel / 2;
        let groups = if self.kind.depthwise { self.input } else { 1 };
        ConvOptions::new([self.kind.stride; 2], [pad; 2], [1, 1], groups)
    }
}

prop_compose! {
    fn cases()(
        batch in 1..=5_usize,
        input in 1..=67_usize,
        output in 1..=67_usize,
        size in [1..=19_usize, 1..=19_usize],
        shape in prop_oneof![Just((1, false)), Just((3, true)), Just((3, false)), Just((5, true))],
        stride in 1..=2_usize,
        clamp in prop_oneof![Just(Clamp::LINEAR), Just(Clamp::RELU), Just(Clamp::RELU6)],
        seed in any::<u64>(),
    ) -> Case {
        let (kernel, depthwise) = shape;
        let depthwise = depthwise && input > 1;
        let output = if depthwise { input } else { output };
        Case { batch, input, output, size, kind: ConvKind { kernel, stride, depthwise }, clamp, seed }
    }
}

fn check_convolution(case: Case) {
    let device = Device::flex().autodiff();
    let mut noise = Noise(case.seed);
    let [x, weight] = case.learning(&mut noise);
    // Large enough that some values pass 6.
    let weight = (weight * 2.0).detach().require_grad();
    let bias = noise.tensor([case.output], &device).require_grad();
    let ours = convolution(x.clone(), &weight, Some(&bias), case.kind, case.clamp).unwrap();
    let map = conv2d(x.clone(), weight.clone(), Some(bias.clone()), case.options());
    let theirs = case.clamp.apply(map);
    let pulled = Pulled::new(ours, theirs, &mut noise);
    pulled.assert_equal("input", &x);
    pulled.assert_equal("weight", &weight);
    pulled.assert_equal("bias", &bias);
}

fn check_fixed_norm(case: Case) {
    let device = Device::flex().autodiff();
    let mut noise = Noise(case.seed);
    let [x, weight] = case.learning(&mut noise);
    let mut vector = |around: f32| noise.tensor([case.output], &device) + around;
    let gamma = vector(1.0).detach().require_grad();
    let beta = vector(1.0).detach().require_grad();
    let (mean, variance) = (vector(0.0).detach(), vector(1.5).detach());
    let norm = FixedNorm {
        gamma: gamma.clone(),
        beta: beta.clone(),
        mean: mean.clone(),
        variance: variance.clone(),
        epsilon: 1e-3,
    };
    let ours = convolution_fixed_norm(x.clone(), &weight, norm, case.kind, case.clamp).unwrap();
    let map = conv2d(x.clone(), weight.clone(), None, case.options());
    let channels = |of: Tensor<1>| of.reshape([1, case.output, 1, 1]);
    let normed = (map - channels(mean)) / channels((variance + 1e-3).sqrt());
    let theirs = normed * channels(gamma.clone()) + channels(beta.clone());
    let pulled = Pulled::new(ours, case.clamp.apply(theirs), &mut noise);
    pulled.assert_equal("input", &x);
    pulled.assert_equal("weight", &weight);
    pulled.assert_equal("gamma", &gamma);
    pulled.assert_equal("beta", &beta);
}

fn check_norm(case: Case) {
    let device = Device::flex().autodiff();
    let mut noise = Noise(case.seed);
    let [x, weight] = case.learning(&mut noise);
    let norm: BatchNorm = BatchNormConfig::new(case.output).init(&device);
    // Scales around 2 put values on both sides of the clamp.
    let gamma = (noise.tensor([case.output], &device) + 2.0)
        .detach()
        .require_grad();
    let beta = (noise.tensor([case.output], &device) + 1.0)
        .detach()
        .require_grad();
    let (ours, moments) = convolution_norm(
        x.clone(),
        &weight,
        [&gamma, &beta],
        norm.epsilon,
        case.kind,
        case.clamp,
    )
    .unwrap();
    let map = conv2d(x.clone(), weight.clone(), None, case.options());
    let trained = burn::tensor::module::batch_norm_train(map, gamma.clone(), beta.clone(), norm.epsilon);
    let theirs = case.clamp.apply(trained.output);
    assert_close("mean", moments.mean, trained.mean);
    assert_close("variance", moments.variance, trained.variance);
    let pulled = Pulled::new(ours, theirs, &mut noise);
    pulled.assert_equal("input", &x);
    pulled.assert_equal("weight", &weight);
    pulled.assert_equal("gamma", &gamma);
    pulled.assert_equal("beta", &beta);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn convolution_and_its_gradients_equal_burns(case in cases()) {
        check_convolution(case);
    }

    #[test]
    fn a_fixed_norm_and_its_gradients_equal_burns(case in cases()) {
        check_fixed_norm(case);
    }

    #[test]
    fn norm_and_its_gradients_equal_burns(case in cases()) {
        // With one or two samples the variance is nearly nothing, and rounding is all there is to compare.
        prop_assume!(case.batch * (case.size[0] / 2) * (case.size[1] / 2) > 8);
        // The norm takes the size of a single weight out again: its gradient is rounding, too.
        prop_assume!(case.weight_shape()[1..].iter().product::<usize>() > 1);
        check_norm(case);
    }
}
