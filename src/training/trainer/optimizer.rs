//! The update rules: stochastic gradient descent with momentum, Adam and `AdamW`.
//!
//! They work on plain slices on the host: one pass over a tensor updates weights and state together, where
//! the same in tensor operations is ten passes, and the state belongs to no device, so that a run started
//! on a GPU can go on on a CPU. Parameters are known by their path in the network, never by a burn id,
//! because ids are drawn anew with each network.
//!
//! # Source
//! Sutskever et al. 2013 (momentum), Kingma and Ba 2015 (Adam), Loshchilov and Hutter 2019 (`AdamW`), in the
//! form of PyTorch 2: checked against it step by step.

use std::{collections::BTreeMap, fmt, str::FromStr};

use rayon::prelude::*;
use safetensors::{Dtype, SafeTensors, tensor::TensorView};
use serde::{Deserialize, Serialize};

/// Decay of Adam's first moment.
const BETA_1: f32 = 0.9;
/// Decay of Adam's second moment.
const BETA_2: f32 = 0.999;
/// Keeps Adam from dividing by zero.
const EPSILON: f32 = 1e-8;
/// Values that one thread updates at a time.
const CHUNK: usize = 1 << 15;

/// Which rule updates the weights.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum OptimizerKind {
    /// Stochastic gradient descent; weight decay is L2, added to the gradient.
    Sgd {
        /// How much of the last step goes into the next.
        momentum: f32,
    },
    /// Adam; weight decay is L2, added to the gradient.
    Adam,
    /// Adam with decoupled weight decay.
    AdamW,
}

impl OptimizerKind {
    /// Says what is wrong, if anything is.
    ///
    /// # Errors
    /// One sentence.
    pub fn check(self) -> Result<(), String> {
        match self {
            Self::Sgd { momentum } if !(0.0..1.0).contains(&momentum) => {
                Err(format!("a momentum of {momentum} is not between 0 and 1"))
            }
            Self::Sgd { .. } | Self::Adam | Self::AdamW => Ok(()),
        }
    }
}

impl FromStr for OptimizerKind {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let unknown =
            || format!("the optimiser {text} is not known; there are sgd, sgd:MOMENTUM, adam and adamw");
        let kind = match text.split_once(':') {
            None if text == "sgd" => Self::Sgd { momentum: 0.9 },
            None if text == "adam" => Self::Adam,
            None if text == "adamw" => Self::AdamW,
            Some(("sgd", momentum)) => Self::Sgd {
                momentum: momentum.parse().map_err(|_not_a_number| unknown())?,
            },
            None | Some(_) => return Err(unknown()),
        };
        kind.check()?;
        Ok(kind)
    }
}

impl fmt::Display for OptimizerKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sgd { momentum } => write!(f, "sgd:{momentum}"),
            Self::Adam => f.write_str("adam"),
            Self::AdamW => f.write_str("adamw"),
        }
    }
}

/// How strongly one tensor is changed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::training) struct Strength {
    /// Learning rate.
    pub rate: f64,
    /// Weight decay.
    pub decay: f32,
}

/// What the rule remembers of one tensor.
#[derive(Debug, Clone, PartialEq, Default)]
struct Moments {
    /// Velocity, or Adam's first moment.
    first: Vec<f32>,
    /// Adam's second moment; empty for gradient descent.
    second: Vec<f32>,
    /// Updates so far.
    steps: u64,
}

/// The rule and what it remembers of every tensor.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::training) struct Optimizer {
    kind: OptimizerKind,
    moments: BTreeMap<String, Moments>,
}

impl Optimizer {
    /// A rule without memory.
    pub(in crate::training) const fn new(kind: OptimizerKind) -> Self {
        Self {
            kind,
            moments: BTreeMap::new(),
        }
    }

    /// Changes the weights of one tensor by its gradient.
    pub(in crate::training) fn update(
        &mut self,
        path: &str,
        weights: &mut [f32],
        gradient: &[f32],
        strength: Strength,
    ) {
        let moments = self.moments.entry(path.to_owned()).or_default();
        moments.steps += 1;
        moments.first.resize(weights.len(), 0.0);
        match self.kind {
            OptimizerKind::Sgd { momentum } => {
                let rate = to_f32(strength.rate);
                weights
                    .par_chunks_mut(CHUNK)
                    .zip(gradient.par_chunks(CHUNK))
                    .zip(moments.first.par_chunks_mut(CHUNK))
                    .for_each(|((weights, gradient), velocity)| {
                        for ((w, g), v) in weights.iter_mut().zip(gradient).zip(velocity) {
                            // Not `mul_add`: without the processor's fused instruction it is a slow call.
                            *v = momentum * *v + (g + strength.decay * *w);
                            *w -= rate * *v;
                        }
                    });
            }
            OptimizerKind::Adam | OptimizerKind::AdamW => {
                moments.second.resize(weights.len(), 0.0);
                adam(
                    moments,
                    weights,
                    gradient,
                    AdamStep::new(self.kind, moments.steps, strength),
                );
            }
        }
    }

