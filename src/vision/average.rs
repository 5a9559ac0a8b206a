//! The mean of two models of one architecture, weight by weight.
//!
//! # Source
//! Wortsman et al. 2022, "Robust fine-tuning of zero-shot models": between a model and what fine-tuning made
//! of it lies one that keeps much of what both know.

use super::{
    bundle::ModelBundle,
    weights::{Dictionary, WeightsError},
};

/// The weights `share * b + (1 - share) * a`, as safetensors.
///
/// # Errors
/// [`WeightsError`] if the two do not hold the same tensors.
pub fn average_weights(a: &ModelBundle, b: &ModelBundle, share: f32) -> Result<Vec<u8>, WeightsError> {
    let mismatch = |report: String| WeightsError::Mismatch {
        name: b.name.clone(),
        report,
    };
    if a.architecture != b.architecture {
        return Err(mismatch(format!("{} is of another architecture", a.name)));
    }
    let second = Dictionary::from_safetensors(&b.weights, &b.name)?;
    let mut mixed = Dictionary::default();
    for (name, mut tensor) in Dictionary::from_safetensors(&a.weights, &a.name)? {
        let Some(other) = second.get(&name).filter(|other| other.shape == tensor.shape) else {
            return Err(mismatch(format!("{name} is missing or has another shape")));
        };
        for (value, to) in tensor.values.iter_mut().zip(&other.values) {
            *value = share.mul_add(to - *value, *value);
        }
        mixed.insert(name, tensor);
    }
    mixed.to_safetensors()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::vision::{Architecture, decode::DecodeSettings, weights::NamedTensor};

    fn bundle(values: [f32; 2]) -> ModelBundle {
        let tensor = NamedTensor {
            shape: vec![2],
            values: values.to_vec(),
        };
        ModelBundle {
            name: "test".to_owned(),
            architecture: Architecture::checkout(&["apple"]),
            decode: DecodeSettings::LANE,
            class_thresholds: BTreeMap::new(),
            dataset_version: String::new(),
            metrics: Vec::new(),
            weights: Dictionary::from_iter([("w".to_owned(), tensor)])
                .to_safetensors()
                .unwrap(),
        }
    }

    #[test]
    fn a_quarter_of_the_way_by_hand() {
        let mixed = average_weights(&bundle([0.0, 8.0]), &bundle([4.0, 0.0]), 0.25).unwrap();
        let mixed = Dictionary::from_safetensors(&mixed, "mixed").unwrap();
        assert_eq!(mixed.get("w").unwrap().values, [1.0, 6.0]);
    }

    #[test]
    fn models_of_two_architectures_are_not_mixed() {
        let other = ModelBundle {
            architecture: Architecture::checkout(&["pear"]),
            ..bundle([0.0; 2])
        };
        assert!(average_weights(&bundle([0.0; 2]), &other, 0.5).is_err());
    }
}
