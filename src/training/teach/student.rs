//! The network that learns: the live model with outputs for the new classes, of which only the heads change.

use burn::{
    module::Module as _,
    tensor::{Device, Tensor, TensorData},
};

use super::{
    cache::{Record, Shapes},
    error::TeachError,
    lesson::{Lesson, LessonGradient, LessonLoss, Outputs, compare},
};
use crate::{
    training::trainer::{
        NormMode, OptimizerKind, TrainSettings, WeightAverage,
        freeze::set_learning,
        optimizer::Optimizer,
        update::{self, HostGradients, Strengths},
    },
    vision::{
        Architecture, Ssd,
        weights::{self, Naming, WeightsError},
    },
};

const WEIGHTS: &str = "weights.safetensors";
const AVERAGE: &str = "average.safetensors";
const OPTIMIZER: &str = "optimizer.safetensors";
/// Decay of the average: that of the last hundred steps or so.
const AVERAGE_DECAY: f32 = 0.985;

/// What of the heads learns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Learning {
    /// The outputs of the new classes.
    NewOutputs,
    /// All of the heads.
    Heads,
}

/// The network that learns.
pub(super) struct Student {
    architecture: Architecture,
    network: Ssd,
    average: WeightAverage,
    optimizer: Optimizer,
    outputs: Outputs,
    /// For each map, the rows of the last layer of its class head: outputs times boxes of a cell.
    rows: Vec<usize>,
    device: Device,
    learning: Option<Learning>,
    limits: TrainSettings,
}

impl Student {
    /// A network of `architecture` that begins with `weights`.
    ///
    /// # Errors
    /// [`TeachError::Weights`] if they do not fit.
    pub(super) fn new(
        architecture: &Architecture,
        weights: Vec<u8>,
        outputs: Outputs,
    ) -> Result<Self, TeachError> {
        let device = Device::flex().autodiff();
        let mut network = Ssd::new(architecture, &device);
        weights::load_bytes(&mut network, weights, Naming::Native, "the live model")?;
        let plan = architecture.plan().map_err(TeachError::Settings)?;
        Ok(Self {
            rows: plan
                .maps
                .iter()
                .map(|map| map.class_head.predict.output.channels)
                .collect(),
            architecture: architecture.clone(),
            average: WeightAverage::new(&network, AVERAGE_DECAY, 0),
            network,
            optimizer: Optimizer::new(OptimizerKind::Adam),
            outputs,
            device,
            learning: None,
            limits: TrainSettings {
                clip_norm: Some(10.0),
                clip_value: None,
                ..TrainSettings::default()
            },
        })
    }

    /// The architecture.
    pub(super) const fn architecture(&self) -> &Architecture {
        &self.architecture
    }

    /// How often the average was updated.
    pub(super) const fn updates(&self) -> u32 {
        self.average.updates()
    }

    /// The averaged weights, as safetensors.
    ///
    /// # Errors
    /// [`TeachError::Weights`].
    pub(super) fn averaged(&self) -> Result<Vec<u8>, TeachError> {
        Ok(weights::to_bytes(&self.average.apply(&self.network))?)
    }

    /// The averaged network, for detection.
    pub(super) fn settled(&self) -> Ssd {
        self.average.apply(&self.network).folded()
    }

    /// One step; `None` if something is no number any more, and then nothing is changed.
    pub(super) fn step(
        &mut self,
        (records, lessons, shapes): (&[Record], &[Lesson], &Shapes),
        learning: Learning,
        (rate, keep): (f64, f32),
    ) -> Option<LessonLoss> {
        self.set(learning);
        let maps = maps_of(records, shapes, &self.device);
        let output = self.network.predict(&maps);
        let (logits, offsets) = (host(&output.logits), host(&output.offsets));
        let LessonGradient {
            loss,
            logits: by_logits,
            offsets: by_offsets,
        } = compare(lessons, &logits, &offsets, self.outputs, keep);
        if !loss.total(1.0).is_finite() {
            return None;
        }
        let by = |values: Vec<f32>, shape: [usize; 3]| {
            Tensor::<3>::from_data(TensorData::new(values, shape), &self.device)
        };
        // The gradient is known; this has it, and nothing else, as its own.
        let mut surrogate = (output.logits.clone() * by(by_logits, output.logits.dims())).sum();
        if learning == Learning::Heads {
            surrogate = surrogate + (output.offsets.clone() * by(by_offsets, output.offsets.dims())).sum();
        }
        let mut gradients = surrogate.backward();
        let mut gradients = HostGradients::take(&self.network, &mut gradients);
        if learning == Learning::NewOutputs {
            gradients.change(|path, values| only_added(path, values, &self.rows, self.outputs));
        }
        gradients.clip(&self.limits).ok()?;
        let strengths = Strengths {
            rate,
            backbone: 0.0,
            heads: rate,
            decay: 0.0,
            small_decay: 0.0,
        };
        let (network, broken) = update::apply(
            self.network.clone(),
            gradients,
            strengths,
            &mut self.optimizer,
            &mut self.average,
        );
        if broken.is_some() {
            return None;
        }
        self.network = network;
        Some(loss)
    }

