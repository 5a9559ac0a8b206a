//! From the gradients of a batch to new weights, with a guard that names what is no number any more.
//!
//! Gradients come to the host once; there they are checked, clipped together, and used by the update rule
//! and the moving average while the weights are at hand.

use std::collections::{HashMap, HashSet};

use burn::{
    module::{Module as _, ModuleMapper, ModuleVisitor, Param, ParamId},
    tensor::{Gradients, Tensor, TensorData},
};

use super::{
    average::WeightAverage,
    freeze::is_statistic,
    optimizer::{Optimizer, Strength},
    settings::TrainSettings,
};
use crate::vision::Ssd;

/// The gradient of one tensor.
struct HostGradient {
    path: String,
    values: Vec<f32>,
}

/// The gradients of one batch, on the host.
pub(in crate::training) struct HostGradients {
    tensors: HashMap<ParamId, HostGradient>,
    /// Order of the network, so that sums do not depend on a hash.
    order: Vec<ParamId>,
}

impl HostGradients {
    /// Takes the gradients of a network's learning parameters.
    pub(in crate::training) fn take(network: &Ssd, gradients: &mut Gradients) -> Self {
        let mut taken = Self {
            tensors: HashMap::new(),
            order: Vec::new(),
        };
        network.visit(&mut Take {
            gradients,
            taken: &mut taken,
            path: Vec::new(),
        });
        taken
    }

    /// Lets `change` see and change the gradient of every tensor, by its path, in the network's order.
    pub(in crate::training) fn change(&mut self, mut change: impl FnMut(&str, &mut [f32])) {
        for id in &self.order {
            if let Some(gradient) = self.tensors.get_mut(id) {
                change(&gradient.path, &mut gradient.values);
            }
        }
    }

    /// Cuts each value to `clip_value` and then all together to `clip_norm`, and gives the length that all
    /// had together before that; or the path of the first tensor with a value that is no number.
    pub(in crate::training) fn clip(&mut self, settings: &TrainSettings) -> Result<f64, String> {
        let mut square = 0.0;
        for id in &self.order {
            let Some(gradient) = self.tensors.get_mut(id) else {
                continue;
            };
            // Squares of `f32` cannot overflow an `f64`: the sum is a number if all values are.
            let own: f64 = gradient
                .values
                .iter()
                .map(|g| f64::from(*g) * f64::from(*g))
                .sum();
            if !own.is_finite() {
                return Err(gradient.path.clone());
            }
            square += match settings.clip_value {
                None => own,
                Some(limit) => {
                    gradient
                        .values
                        .iter_mut()
                        .for_each(|g| *g = g.clamp(-limit, limit));
                    gradient
                        .values
                        .iter()
                        .map(|g| f64::from(*g) * f64::from(*g))
                        .sum()
                }
            };
        }
        let length = square.sqrt();
        if let Some(limit) = settings.clip_norm.filter(|limit| length > f64::from(*limit)) {
            let part = crate::geom::cast::narrow_f32(f64::from(limit) / length);
            for id in &self.order {
                if let Some(gradient) = self.tensors.get_mut(id) {
                    gradient.values.iter_mut().for_each(|g| *g *= part);
                }
            }
        }
        Ok(length)
    }
}

struct Take<'a> {
    gradients: &'a mut Gradients,
    taken: &'a mut HostGradients,
    path: Vec<String>,
}

impl ModuleVisitor for Take<'_> {
    fn enter_module(&mut self, name: &str, _container: &str) {
        self.path.push(name.to_owned());
    }

    fn exit_module(&mut self, _name: &str, _container: &str) {
        self.path.pop();
    }

    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        if is_statistic(&self.path) || !param.is_require_grad() {
            return;
        }
        let Some(gradient) = param.val().grad_remove(self.gradients) else {
            return;
        };
        let values = gradient
            .into_data()
            .try_to_vec::<f32>()
            .expect("gradients of f32 weights are f32");
        let path = self.path.join(".");
        self.taken.order.push(param.id);
        self.taken.tensors.insert(param.id, HostGradient { path, values });
    }
}

/// Rates and decay of a step for each group of parameters.
#[derive(Debug, Clone, Copy)]
pub(in crate::training) struct Strengths {
    /// Rate of what lies between the backbone and the heads.
    pub rate: f64,
    /// Rate of the backbone.
    pub backbone: f64,
    /// Rate of the heads.
    pub heads: f64,
    /// Weight decay.
    pub decay: f32,
    /// Weight decay of norms and biases.
    pub small_decay: f32,
}

/// Group that a parameter belongs to, by its path.
pub(in crate::training) fn group(path: &str) -> &'static str {
    let first = path.split('.').next().unwrap_or("");
    if first == "backbone" {
        "backbone"
    } else if first.contains("head") {
        "heads"
    } else {
        "extra layers"
    }
}

impl Strengths {
    /// Norms, biases and scales have one number a channel; they are not to shrink.
    fn of(self, path: &str, rank: usize) -> Strength {
        Strength {
            rate: match group(path) {
                "backbone" => self.backbone,
                "heads" => self.heads,
                _ => self.rate,
            },
            decay: if rank <= 1 { self.small_decay } else { self.decay },
        }
    }
}

