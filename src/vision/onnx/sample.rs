//! Models with weights drawn at random: for trying out an export where no trained model is at hand.

use std::collections::BTreeMap;

use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;

use super::ExportError;
use crate::vision::{
    Architecture, ModelBundle,
    architecture::{Activation, Plan, PlannedConv, PlannedHead},
    decode::DecodeSettings,
    weights::{Dictionary, NamedTensor},
};

/// A bundle whose weights are drawn from a seed, batch norms and biases among them, at sizes that keep the
/// maps neither empty nor endless.
///
/// # Errors
/// [`ExportError::Architecture`] if the description does not fit together.
pub fn random_bundle(architecture: Architecture, seed: u64) -> Result<ModelBundle, ExportError> {
    let plan = architecture.plan().map_err(ExportError::Architecture)?;
    let input_size = 127.5 / architecture.normalisation.affine().deviation[0];
    let classes = architecture.class_outputs();
    Ok(ModelBundle {
        name: format!("random-{}", architecture.name),
        architecture,
        decode: DecodeSettings {
            // Without training every class is about as likely as any other; a few boxes stand out.
            score_threshold: 1.6 / classes as f32,
            ..DecodeSettings::LANE
        },
        class_thresholds: BTreeMap::new(),
        dataset_version: format!("drawn at random with seed {seed}"),
        metrics: Vec::new(),
        weights: tensors(&plan, input_size, seed)
            .to_safetensors()
            .map_err(|source| ExportError::Weights(source.to_string()))?,
    })
}

/// All tensors of a network. Its input has values up to about `input_size`, which the first layer takes back.
fn tensors(plan: &Plan, input_size: f32, seed: u64) -> Dictionary {
    let mut first = 1.0 / input_size;
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut drawn = |name: String, shape: &[usize], low: f32, high: f32| {
        let count = shape.iter().product();
        let values = (0..count).map(|_| rng.random_range(low..high)).collect();
        let shape = shape.to_vec();
        (name, NamedTensor { shape, values })
    };
    let layers = plan.steps.iter().flat_map(|step| step.layer.convolutions());
    let heads = || plan.maps.iter().flat_map(|map| [&map.class_head, &map.box_head]);
    let predictions: Vec<&str> = heads().map(|head| head.predict.path.as_str()).collect();
    let convolutions = layers.chain(heads().flat_map(PlannedHead::convolutions));
    let mut all = Vec::new();
    for conv in convolutions {
        let (path, channels) = (conv.kernel_path(), [conv.output.channels]);
        // As of a trained network, logits and offsets are of the size of 1: an exponential comes after them.
        let damped = if predictions.contains(&conv.path.as_str()) {
            0.1
        } else {
            1.0
        };
        let reach = reach(conv) * damped * std::mem::replace(&mut first, 1.0);
        all.push(drawn(
            format!("{path}.weight"),
            &conv.weight_shape(),
            -reach,
            reach,
        ));
        if conv.bias {
            all.push(drawn(format!("{path}.bias"), &channels, -0.2, 0.2));
        }
        if let Some(norm) = conv.norm_path() {
            for (part, low, high) in [
                ("gamma", 0.8, 1.2),
                ("beta", -0.2, 0.3),
                ("running_mean", -0.2, 0.2),
                ("running_var", 0.6, 1.4),
            ] {
                all.push(drawn(format!("{norm}.{part}"), &channels, low, high));
            }
        }
    }
    for norm in plan.maps.iter().filter_map(|map| map.l2_norm.as_ref()) {
        all.push(drawn(
            format!("{}.scale", norm.path),
            &[norm.channels],
            15.0,
            25.0,
        ));
    }
    all.into_iter().collect()
}

/// Half the range of uniform weights that keep the variance of the maps (He et al. 2015; half of it where
/// nothing is cut off).
fn reach(conv: &PlannedConv) -> f32 {
    let [_, inputs, rows, columns] = conv.weight_shape();
    let gain = match conv.activation {
        Activation::Linear => 3.0,
        Activation::Relu | Activation::Relu6 => 6.0,
    };
    (gain / (inputs * rows * columns) as f32).sqrt()
}