    /// The memory as safetensors: `first.PATH`, `second.PATH` and `steps.PATH`.
    ///
    /// # Errors
    /// What safetensors says.
    pub(in crate::training) fn to_bytes(&self) -> Result<Vec<u8>, String> {
        let mut parts: Vec<(String, Dtype, Vec<usize>, Vec<u8>)> = Vec::new();
        let floats = |values: &[f32]| values.iter().flat_map(|v| v.to_le_bytes()).collect::<Vec<u8>>();
        for (path, moments) in &self.moments {
            let values = [("first", &moments.first), ("second", &moments.second)];
            for (name, values) in values.into_iter().filter(|(_, values)| !values.is_empty()) {
                parts.push((
                    format!("{name}.{path}"),
                    Dtype::F32,
                    vec![values.len()],
                    floats(values),
                ));
            }
            let steps = moments.steps.to_le_bytes().to_vec();
            parts.push((format!("steps.{path}"), Dtype::U64, vec![1], steps));
        }
        let mut views = Vec::new();
        for (name, kind, shape, bytes) in &parts {
            let view = TensorView::new(*kind, shape.clone(), bytes).map_err(|e| e.to_string())?;
            views.push((name.as_str(), view));
        }
        safetensors::serialize(views, None).map_err(|e| e.to_string())
    }

    /// The rule with the memory that [`Optimizer::to_bytes`] gave.
    ///
    /// # Errors
    /// One sentence saying what does not fit.
    pub(in crate::training) fn from_bytes(kind: OptimizerKind, bytes: &[u8]) -> Result<Self, String> {
        let file = SafeTensors::deserialize(bytes).map_err(|e| e.to_string())?;
        let mut optimizer = Self::new(kind);
        for (name, view) in file.iter() {
            let (part, path) = name
                .split_once('.')
                .ok_or_else(|| format!("the tensor {name} is not of an optimiser"))?;
            let moments = optimizer.moments.entry(path.to_owned()).or_default();
            match (part, view.dtype()) {
                ("first", Dtype::F32) => moments.first = read_floats(view.data()),
                ("second", Dtype::F32) => moments.second = read_floats(view.data()),
                ("steps", Dtype::U64) => {
                    let bytes = view.data().first_chunk::<8>().ok_or("a step count is missing")?;
                    moments.steps = u64::from_le_bytes(*bytes);
                }
                (_, _) => return Err(format!("the tensor {name} is not of an optimiser")),
            }
        }
        Ok(optimizer)
    }
}

fn read_floats(bytes: &[u8]) -> Vec<f32> {
    let (values, _rest) = bytes.as_chunks::<4>();
    values.iter().map(|v| f32::from_le_bytes(*v)).collect()
}

fn to_f32(value: f64) -> f32 {
    crate::geom::cast::narrow_f32(value)
}

/// The numbers of one step of Adam that are the same for a whole tensor.
#[derive(Clone, Copy)]
struct AdamStep {
    /// Rate over the first moment's bias correction.
    rate: f32,
    /// Square root of the second moment's bias correction.
    spread: f32,
    /// L2 weight decay, added to the gradient.
    pull: f32,
    /// What decoupled weight decay leaves of a weight.
    keep: f32,
}

impl AdamStep {
    fn new(kind: OptimizerKind, steps: u64, strength: Strength) -> Self {
        let steps = i32::try_from(steps).unwrap_or(i32::MAX);
        let rest = |beta: f32| 1.0 - f64::from(beta).powi(steps);
        let decoupled = kind == OptimizerKind::AdamW;
        Self {
            rate: to_f32(strength.rate / rest(BETA_1)),
            spread: to_f32(rest(BETA_2).sqrt()),
            pull: if decoupled { 0.0 } else { strength.decay },
            keep: if decoupled {
                to_f32(1.0 - strength.rate * f64::from(strength.decay))
            } else {
                1.0
            },
        }
    }
}

