//! Gives a trained model outputs for distractors: what it knows stays, the new outputs start unlikely.

use super::{
    bundle::ModelBundle,
    network::head::is_class_prediction,
    weights::{Dictionary, WeightsError},
};

/// What a new output says before it learned anything; the softmax then gives it next to nothing.
const UNLIKELY: f32 = -3.0;

/// The weights of `bundle`, as safetensors, with `added` more outputs for each default box.
///
/// # Errors
/// [`WeightsError`] if the weights cannot be read or a class head has another size than the architecture.
pub fn grow_class_heads(bundle: &ModelBundle, added: usize) -> Result<Vec<u8>, WeightsError> {
    let outputs = bundle.architecture.class_outputs();
    let mut grown = Dictionary::default();
    for (name, mut tensor) in Dictionary::from_safetensors(&bundle.weights, &bundle.name)? {
        if is_class_prediction(&name) {
            let rows = tensor.shape.first().copied().unwrap_or(0);
            if rows == 0 || !rows.is_multiple_of(outputs) {
                return Err(WeightsError::Mismatch {
                    name: bundle.name.clone(),
                    report: format!("{name} has {rows} rows, which {outputs} outputs a box do not divide"),
                });
            }
            let start = if name.ends_with("bias") { UNLIKELY } else { 0.0 };
            tensor.values = with_rows(&tensor.values, rows, (outputs, added), start);
            tensor.shape[0] = rows / outputs * (outputs + added);
        }
        grown.insert(name, tensor);
    }
    grown.to_safetensors()
}

/// Puts `added` rows of `value` after every `outputs` rows: a box's outputs lie together.
fn with_rows(values: &[f32], rows: usize, (outputs, added): (usize, usize), value: f32) -> Vec<f32> {
    let row = values.len() / rows;
    let fresh = vec![value; added * row];
    values
        .chunks_exact(row * outputs)
        .flat_map(|of_a_box| [of_a_box, &fresh])
        .flatten()
        .copied()
        .collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use burn::tensor::{Device, Tensor, activation::softmax};

    use super::*;
    use crate::vision::{
        Architecture,
        decode::DecodeSettings,
        ssd::Ssd,
        weights::{Naming, load_bytes, to_bytes},
    };

    #[test]
    fn the_old_outputs_stay_and_the_new_ones_are_unlikely() {
        let device = Device::flex();
        let architecture = Architecture::checkout(&["apple", "milk"]);
        let old = Ssd::new(&architecture, &device);
        let bundle = ModelBundle {
            name: "old".to_owned(),
            architecture: architecture.clone(),
            decode: DecodeSettings::LANE,
            class_thresholds: BTreeMap::new(),
            dataset_version: String::new(),
            metrics: Vec::new(),
            weights: to_bytes(&old).unwrap(),
        };
        let mut new = Ssd::new(
            &Architecture {
                distractors: vec!["orange".to_owned(), "juice".to_owned()],
                ..architecture
            },
            &device,
        );
        let grown = grow_class_heads(&bundle, 2).unwrap();
        load_bytes(&mut new, grown, Naming::Native, "grown").unwrap();
        let picture = Tensor::<4>::random([1, 3, 224, 224], burn::tensor::Distribution::Default, &device);
        let (old, new) = (
            old.folded().forward(picture.clone()),
            new.folded().forward(picture),
        );
        assert_eq!(new.logits.dims(), [1, 5250, 5]);
        let difference = (old.logits - new.logits.clone().narrow(2, 0, 3)).abs().max();
        assert!(difference.into_scalar::<f32>() < 1e-5);
        let likely = softmax(new.logits, 2).narrow(2, 3, 2).max().into_scalar::<f32>();
        assert!(likely < 0.2, "{likely}");
    }
}
