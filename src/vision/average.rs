//! The mean of two models of one architecture, weight by weight.
//!
//! # Source
//! Wortsman et al. 2022, "Robust fine-tuning of zero-shot models": between a model and what fine-tuning made
//! of it lies one that keeps much of what both know.

use std::borrow::Cow;

use super::{
    bundle::ModelBundle,
    distractors::grow_class_heads,
    weights::{Dictionary, WeightsError},
};

/// The model `share * b + (1 - share) * a`, otherwise like `b`. Where only one of them has distractors, the
/// other's heads first get outputs for them that are unlikely, see [`grow_class_heads`].
///
/// # Errors
/// [`WeightsError`] if the two are of different architectures or do not hold the same tensors.
pub fn average(a: &ModelBundle, b: &ModelBundle, share: f32) -> Result<ModelBundle, WeightsError> {
    let (a, b) = (with_distractors_of(a, b)?, with_distractors_of(b, a)?);
    Ok(ModelBundle {
        weights: average_weights(&a, &b, share)?,
        dataset_version: format!(
            "{share} of ({}), the rest of ({})",
            b.dataset_version, a.dataset_version
        ),
        metrics: Vec::new(),
        ..b.into_owned()
    })
}

/// The bundle, with outputs for the distractors of another one if it has none of its own.
fn with_distractors_of<'a>(
    bundle: &'a ModelBundle,
    other: &ModelBundle,
) -> Result<Cow<'a, ModelBundle>, WeightsError> {
    let distractors = &other.architecture.distractors;
    if distractors.is_empty() || !bundle.architecture.distractors.is_empty() {
        return Ok(Cow::Borrowed(bundle));
    }
    let mut grown = ModelBundle {
        weights: grow_class_heads(bundle, distractors.len())?,
        ..bundle.clone()
    };
    grown.architecture.distractors.clone_from(distractors);
    Ok(Cow::Owned(grown))
}

/// The weights `share * b + (1 - share) * a`, as safetensors.
fn average_weights(a: &ModelBundle, b: &ModelBundle, share: f32) -> Result<Vec<u8>, WeightsError> {
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
        let mixed = average(&bundle([0.0, 8.0]), &bundle([4.0, 0.0]), 0.25).unwrap();
        let mixed = Dictionary::from_safetensors(&mixed.weights, "mixed").unwrap();
        assert_eq!(mixed.get("w").unwrap().values, [1.0, 6.0]);
    }

    /// A class head of one box a cell: background, an apple, and perhaps distractors.
    fn head(biases: &[f32], distractors: &[&str]) -> ModelBundle {
        let tensor = NamedTensor {
            shape: vec![biases.len()],
            values: biases.to_vec(),
        };
        let name = "class_heads.0.predict.bias".to_owned();
        let mut bundle = ModelBundle {
            weights: Dictionary::from_iter([(name, tensor)]).to_safetensors().unwrap(),
            ..bundle([0.0; 2])
        };
        bundle.architecture.distractors = distractors.iter().map(|&name| name.to_owned()).collect();
        bundle
    }

    #[test]
    fn a_model_without_distractors_gets_those_of_the_other_first() {
        let (plain, grown) = (head(&[0.0, 2.0], &[]), head(&[4.0, 4.0, 1.0], &["pear"]));
        // A new output starts at -3: half of it and half of 1 is -1.
        for (a, b) in [(&plain, &grown), (&grown, &plain)] {
            let mixed = average(a, b, 0.5).unwrap();
            assert_eq!(mixed.architecture, grown.architecture);
            let weights = Dictionary::from_safetensors(&mixed.weights, "mixed").unwrap();
            let biases = weights.get("class_heads.0.predict.bias").unwrap();
            assert_eq!(biases.values, [2.0, 3.0, -1.0]);
        }
        let other = head(&[4.0, 4.0, 1.0], &["quince"]);
        assert!(
            average(&other, &grown, 0.5).is_err(),
            "which is which is not known"
        );
    }

    #[test]
    fn models_of_two_architectures_are_not_mixed() {
        let other = ModelBundle {
            architecture: Architecture::checkout(&["pear"]),
            ..bundle([0.0; 2])
        };
        assert!(average(&bundle([0.0; 2]), &other, 0.5).is_err());
    }
}