fn adam(moments: &mut Moments, weights: &mut [f32], gradient: &[f32], step: AdamStep) {
    weights
        .par_chunks_mut(CHUNK)
        .zip(gradient.par_chunks(CHUNK))
        .zip(moments.first.par_chunks_mut(CHUNK))
        .zip(moments.second.par_chunks_mut(CHUNK))
        .for_each(|(((weights, gradient), first), second)| {
            for (((w, g), m), v) in weights.iter_mut().zip(gradient).zip(first).zip(second) {
                let g = g + step.pull * *w;
                *m = BETA_1 * *m + (1.0 - BETA_1) * g;
                *v = BETA_2 * *v + (1.0 - BETA_2) * g * g;
                *w = step.keep * *w - step.rate * *m / (v.sqrt() / step.spread + EPSILON);
            }
        });
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Deserialize)]
    struct Golden {
        start: Vec<f32>,
        gradients: Vec<Vec<f32>>,
        cases: Vec<Case>,
    }

    #[derive(Deserialize)]
    struct Case {
        optimizer: String,
        rate: f64,
        decay: f32,
        weights: Vec<Vec<f32>>,
    }

    #[test]
    fn three_steps_equal_pytorch() {
        let text = include_str!("../../../tests/golden/optimizer/steps.json");
        let golden: Golden = serde_json::from_str(text).unwrap();
        assert!(golden.cases.len() >= 6);
        for case in golden.cases {
            let mut optimizer = Optimizer::new(case.optimizer.parse().unwrap());
            let mut weights = golden.start.clone();
            let strength = Strength {
                rate: case.rate,
                decay: case.decay,
            };
            for (step, (gradient, expected)) in golden.gradients.iter().zip(&case.weights).enumerate() {
                optimizer.update("w", &mut weights, gradient, strength);
                for (ours, theirs) in weights.iter().zip(expected) {
                    assert!(
                        (ours - theirs).abs() <= 2e-6 * theirs.abs().max(1.0),
                        "{} with decay {} after step {step}: {ours} is not {theirs}",
                        case.optimizer,
                        case.decay
                    );
                }
            }
        }
    }

    #[test]
    fn one_step_of_each_by_hand() {
        let strength = Strength {
            rate: 0.1,
            decay: 0.5,
        };
        let after_one = |kind: OptimizerKind| {
            let mut optimizer = Optimizer::new(kind);
            let mut weights = [2.0];
            optimizer.update("w", &mut weights, &[3.0], strength);
            weights[0]
        };
        // 2 - 0.1 * (3 + 0.5 * 2)
        assert!((after_one(OptimizerKind::Sgd { momentum: 0.9 }) - 1.6).abs() < 1e-6);
        // The first step of Adam is the rate, whatever the gradient.
        assert!((after_one(OptimizerKind::Adam) - 1.9).abs() < 1e-6);
        // The same after the weight has shrunk by rate * decay.
        assert!((after_one(OptimizerKind::AdamW) - (2.0 * 0.95 - 0.1)).abs() < 1e-6);
    }

    #[test]
    fn memory_comes_back_from_bytes() {
        for kind in ["sgd:0.8", "adam", "adamw"] {
            let mut optimizer = Optimizer::new(kind.parse().unwrap());
            let strength = Strength {
                rate: 0.1,
                decay: 0.0,
            };
            optimizer.update("backbone.stem", &mut [1.0, 2.0], &[0.5, -1.0], strength);
            optimizer.update("head", &mut [1.0], &[0.5], strength);
            let bytes = optimizer.to_bytes().unwrap();
            let back = Optimizer::from_bytes(optimizer.kind, &bytes).unwrap();
            assert_eq!(back, optimizer, "{kind}");
        }
        let error = Optimizer::from_bytes(OptimizerKind::Adam, b"rubbish").unwrap_err();
        assert!(!error.is_empty());
    }

    #[test]
    fn names_are_read_and_unknown_ones_refused() {
        for kind in ["sgd:0.9", "adam", "adamw"] {
            assert_eq!(kind.parse::<OptimizerKind>().unwrap().to_string(), kind);
        }
        assert!("lion".parse::<OptimizerKind>().unwrap_err().contains("adamw"));
        assert!("sgd:1".parse::<OptimizerKind>().is_err());
        assert!("sgd:x".parse::<OptimizerKind>().is_err());
    }
}
