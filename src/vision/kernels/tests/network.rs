//! A whole detector: the same outputs and gradients with these operators as with burn's.

use std::sync::Mutex;

use burn::{
    module::{Flag, Module as _, ModuleMapper, ModuleVisitor, Param},
    tensor::{Device, Gradients, Tensor},
};

use super::Noise;
use crate::vision::{Architecture, Ssd, kernels};

/// The operators are switched for the whole program: one test at a time.
static SWITCH: Mutex<()> = Mutex::new(());

/// Moves every parameter a little. Fresh biases are zero, so that pixels of a dark area come out as exactly
/// zero, where the gradient of a clamp is a matter of taste: burn's lets it pass, PyTorch's and ours do not.
struct Perturb(Noise);

impl ModuleMapper for Perturb {
    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        param.map(|values| {
            let values = values.inner();
            let noise = self.0.tensor(values.dims(), &values.device());
            Tensor::from_inner(values + noise * 0.02).require_grad()
        })
    }
}

struct FreezeNorms;

impl ModuleMapper for FreezeNorms {
    fn map_flag(&mut self, flag: Param<Flag>) -> Param<Flag> {
        flag.with_value(false)
    }
}

/// The gradient of every parameter in turn.
struct Collect<'a> {
    gradients: &'a Gradients,
    values: Vec<Vec<f32>>,
}

impl ModuleVisitor for Collect<'_> {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        if let Some(gradient) = param.val().grad(self.gradients) {
            self.values.push(super::values(gradient));
        }
    }
}

fn step(network: &Ssd, input: &Tensor<4>, fused: bool) -> (Vec<f32>, Vec<Vec<f32>>) {
    kernels::set_enabled(fused);
    let output = network.forward(input.clone());
    let logits = super::values(output.logits.clone());
    let loss = output.logits.powi_scalar(2).mean() + output.offsets.sin().mean();
    let gradients = loss.backward();
    kernels::set_enabled(true);
    let mut collect = Collect {
        gradients: &gradients,
        values: Vec::new(),
    };
    network.visit(&mut collect);
    (logits, collect.values)
}

fn relative_error(ours: &[f32], theirs: &[f32]) -> f64 {
    let norm = |values: &mut dyn Iterator<Item = f32>| -> f64 {
        values.map(|v| f64::from(v) * f64::from(v)).sum::<f64>().sqrt()
    };
    let difference = norm(&mut ours.iter().zip(theirs).map(|(a, b)| a - b));
    difference / norm(&mut theirs.iter().copied()).max(1e-6)
}

/// A value that rounding puts on the other side of a clamp's corner changes all gradients before it by some
/// thousandths, so single gradients may be off by `tolerance`; behind the last such value they are equal to
/// rounding, which a mistake in an operator would not leave.
fn check(frozen: bool, tolerance: f64) {
    let _alone = SWITCH.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let device = Device::flex().autodiff();
    let network = Ssd::new(&Architecture::checkout_dense(&["apple", "milk"]), &device).train();
    let mut network = network.map(&mut Perturb(Noise(3)));
    if frozen {
        network = network.map(&mut FreezeNorms);
    }
    let input = Noise(5).tensor([4, 3, 160, 160], &device);
    let (logits, gradients) = step(&network, &input, true);
    let (burns_logits, burns_gradients) = step(&network, &input, false);
    assert!(relative_error(&logits, &burns_logits) < 1e-4, "the logits differ");
    assert_eq!(gradients.len(), burns_gradients.len());
    assert!(gradients.len() > 200, "{} gradients", gradients.len());
    let mut exact = 0;
    for (index, (ours, theirs)) in gradients.iter().zip(&burns_gradients).enumerate() {
        let error = relative_error(ours, theirs);
        assert!(
            error < tolerance,
            "gradient {index} of {} values: {error}",
            ours.len()
        );
        exact += usize::from(error < 1e-4);
    }
    assert!(exact > 30, "{exact} gradients are equal to rounding");
}

#[test]
fn a_detector_with_frozen_norms_has_burns_gradients() {
    check(true, 2e-2);
}

#[test]
fn a_detector_on_batch_statistics_has_burns_gradients() {
    // Fifty norms in a row, the last on maps of one pixel, amplify rounding.
    check(false, 0.15);
}
