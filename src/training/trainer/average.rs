//! The exponential moving average of a network's weights.

use std::collections::HashMap;

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
            decay: 0.0,
            updates,
            values: HashMap::new(),
        };
        average.fold(module, 0.0);
        average.decay = decay;
        average
    }

    /// How often it was updated.
    #[must_use]
    pub const fn updates(&self) -> u32 {
        self.updates
    }

    /// Moves the average towards the module's weights. Early on it moves faster, so that it does not
    /// remember the start of the run for long.
    pub fn update<M: Module>(&mut self, module: &M) {
        self.updates = self.updates.saturating_add(1);
        let count = self.updates as f32;
        self.fold(module, self.decay.min((1.0 + count) / (10.0 + count)));
    }

    fn fold<M: Module>(&mut self, module: &M, keep: f32) {
        module.visit(&mut Fold {
            values: &mut self.values,
            keep,
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
    values: &'a mut HashMap<ParamId, Vec<f32>>,
    keep: f32,
}

impl ModuleVisitor for Fold<'_> {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        let now = param
            .val()
            .into_data()
            .try_to_vec::<f32>()
            .expect("weights are f32");
        match self.values.get_mut(&param.id) {
            Some(average) => {
                for (a, n) in average.iter_mut().zip(&now) {
                    *a = self.keep.mul_add(*a - n, *n);
                }
            }
            None => {
                self.values.insert(param.id, now);
            }
        }
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
        average.update(&module);
        assert!((weight(&average.apply(&module)) - 4.0).abs() < 1e-6);
        average.update(&module);
        assert!((weight(&average.apply(&module)) - 6.0).abs() < 1e-6);
        assert!((weight(&module) - 8.0).abs() < 1e-6, "the module itself stays");
    }
}
