//! The names that other programs give to the layers we know.
//!
//! PyTorch numbers the parts of a sequence: in each pair of a convolution and its norm, 0 is the convolution
//! and 1 the norm. A norm's `weight` and `bias` are our `gamma` and `beta`.

use super::dictionary::Rename;

/// Names of a PyTorch detector with a torchvision `MobileNetV2` under `backbone.`, and with `extras.N`,
/// `cls.N` and `loc.N`.
pub(super) fn torch_detector(theirs: &str) -> Rename {
    let parts: Vec<&str> = theirs.split('.').collect();
    match parts[..] {
        [.., "num_batches_tracked"] => Rename::Drop,
        ["backbone", "features", ..] => match torchvision_mobilenet(theirs.trim_start_matches("backbone.")) {
            Rename::To(ours) => Rename::To(format!("backbone.{ours}")),
            other @ (Rename::Drop | Rename::Unknown) => other,
        },
        ["extras", index, layer, half, leaf] => {
            let layer = match layer {
                "0" => "reduce",
                "1" => "depthwise",
                "2" => "grow",
                _ => return Rename::Unknown,
            };
            conv_or_norm(&format!("extras.{index}.{layer}"), half, leaf)
        }
        [head, index, "0", half, leaf] => match head_name(head) {
            Some(ours) => conv_or_norm(&format!("{ours}.{index}.depthwise"), half, leaf),
            None => Rename::Unknown,
        },
        [head, index, "1", leaf @ ("weight" | "bias")] => match head_name(head) {
            Some(ours) => Rename::To(format!("{ours}.{index}.predict.{leaf}")),
            None => Rename::Unknown,
        },
        _ => Rename::Unknown,
    }
}

fn head_name(theirs: &str) -> Option<&'static str> {
    match theirs {
        "cls" => Some("class_heads"),
        "loc" => Some("box_heads"),
        _ => None,
    }
}

/// Names of torchvision's `mobilenet_v2`, to paths within our backbone. Its classifier is dropped.
pub(super) fn torchvision_mobilenet(theirs: &str) -> Rename {
    let parts: Vec<&str> = theirs.split('.').collect();
    match parts[..] {
        ["classifier", ..] | [.., "num_batches_tracked"] => Rename::Drop,
        ["features", "0", half, leaf] => conv_or_norm("stem", half, leaf),
        ["features", "18", half, leaf] => conv_or_norm("last", half, leaf),
        // Block 1 expands nothing: depthwise (0), project (1), norm of project (2).
        ["features", "1", "conv", "0", half, leaf] => conv_or_norm("blocks.0.depthwise", half, leaf),
        ["features", "1", "conv", "1", leaf] => conv_or_norm("blocks.0.project", "0", leaf),
        ["features", "1", "conv", "2", leaf] => conv_or_norm("blocks.0.project", "1", leaf),
        // All others: expand (0), depthwise (1), project (2), norm of project (3). torchvision counts the
        // first layer as feature 0, we count blocks from 0.
        ["features", block, "conv", place, ref rest @ ..] => {
            let Some(block) = block.parse::<usize>().ok().and_then(|b| b.checked_sub(1)) else {
                return Rename::Unknown;
            };
            match (place, rest) {
                ("0", [half, leaf]) => conv_or_norm(&format!("blocks.{block}.expand"), half, leaf),
                ("1", [half, leaf]) => conv_or_norm(&format!("blocks.{block}.depthwise"), half, leaf),
                ("2", [leaf]) => conv_or_norm(&format!("blocks.{block}.project"), "0", leaf),
                ("3", [leaf]) => conv_or_norm(&format!("blocks.{block}.project"), "1", leaf),
                _ => Rename::Unknown,
            }
        }
        _ => Rename::Unknown,
    }
}

/// Number of each convolution of VGG-16 within torchvision's `features`, where pools and activations count.
const VGG16_FEATURES: [(&str, &str); 13] = [
    ("0", "conv1_1"),
    ("2", "conv1_2"),
    ("5", "conv2_1"),
    ("7", "conv2_2"),
    ("10", "conv3_1"),
    ("12", "conv3_2"),
    ("14", "conv3_3"),
    ("17", "conv4_1"),
    ("19", "conv4_2"),
    ("21", "conv4_3"),
    ("24", "conv5_1"),
    ("26", "conv5_2"),
    ("28", "conv5_3"),
];

/// Names of torchvision's `vgg16`, to paths within our backbone. Its last layer, which names classes, is
/// dropped; the two before become `fc6` and `fc7`.
pub(super) fn torchvision_vgg16(theirs: &str) -> Rename {
    let parts: Vec<&str> = theirs.split('.').collect();
    match parts[..] {
        ["classifier", "6", _] => Rename::Drop,
        ["classifier", "0", leaf] => Rename::To(format!("fc6.{leaf}")),
        ["classifier", "3", leaf] => Rename::To(format!("fc7.{leaf}")),
        ["features", number, leaf] => VGG16_FEATURES
            .iter()
            .find(|(theirs, _)| *theirs == number)
            .map_or(Rename::Unknown, |(_, ours)| Rename::To(format!("{ours}.{leaf}"))),
        _ => Rename::Unknown,
    }
}

/// The path of one value of a convolution (`half` is 0) or of its norm (1).
fn conv_or_norm(layer: &str, half: &str, leaf: &str) -> Rename {
    let ours = match (half, leaf) {
        ("0", "weight") => "conv.weight",
        ("0", "bias") => "conv.bias",
        ("1", "weight") => "norm.gamma",
        ("1", "bias") => "norm.beta",
        ("1", "running_mean") => "norm.running_mean",
        ("1", "running_var") => "norm.running_var",
        _ => return Rename::Unknown,
    };
    Rename::To(format!("{layer}.{ours}"))
}
