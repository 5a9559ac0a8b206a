//! The mean of two models of one architecture, weight by weight.
//!
//! # Source
//! Wortsman et al. 2022, "Robust fine-tuning of zero-shot models": between a model and what fine-tuning made
//! of it lies one that keeps much of what both know.

use safetensors::{SafeTensors, tensor::TensorView};

use super::{bundle::ModelBundle, weights::WeightsError};

/// The weights `share * b + (1 - share) * a`, as safetensors.
///
/// # Errors
/// [`WeightsError`] if the two do not hold the same tensors.
pub fn average_weights(a: &ModelBundle, b: &ModelBundle, share: f32) -> Result<Vec<u8>, WeightsError> {
    let unreadable = |name: &str, source: safetensors::SafeTensorError| WeightsError::Unreadable {
        name: name.to_owned(),
        reason: source.to_string(),
    };
    let mismatch = |report: String| WeightsError::Mismatch {
        name: b.name.clone(),
        report,
    };
    if a.architecture != b.architecture {
        return Err(mismatch(format!("{} is of another architecture", a.name)));
    }
    let first = SafeTensors::deserialize(&a.weights).map_err(|e| unreadable(&a.name, e))?;
    let second = SafeTensors::deserialize(&b.weights).map_err(|e| unreadable(&b.name, e))?;
    let mut mixed: Vec<(String, Vec<usize>, Vec<u8>)> = Vec::new();
    for (name, view) in first.iter() {
        let other = second
            .tensor(name)
            .map_err(|e| mismatch(format!("{name}: {e}")))?;
        if other.shape() != view.shape() || other.dtype() != view.dtype() {
            return Err(mismatch(format!("{name} has another shape")));
        }
        let bytes = floats(view.data())
            .zip(floats(other.data()))
            .flat_map(|(from, to)| share.mul_add(to - from, from).to_le_bytes())
            .collect();
        mixed.push((name.to_owned(), view.shape().to_vec(), bytes));
    }
    let mut views = Vec::new();
    for (name, shape, bytes) in &mixed {
        let view = TensorView::new(safetensors::Dtype::F32, shape.clone(), bytes);
        views.push((name.as_str(), view.map_err(|e| unreadable(name, e))?));
    }
    safetensors::serialize(views, None).map_err(|e| unreadable(&b.name, e))
}

fn floats(bytes: &[u8]) -> impl Iterator<Item = f32> + '_ {
    bytes
        .as_chunks::<4>()
        .0
        .iter()
        .map(|chunk| f32::from_le_bytes(*chunk))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::vision::{Architecture, decode::DecodeSettings};

    fn bundle(values: [f32; 2]) -> ModelBundle {
        let bytes: Vec<u8> = values.iter().flat_map(|v| v.to_le_bytes()).collect();
        let view = TensorView::new(safetensors::Dtype::F32, vec![2], &bytes).unwrap();
        ModelBundle {
            name: "test".to_owned(),
            architecture: Architecture::checkout(&["apple"]),
            decode: DecodeSettings::LANE,
            class_thresholds: BTreeMap::new(),
            dataset_version: String::new(),
            metrics: Vec::new(),
            weights: safetensors::serialize([("w", view)], None).unwrap(),
        }
    }

    #[test]
    fn a_quarter_of_the_way_by_hand() {
        let mixed = average_weights(&bundle([0.0, 8.0]), &bundle([4.0, 0.0]), 0.25).unwrap();
        let file = SafeTensors::deserialize(&mixed).unwrap();
        assert_eq!(
            floats(file.tensor("w").unwrap().data()).collect::<Vec<_>>(),
            [1.0, 6.0]
        );
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
