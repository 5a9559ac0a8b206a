//! Reads Keras' MobileNetV2: `.h5` of Keras 2 and 3, and `.weights.h5`, which a `.keras` file holds.
//!
//! Kernels lie in them as rows, columns, inputs, outputs (depthwise: rows, columns, channels, 1) and are
//! turned into ours. Keras' norms add 1e-3 to the variance where ours add 1e-5; the difference goes into the
//! running variance, which gives the same values in detection.
//!
//! One difference cannot be turned away: where a convolution halves a map of even size, Keras pads below and
//! to the right, and ours in effect above and to the left. The network is then the same one, seen on a grid
//! that lies one cell further up and left at each halving: for a network that goes on learning that changes
//! nothing, but its values on one picture are not those that Keras gives. (Turned upside down both agree
//! exactly, which the tests use.)

use hdf5_pure::{File, Group};

use super::{
    NamedTensor,
    dictionary::{Dictionary, Rename},
};

/// Beginning of every HDF5 file.
pub(super) const SIGNATURE: [u8; 8] = *b"\x89HDF\r\n\x1a\n";
/// Name of the weights within a `.keras` archive.
pub(super) const ARCHIVED: &str = "model.weights.h5";
/// What Keras adds to a variance, less what we add.
const EPSILON_DIFFERENCE: f32 = 1e-3 - 1e-5;

/// All float data of a file, by path.
pub(super) fn read(bytes: Vec<u8>) -> Result<Dictionary, String> {
    let file = File::from_bytes(bytes).map_err(|source| source.to_string())?;
    let mut found = Dictionary::default();
    walk(&file.root(), &mut Vec::new(), &mut found)?;
    Ok(found)
}

fn walk(group: &Group, path: &mut Vec<String>, found: &mut Dictionary) -> Result<(), String> {
    const DEEPEST: usize = 12;
    if path.len() > DEEPEST {
        return Err("its groups lie too deep in each other".to_owned());
    }
    for name in group.datasets().map_err(|source| source.to_string())? {
        let failed = |source: hdf5_pure::Error| format!("{name}: {source}");
        let data = group.dataset(&name).map_err(failed)?;
        let shape: Result<Vec<usize>, _> = data
            .shape()
            .map_err(failed)?
            .into_iter()
            .map(usize::try_from)
            .collect();
        let shape = shape.map_err(|source| format!("{name}: {source}"))?;
        // Text and counters are not floats and are left out.
        let Ok(values) = data.read_f32() else { continue };
        let full = path.iter().map(String::as_str).chain([name.as_str()]);
        let full = full.collect::<Vec<_>>().join("/");
        found.insert(full, NamedTensor { shape, values });
    }
    for (name, inner) in group.iter_groups().map_err(|source| source.to_string())? {
        path.push(name);
        walk(&inner, path, found)?;
        path.pop();
    }
    Ok(())
}

/// Whether the names are those of Keras' MobileNetV2.
pub(super) fn is_keras(dictionary: &Dictionary) -> bool {
    dictionary
        .iter()
        .any(|(name, _)| matches!(renamed(name), Rename::To(_)))
}

/// The tensors under the paths of our backbone, in our layout. What is not known stays as it is.
pub(super) fn to_backbone(dictionary: Dictionary) -> Dictionary {
    let mut ours = Dictionary::default();
    for (name, tensor) in dictionary.renamed(renamed).iter() {
        let tensor = match name.rsplit('.').next() {
            Some("weight") => kernel(tensor, name.ends_with("depthwise.conv.weight")),
            Some("running_var") => NamedTensor {
                shape: tensor.shape.clone(),
                values: tensor.values.iter().map(|v| v + EPSILON_DIFFERENCE).collect(),
            },
            _ => tensor.clone(),
        };
        ours.insert(name.to_owned(), tensor);
    }
    ours
}

/// Rows, columns, inputs, outputs to outputs, inputs, rows, columns. A depthwise kernel holds its channels in
/// the place of the inputs and has one output for each.
fn kernel(tensor: &NamedTensor, depthwise: bool) -> NamedTensor {
    let [rows, columns, inputs, outputs] = tensor.shape[..] else {
        return tensor.clone();
    };
    let (shape, order) = if depthwise {
        ([inputs, outputs, rows, columns], [2, 3])
    } else {
        ([outputs, inputs, rows, columns], [3, 2])
    };
    let steps = [columns * inputs * outputs, inputs * outputs, outputs, 1];
    let mut values = Vec::with_capacity(tensor.values.len());
    for first in 0..shape[0] {
        for second in 0..shape[1] {
            for row in 0..rows {
                for column in 0..columns {
                    let place = first * steps[order[0]]
                        + second * steps[order[1]]
                        + row * steps[0]
                        + column * steps[1];
                    values.push(tensor.values[place]);
                }
            }
        }
    }
    NamedTensor {
        shape: shape.to_vec(),
        values,
    }
}

/// Our path of a dataset. Keras 2 keeps weights under the name of the layer, twice; Keras 3 under the kind of
/// the layer and its number.
fn renamed(theirs: &str) -> Rename {
    let inner = theirs.strip_prefix("model_weights/").unwrap_or(theirs);
    let parts: Vec<&str> = inner.split('/').collect();
    let (layer, variable) = match parts[..] {
        ["layers", layer, "vars", number] => (layer, number),
        [layer, again, variable] if layer == again => (layer, variable),
        ["optimizer" | "optimizer_weights" | "top_level_model_weights", ..] => return Rename::Drop,
        _ => return Rename::Unknown,
    };
    let Some(place) = named_layer(layer).or_else(|| numbered_layer(layer)) else {
        let is_classifier = layer.starts_with("dense") || ["Logits", "predictions"].contains(&layer);
        return if is_classifier {
            Rename::Drop
        } else {
            Rename::Unknown
        };
    };
    let is_norm = place.ends_with(".norm");
    let leaf = match (variable.trim_end_matches(":0"), is_norm) {
        ("kernel" | "depthwise_kernel" | "0", false) => "weight",
        ("gamma" | "0", true) => "gamma",
        ("beta" | "1", true) => "beta",
        ("moving_mean" | "2", true) => "running_mean",
        ("moving_variance" | "3", true) => "running_var",
        _ => return Rename::Unknown,
    };
    Rename::To(format!("{place}.{leaf}"))
}