    /// Says what was learned when the checkpoint that was just taken was written.
    pub(super) fn go_on(&mut self, learning: Learning) {
        self.learning = None;
        self.set(learning);
    }

    fn set(&mut self, learning: Learning) {
        if self.learning == Some(learning) {
            return;
        }
        let mut held = vec!["backbone".to_owned(), "extras".to_owned(), "l2_norms".to_owned()];
        if learning == Learning::NewOutputs {
            held.push("box_heads".to_owned());
            let plan = self.architecture.plan().expect("the architecture was checked");
            let hidden = plan.maps.iter().flat_map(|map| &map.class_head.hidden);
            held.extend(hidden.map(|step| step.path.clone()));
        }
        self.network = set_learning(self.network.clone(), held, NormMode::Frozen);
        // What was learned with other parts says nothing about how fast to go on.
        if self.learning.is_some() {
            self.optimizer = Optimizer::new(OptimizerKind::Adam);
        }
        self.learning = Some(learning);
    }

    /// The files of a checkpoint.
    ///
    /// # Errors
    /// [`TeachError::Weights`].
    pub(super) fn to_bytes(&self) -> Result<[(&'static str, Vec<u8>); 3], TeachError> {
        let unreadable = |reason| WeightsError::Unreadable {
            name: OPTIMIZER.to_owned(),
            reason,
        };
        Ok([
            (WEIGHTS, weights::to_bytes(&self.network.valid())?),
            (AVERAGE, self.averaged()?),
            (OPTIMIZER, self.optimizer.to_bytes().map_err(unreadable)?),
        ])
    }

    /// Takes the files of a checkpoint.
    ///
    /// # Errors
    /// What reading says, or [`TeachError::Weights`].
    pub(super) fn take_bytes(
        &mut self,
        read: &dyn Fn(&str) -> Result<Vec<u8>, TeachError>,
        updates: u32,
    ) -> Result<(), TeachError> {
        let unreadable = |reason| WeightsError::Unreadable {
            name: OPTIMIZER.to_owned(),
            reason,
        };
        let mut network = Ssd::new(&self.architecture, &self.device);
        weights::load_bytes(&mut network, read(WEIGHTS)?, Naming::Native, WEIGHTS)?;
        // The average belongs to the parameters of the network just read.
        let mut averaged = network.valid();
        weights::load_bytes(&mut averaged, read(AVERAGE)?, Naming::Native, AVERAGE)?;
        self.average = WeightAverage::new(&averaged, AVERAGE_DECAY, updates);
        self.optimizer = Optimizer::from_bytes(OptimizerKind::Adam, &read(OPTIMIZER)?).map_err(unreadable)?;
        self.network = network;
        self.learning = None;
        Ok(())
    }
}

/// The feature maps of a batch as the network wants them.
pub(super) fn maps_of(records: &[Record], shapes: &Shapes, device: &Device) -> Vec<Tensor<4>> {
    let mut start = 0;
    let mut maps = Vec::with_capacity(shapes.maps.len());
    for (side, channels) in shapes.maps.iter().copied() {
        let values = side * side * channels;
        let mut together = Vec::with_capacity(values * records.len());
        for record in records {
            together.extend_from_slice(&record.maps[start..start + values]);
        }
        start += values;
        let data = TensorData::new(together, [records.len(), side, side, channels]);
        // In memory the channels of a cell lie together, as the operators want them.
        maps.push(Tensor::<4>::from_data(data, device).permute([0, 3, 1, 2]));
    }
    maps
}

/// Only the rows of new outputs keep their gradient. A box's outputs lie together.
fn only_added(path: &str, values: &mut [f32], rows: &[usize], outputs: Outputs) {
    let map = path
        .split('.')
        .nth(1)
        .and_then(|number| number.parse::<usize>().ok());
    let rows = map.and_then(|map| rows.get(map)).copied().unwrap_or(1);
    let row = (values.len() / rows.max(1)).max(1);
    for (at, row) in values.chunks_mut(row).enumerate() {
        if !outputs.is_added(at % outputs.count()) {
            row.fill(0.0);
        }
    }
}

fn host(tensor: &Tensor<3>) -> Vec<f32> {
    let data = tensor.clone().into_data();
    data.try_to_vec::<f32>().expect("the network computes in f32")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_rows_of_new_outputs_learn() {
        // Two boxes a cell, outputs: background, old, new; two channels.
        let outputs = Outputs {
            before: 1,
            added: 1,
            distractors: 0,
        };
        let mut weights = [1.0; 12];
        only_added("class_heads.0.predict.weight", &mut weights, &[6], outputs);
        assert_eq!(
            weights.map(|value: f32| value > 0.5),
            [0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 1, 1].map(|learns| learns == 1)
        );
        let mut bias = [1.0; 6];
        only_added("class_heads.0.predict.bias", &mut bias, &[6], outputs);
        assert_eq!(
            bias.map(|value: f32| value > 0.5),
            [false, false, true, false, false, true]
        );
    }
}
