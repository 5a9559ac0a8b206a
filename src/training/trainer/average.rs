//! The exponential moving average of a network's weights.

use std::collections::{HashMap, HashSet};

use burn::{
    module::{Module, ModuleMapper, ModuleVisitor, Param, ParamId},
    tensor::{Tensor, TensorData},
};

/// Averages of all float parameters and running statistics, on the host.
#[derive(Debug, Clone, Default)]
pub struct WeightAverage {
    decay: f32,
    updates: u32,
    values: HashMap<ParamId, Vec<f32>>,
}

impl WeightAverage {
    /// An average that starts at the module's weights. `updates` is how often it was updated before, in an
    /// earlier part of the same run.
    #[must_use]
    pub fn new<M: Module>(module: &M, decay: f32, updates: u32) -> Self {
        let mut average = Self {
            decay,
            updates,
            values: HashMap::new(),
        };
        average.fold_rest(module, 0.0, &HashSet::new());
        average
    }

    /// How often it was updated.
    #[must_use]
    pub const fn updates(&self) -> u32 {
        self.updates
    }

    /// Counts an update and says how much of the average it keeps. Early on it is less, so that the average
    /// does not remember the start of the run for long.
    pub(in crate::training) fn begin(&mut self) -> f32 {
        self.updates = self.updates.saturating_add(1);
        let count = self.updates as f32;
        self.decay.min((1.0 + count) / (10.0 + count))
    }

    /// Moves the average of one parameter towards its value.
    pub(in crate::training) fn fold(&mut self, id: ParamId, now: &[f32], keep: f32) {
        match self.values.get_mut(&id) {
            Some(average) => {
                for (a, n) in average.iter_mut().zip(now) {
                    *a = n + keep * (*a - n);
                }
            }
            None => {
                self.values.insert(id, now.to_vec());
            }
        }
    }

    /// Moves the averages of the parameters that are not in `done` towards their values.
    pub(in crate::training) fn fold_rest<M: Module>(
        &mut self,
        module: &M,
        keep: f32,
        done: &HashSet<ParamId>,
    ) {
        module.visit(&mut Fold {
            average: self,
            keep,
            done,
        });
    }

    /// The module with the averaged weights, for measuring and saving.
    #[must_use]
    pub fn apply<M: Module>(&self, module: &M) -> M {
        // `valid` copies the running statistics, which a plain clone would share with the original.
        module.valid().map(&mut Assign { values: &self.values })
    }
}

struct Fold<'a> {
    average: &'a mut WeightAverage,
    keep: f32,
    done: &'a HashSet<ParamId>,
}

impl ModuleVisitor for Fold<'_> {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        if self.done.contains(&param.id) {
            return;
        }
        let now = param.val().into_data();
        let now = now.as_slice::<f32>().expect("weights are f32");
        self.average.fold(param.id, now, self.keep);
    }
}

struct Assign<'a> {
    values: &'a HashMap<ParamId, Vec<f32>>,
}

impl ModuleMapper for Assign<'_> {
    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        let Some(values) = self.values.get(&param.id) else {
            return param;
        };
        let values = values.clone();
        param.map(|tensor| {
            let data = TensorData::new(values, tensor.shape());
            Tensor::from_data(data, &tensor.device())
        })
    }
}

#[cfg(test)]
mod tests {
    use burn::{
        nn::{Linear, LinearConfig},
        tensor::Device,
    };

    use super::*;

    fn filled(value: f32) -> Linear {
        let mut linear = LinearConfig::new(1, 1).with_bias(false).init(&Device::flex());
        linear.weight = linear.weight.map(|w| w.zeros_like() + value);
        linear
    }

    fn weight(linear: &Linear) -> f32 {
        linear.weight.val().into_data().try_to_vec::<f32>().unwrap()[0]
    }

    #[test]
    fn the_average_follows_by_hand() {
        let mut module = filled(0.0);
        let mut average = WeightAverage::new(&module, 0.5, 1000);
        module.weight = module.weight.map(|w| w + 8.0);
        let keep = average.begin();
        average.fold_rest(&module, keep, &HashSet::new());
        assert!((weight(&average.apply(&module)) - 4.0).abs() < 1e-6);
        let keep = average.begin();
        average.fold(module.weight.id, &[8.0], keep);
        average.fold_rest(&module, keep, &[module.weight.id].into());
        assert!(
            (weight(&average.apply(&module)) - 6.0).abs() < 1e-6,
            "each is folded once"
        );
        assert!((weight(&module) - 8.0).abs() < 1e-6, "the module itself stays");
        assert_eq!(average.updates(), 1002);
        assert!((WeightAverage::default().begin() - 0.0).abs() < 1e-6);
    }
}
