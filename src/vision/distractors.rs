//! Gives a trained model more outputs, for distractors or for new classes: what it knows stays, the new outputs
//! start unlikely.

use super::{
    architecture::Architecture,
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
    grow(
        bundle,
        bundle.architecture.class_outputs(),
        &vec![Start::default(); added],
    )
}

/// What a new output of the class heads begins as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Start {
    /// Blank: as unlikely everywhere.
    #[default]
    Unlikely,
    /// As an output that is there already, counted from the background, which is 0.
    Like(usize),
}

/// The architecture and the weights, as safetensors, of `bundle` with `added` classes after those it has.
/// They come before the distractors, so that the class ids of before stay what they were.
///
/// # Errors
/// As [`grow_class_heads`].
pub fn grow_classes(
    bundle: &ModelBundle,
    added: &[(String, Start)],
) -> Result<(Architecture, Vec<u8>), WeightsError> {
    let starts: Vec<Start> = added.iter().map(|(_, start)| *start).collect();
    let weights = grow(bundle, 1 + bundle.architecture.classes.len(), &starts)?;
    let mut architecture = bundle.architecture.clone();
    architecture
        .classes
        .extend(added.iter().map(|(name, _)| name.clone()));
    Ok((architecture, weights))
}

/// Puts an output for each of `starts` before output `at` of every default box.
fn grow(bundle: &ModelBundle, at: usize, starts: &[Start]) -> Result<Vec<u8>, WeightsError> {
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
            let blank = if name.ends_with("bias") { UNLIKELY } else { 0.0 };
            let row = tensor.values.len() / rows;
            tensor.values = with_rows(&tensor.values, row, (outputs, at), (starts, blank));
            tensor.shape[0] = rows / outputs * (outputs + starts.len());
        }
        grown.insert(name, tensor);
    }
    grown.to_safetensors()
}

/// Puts a row for each of `starts` before row `at` of every `outputs` rows of `row` values: a box's outputs lie
/// together.
fn with_rows(
    values: &[f32],
    row: usize,
    (outputs, at): (usize, usize),
    (starts, blank): (&[Start], f32),
) -> Vec<f32> {
    let blank = vec![blank; row];
    let mut grown = Vec::with_capacity(values.len() / outputs * (outputs + starts.len()));
    for of_a_box in values.chunks_exact(row * outputs) {
        let (before, after) = of_a_box.split_at(at * row);
        grown.extend_from_slice(before);
        for start in starts {
            let like = match start {
                Start::Unlikely => None,
                Start::Like(output) => of_a_box.chunks_exact(row).nth(*output),
            };
            grown.extend_from_slice(like.unwrap_or(&blank));
        }
        grown.extend_from_slice(after);
    }
    grown
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use burn::tensor::{Device, Tensor, activation::softmax};

    use super::*;
    use crate::vision::{
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
    #[test]
    fn rows_go_where_they_belong() {
        // Two boxes of three outputs (background, a class, a distractor), one value each.
        let values = [1.0, 2.0, 3.0, 11.0, 12.0, 13.0];
        let grown = with_rows(&values, 1, (3, 2), (&[Start::Unlikely, Start::Like(2)], -3.0));
        assert_eq!(grown, [1.0, 2.0, -3.0, 3.0, 3.0, 11.0, 12.0, -3.0, 13.0, 13.0]);
    }

    #[test]
    fn new_classes_come_before_the_distractors() {
        let device = Device::flex();
        let architecture = Architecture {
            distractors: vec!["orange".to_owned()],
            ..Architecture::checkout(&["apple"])
        };
        let old = Ssd::new(&architecture, &device);
        let bundle = ModelBundle {
            name: "old".to_owned(),
            architecture,
            decode: DecodeSettings::LANE,
            class_thresholds: BTreeMap::new(),
            dataset_version: String::new(),
            metrics: Vec::new(),
            weights: to_bytes(&old).unwrap(),
        };
        let (architecture, weights) = grow_classes(&bundle, &[("tea".to_owned(), Start::Like(2))]).unwrap();
        assert_eq!(architecture.classes, ["apple", "tea"]);
        assert_eq!(architecture.distractors, ["orange"]);
        let mut new = Ssd::new(&architecture, &device);
        load_bytes(&mut new, weights, Naming::Native, "grown").unwrap();
        let picture = Tensor::<4>::random([1, 3, 224, 224], burn::tensor::Distribution::Default, &device);
        let (old, new) = (
            old.folded().forward(picture.clone()).logits,
            new.folded().forward(picture).logits,
        );
        for (before, after) in [(0, 0), (1, 1), (2, 2), (2, 3)] {
            let difference = (old.clone().narrow(2, before, 1) - new.clone().narrow(2, after, 1)).abs();
            assert!(
                difference.max().into_scalar::<f32>() < 1e-5,
                "{before} and {after}"
            );
        }
    }
}