/// The place of a layer by the name that Keras' MobileNetV2 gives it.
fn named_layer(name: &str) -> Option<String> {
    match name {
        "Conv1" => return Some("stem.conv".to_owned()),
        "bn_Conv1" => return Some("stem.norm".to_owned()),
        "Conv_1" => return Some("last.conv".to_owned()),
        "Conv_1_bn" => return Some("last.norm".to_owned()),
        _ => {}
    }
    let (rest, half) = match name.strip_suffix("_BN") {
        Some(rest) => (rest, "norm"),
        None => (name, "conv"),
    };
    let (block, layer) = match rest.strip_prefix("expanded_conv_") {
        Some(layer) => (0, layer),
        None => {
            let (number, layer) = rest.strip_prefix("block_")?.split_once('_')?;
            (number.parse::<usize>().ok()?, layer)
        }
    };
    ["expand", "depthwise", "project"]
        .contains(&layer)
        .then(|| format!("blocks.{block}.{layer}.{half}"))
}

/// Blocks of MobileNetV2; what comes after them is the last layer.
const BLOCKS: usize = 17;

/// The place of a layer by its kind and number, which count in the order of computation. Block 0 has no
/// expansion.
fn numbered_layer(name: &str) -> Option<String> {
    let number = |kind: &str| match name.strip_prefix(kind)? {
        "" => Some(0),
        rest => rest.strip_prefix('_')?.parse::<usize>().ok(),
    };
    let block = |block: usize, layer: &str, half: &str| {
        if block == BLOCKS {
            format!("last.{half}")
        } else {
            format!("blocks.{block}.{layer}.{half}")
        }
    };
    if let Some(index) = number("depthwise_conv2d") {
        return Some(block(index, "depthwise", "conv"));
    }
    if let Some(index) = number("conv2d") {
        return Some(match index {
            0 => "stem.conv".to_owned(),
            1 => block(0, "project", "conv"),
            even if even % 2 == 0 => block(even / 2, "expand", "conv"),
            odd => block(odd / 2, "project", "conv"),
        });
    }
    let index = number("batch_normalization")?;
    Some(match index {
        0 => "stem.norm".to_owned(),
        1 => block(0, "depthwise", "norm"),
        2 => block(0, "project", "norm"),
        _ => block(index / 3, ["expand", "depthwise", "project"][index % 3], "norm"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kernel_is_turned_by_hand() {
        // One row of two columns, two inputs, three outputs, numbered in Keras' order.
        let tensor = NamedTensor {
            shape: vec![1, 2, 2, 3],
            values: (0..12u8).map(f32::from).collect(),
        };
        let turned = kernel(&tensor, false);
        assert_eq!(turned.shape, [3, 2, 1, 2]);
        // Output 0: input 0 at both columns, then input 1.
        assert_eq!(turned.values[..4], [0.0, 6.0, 3.0, 9.0]);
        let tensor = NamedTensor {
            shape: vec![1, 2, 3, 1],
            values: (0..6u8).map(f32::from).collect(),
        };
        let turned = kernel(&tensor, true);
        assert_eq!(turned.shape, [3, 1, 1, 2]);
        assert_eq!(turned.values, [0.0, 3.0, 1.0, 4.0, 2.0, 5.0]);
    }

    #[test]
    fn names_of_both_kinds() {
        for (theirs, ours) in [
            ("Conv1/Conv1/kernel:0", "stem.conv.weight"),
            ("model_weights/bn_Conv1/bn_Conv1/gamma", "stem.norm.gamma"),
            (
                "expanded_conv_depthwise/expanded_conv_depthwise/depthwise_kernel:0",
                "blocks.0.depthwise.conv.weight",
            ),
            (
                "block_16_project_BN/block_16_project_BN/moving_variance:0",
                "blocks.16.project.norm.running_var",
            ),
            ("layers/conv2d/vars/0", "stem.conv.weight"),
            ("layers/conv2d_1/vars/0", "blocks.0.project.conv.weight"),
            ("layers/conv2d_2/vars/0", "blocks.1.expand.conv.weight"),
            ("layers/conv2d_33/vars/0", "blocks.16.project.conv.weight"),
            ("layers/conv2d_34/vars/0", "last.conv.weight"),
            ("layers/batch_normalization_51/vars/3", "last.norm.running_var"),
            (
                "layers/batch_normalization_5/vars/1",
                "blocks.1.project.norm.beta",
            ),
            (
                "layers/depthwise_conv2d_16/vars/0",
                "blocks.16.depthwise.conv.weight",
            ),
        ] {
            assert_eq!(renamed(theirs), Rename::To(ours.to_owned()), "{theirs}");
        }
        assert_eq!(renamed("Logits/Logits/kernel:0"), Rename::Drop);
        assert_eq!(renamed("layers/conv3d/vars/0"), Rename::Unknown);
        assert_eq!(renamed("x"), Rename::Unknown);
    }
}