/// Changes the network and its average by the gradients. Gives the path of the first tensor that is no
/// number any more, if one is.
pub(in crate::training) fn apply(
    network: Ssd,
    gradients: HostGradients,
    strengths: Strengths,
    optimizer: &mut Optimizer,
    average: &mut WeightAverage,
) -> (Ssd, Option<String>) {
    let keep = average.begin();
    let mut mapper = Apply {
        gradients: gradients.tensors,
        strengths,
        optimizer,
        average,
        keep,
        done: HashSet::new(),
        broken: None,
    };
    let network = network.map(&mut mapper);
    let Apply { done, broken, .. } = mapper;
    average.fold_rest(&network, keep, &done);
    (network, broken)
}

struct Apply<'a> {
    gradients: HashMap<ParamId, HostGradient>,
    strengths: Strengths,
    optimizer: &'a mut Optimizer,
    average: &'a mut WeightAverage,
    keep: f32,
    done: HashSet<ParamId>,
    broken: Option<String>,
}

impl ModuleMapper for Apply<'_> {
    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        let Some(gradient) = self.gradients.remove(&param.id) else {
            return param;
        };
        let (id, tensor, mapper) = param.consume();
        let device = tensor.device();
        let mut data: TensorData = tensor.inner().into_data();
        let weights = data.as_mut_slice::<f32>().expect("weights are f32");
        let strength = self.strengths.of(&gradient.path, D);
        self.optimizer
            .update(&gradient.path, weights, &gradient.values, strength);
        if self.broken.is_none() && !weights.iter().all(|w| w.is_finite()) {
            self.broken = Some(gradient.path);
        }
        self.average.fold(id, weights, self.keep);
        self.done.insert(id);
        let tensor = Tensor::from_data(data, &device).require_grad();
        Param::from_mapped_value(id, tensor, mapper)
    }
}

/// Path of the first parameter with a value that is no number.
pub(in crate::training) fn broken_weight(network: &Ssd) -> Option<String> {
    let mut finder = FindBroken {
        path: Vec::new(),
        found: None,
    };
    network.visit(&mut finder);
    finder.found
}

struct FindBroken {
    path: Vec<String>,
    found: Option<String>,
}

impl ModuleVisitor for FindBroken {
    fn enter_module(&mut self, name: &str, _container: &str) {
        self.path.push(name.to_owned());
    }

    fn exit_module(&mut self, _name: &str, _container: &str) {
        self.path.pop();
    }

    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        if self.found.is_some() {
            return;
        }
        let data = param.val().into_data();
        let is_number = data
            .as_slice::<f32>()
            .is_ok_and(|values| values.iter().all(|v| v.is_finite()));
        if !is_number {
            self.found = Some(self.path.join("."));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gradients(tensors: &[(&str, &[f32])]) -> HostGradients {
        let mut taken = HostGradients {
            tensors: HashMap::new(),
            order: Vec::new(),
        };
        for (path, values) in tensors {
            let id = ParamId::new();
            taken.order.push(id);
            let gradient = HostGradient {
                path: (*path).to_owned(),
                values: values.to_vec(),
            };
            taken.tensors.insert(id, gradient);
        }
        taken
    }

    fn values(gradients: &HostGradients) -> Vec<f32> {
        let tensors = gradients.order.iter().map(|id| &gradients.tensors[id].values);
        tensors.flatten().copied().collect()
    }

    fn settings(clip_norm: Option<f32>, clip_value: Option<f32>) -> TrainSettings {
        TrainSettings {
            clip_norm,
            clip_value,
            ..TrainSettings::default()
        }
    }

    #[test]
    fn clipping_by_hand() {
        let make = || gradients(&[("a", &[3.0, 0.0]), ("b", &[-4.0])]);
        let mut free = make();
        assert!((free.clip(&settings(None, None)).unwrap() - 5.0).abs() < 1e-9);
        assert_eq!(values(&free), [3.0, 0.0, -4.0]);
        let mut together = make();
        assert!((together.clip(&settings(Some(1.0), None)).unwrap() - 5.0).abs() < 1e-9);
        for (ours, expected) in values(&together).iter().zip([0.6, 0.0, -0.8]) {
            assert!((ours - expected).abs() < 1e-6);
        }
        let mut each = make();
        each.clip(&settings(None, Some(1.0))).unwrap();
        assert_eq!(values(&each), [1.0, 0.0, -1.0]);
        let mut short = make();
        short.clip(&settings(Some(10.0), None)).unwrap();
        assert_eq!(values(&short), [3.0, 0.0, -4.0], "short ones stay");
    }

    #[test]
    fn the_tensor_that_is_no_number_is_named() {
        let mut bad = gradients(&[
            ("a", &[1.0]),
            ("heads.0.weight", &[0.0, f32::NAN]),
            ("c", &[f32::INFINITY]),
        ]);
        assert_eq!(bad.clip(&settings(None, None)), Err("heads.0.weight".to_owned()));
    }

    #[test]
    fn groups_have_rates_of_their_own_and_norms_no_decay() {
        let strengths = Strengths {
            rate: 1.0,
            backbone: 0.1,
            heads: 2.0,
            decay: 0.5,
            small_decay: 0.0,
        };
        let weight = strengths.of("backbone.stem.conv.weight", 4);
        assert!((weight.rate - 0.1).abs() < 1e-12 && (weight.decay - 0.5).abs() < 1e-6);
        let bias = strengths.of("class_heads.0.predict.bias", 1);
        assert!((bias.rate - 2.0).abs() < 1e-12 && bias.decay.abs() < 1e-6);
        assert!((strengths.of("extras.0.grow.conv.weight", 4).rate - 1.0).abs() < 1e-12);
    }
}
