//! Our names and PyTorch's, there and back; and everything that can be wrong with a file.

mod files;

use burn::tensor::{Device, Tensor, Tolerance};

use super::*;
use crate::vision::{Architecture, Ssd};

fn architecture() -> Architecture {
    Architecture::checkout(&["apple"])
}

fn network(architecture: &Architecture) -> Ssd {
    Ssd::new(architecture, &Device::flex())
}

/// The name that PyTorch's numbered sequences give to one of our tensors: written from torchvision's
/// `mobilenetv2.py`, independently of the table in `names.rs`.
fn torch_name(ours: &str) -> String {
    let parts: Vec<&str> = ours.split('.').collect();
    let leaf = match parts[parts.len() - 1] {
        "gamma" => "weight",
        "beta" => "bias",
        other => other,
    };
    let half = |part: &str| if part == "conv" { 0 } else { 1 };
    match parts[..] {
        ["backbone", "stem", part, _] => format!("backbone.features.0.{}.{leaf}", half(part)),
        ["backbone", "last", part, _] => format!("backbone.features.18.{}.{leaf}", half(part)),
        ["backbone", "blocks", block, layer, part, _] => {
            let block: usize = block.parse().unwrap();
            // The first block has no expansion in front.
            let first = usize::from(block > 0);
            let place = match layer {
                "expand" => format!("0.{}", half(part)),
                "depthwise" => format!("{first}.{}", half(part)),
                _ => (first + 1 + half(part)).to_string(),
            };
            format!("backbone.features.{}.conv.{place}.{leaf}", block + 1)
        }
        ["extras", index, layer, part, _] => {
            let place = ["reduce", "depthwise", "grow"]
                .iter()
                .position(|l| *l == layer)
                .unwrap();
            format!("extras.{index}.{place}.{}.{leaf}", half(part))
        }
        [heads, index, "depthwise", part, _] => {
            let head = if heads == "class_heads" { "cls" } else { "loc" };
            format!("{head}.{index}.0.{}.{leaf}", half(part))
        }
        [heads, index, "predict", _] => {
            let head = if heads == "class_heads" { "cls" } else { "loc" };
            format!("{head}.{index}.1.{leaf}")
        }
        _ => panic!("{ours} has no counterpart"),
    }
}

/// A network's weights under PyTorch's names, with the counters that PyTorch adds.
fn torch_dictionary(network: &Ssd) -> Dictionary {
    let mut theirs = Dictionary::default();
    for (name, tensor) in to_dictionary(network).unwrap().iter() {
        let name = torch_name(name);
        if let Some(norm) = name.strip_suffix("running_mean") {
            theirs.insert(format!("{norm}num_batches_tracked"), NamedTensor::default());
        }
        theirs.insert(name, tensor.clone());
    }
    theirs
}

fn assert_same_outputs(a: &Ssd, b: &Ssd, side: usize) {
    let input = || Tensor::<4>::full([1, 3, side, side], 0.25, &Device::flex());
    let (want, got) = (a.valid().forward(input()), b.valid().forward(input()));
    let tolerance = Tolerance::absolute(1e-5);
    got.logits
        .into_data()
        .assert_approx_eq::<f32>(&want.logits.into_data(), tolerance);
    got.offsets
        .into_data()
        .assert_approx_eq::<f32>(&want.offsets.into_data(), tolerance);
}

#[test]
fn a_torch_detector_gives_the_same_outputs() {
    let (original, mut loaded) = (network(&architecture()), network(&architecture()));
    load(
        &mut loaded,
        torch_dictionary(&original),
        Naming::TorchDetector,
        "test",
    )
    .unwrap();
    assert_same_outputs(&original, &loaded, 224);
}

#[test]
fn bytes_of_every_preset_come_back() {
    for name in ["mobilenetv2-ssd-cifar-improved", "checkout-dense"] {
        let architecture = Architecture::published(name).unwrap();
        let (original, mut loaded) = (network(&architecture), network(&architecture));
        load_bytes(&mut loaded, to_bytes(&original).unwrap(), Naming::Native, name).unwrap();
        assert_eq!(
            to_dictionary(&loaded).unwrap(),
            to_dictionary(&original).unwrap(),
            "{name}"
        );
    }
}

/// The paths of the weights are those that the plan says, for every preset.
#[test]
fn weights_lie_where_the_plan_says() {
    let narrow = Architecture::published("ssd300-vgg16").unwrap().narrowed(16);
    let presets = ["checkout", "mobilenetv2-ssd-cifar", "ena24"].map(|n| Architecture::published(n).unwrap());
    for architecture in presets.into_iter().chain([narrow]) {
        let plan = architecture.plan().unwrap();
        let weights = to_dictionary(&network(&architecture)).unwrap();
        let steps = plan.steps.iter().flat_map(|step| step.layer.convolutions());
        let heads = plan.maps.iter().flat_map(|map| {
            let mut list = map.class_head.convolutions();
            list.extend(map.box_head.convolutions());
            list
        });
        let mut count = 0;
        for conv in steps.chain(heads) {
            let path = conv.kernel_path();
            let weight = weights.get(&format!("{path}.weight"));
            assert_eq!(weight.unwrap().shape, conv.weight_shape(), "{path}");
            assert_eq!(
                weights.get(&format!("{path}.bias")).is_some(),
                conv.bias,
                "{path}"
            );
            count += 1 + usize::from(conv.bias);
            if let Some(norm) = conv.norm_path() {
                let gamma = weights.get(&format!("{norm}.gamma")).unwrap();
                assert_eq!(gamma.shape, [conv.output.channels], "{norm}");
                count += 4;
            }
        }
        let scales = plan.maps.iter().filter_map(|map| map.l2_norm.as_ref());
        for norm in scales {
            assert!(weights.get(&format!("{}.scale", norm.path)).is_some());
            count += 1;
        }
        assert_eq!(weights.len(), count, "{}", architecture.name);
        let values: usize = weights.iter().map(|(_, tensor)| tensor.values.len()).sum();
        assert_eq!(values as u64, plan.costs().parameters, "{}", architecture.name);
        assert_eq!(
            network(&architecture).running_statistics() as u64,
            plan.costs().parameters - plan.costs().trainable_parameters
        );
    }
}

/// What is said of a dictionary after a change.
fn said(change: impl FnOnce(&mut Dictionary)) -> String {
    let mut loaded = network(&architecture());
    let before = to_dictionary(&loaded).unwrap();
    let mut dictionary = to_dictionary(&network(&architecture())).unwrap();
    change(&mut dictionary);
    let error = load(&mut loaded, dictionary, Naming::Native, "test").unwrap_err();
    assert_eq!(
        to_dictionary(&loaded).unwrap(),
        before,
        "the network stays as it was"
    );
    let message = error.to_string();
    assert!(!message.contains('\n') && message.len() < 800, "{message}");
    message
}

#[test]
fn missing_unexpected_and_misshaped_tensors_are_listed_with_their_number() {
    let message = said(|weights| {
        weights.remove("backbone.stem.conv.weight");
        let bias = weights.remove("box_heads.0.predict.bias").unwrap();
        weights.insert("box_heads.9.predict.bias".to_owned(), bias);
        let bias = NamedTensor {
            shape: vec![3],
            values: vec![0.0; 3],
        };
        weights.insert("box_heads.1.predict.bias".to_owned(), bias);
    });
    for part in [
        "2 missing (backbone.stem.conv.weight, box_heads.0.predict.bias)",
        "1 unexpected (box_heads.9.predict.bias)",
        "1 mis-shaped (box_heads.1.predict.bias is [3] and should be [20])",
    ] {
        assert!(message.contains(part), "{message}");
    }
}

#[test]
fn weights_of_another_architecture_are_refused_with_counts() {
    let other = Architecture::published("mobilenetv2-ssd-cifar").unwrap();
    let message = said(|weights| *weights = to_dictionary(&network(&other)).unwrap());
    assert!(
        message.contains("missing") && message.contains("more"),
        "{message}"
    );
}

#[test]
fn values_that_are_no_numbers_are_refused_by_name() {
    for value in [f32::NAN, f32::INFINITY] {
        let message = said(|weights| {
            let mut tensor = weights.remove("backbone.last.norm.running_var").unwrap();
            tensor.values[7] = value;
            weights.insert("backbone.last.norm.running_var".to_owned(), tensor);
        });
        assert!(
            message.contains("backbone.last.norm.running_var") && message.contains("no numbers"),
            "{message}"
        );
    }
}

#[test]
fn a_file_of_something_else_is_refused() {
    let mut module = network(&architecture());
    for bytes in [&b"not safetensors"[..], b"", &[255; 64]] {
        let error = load_bytes(&mut module, bytes.to_vec(), Naming::Native, "x").unwrap_err();
        assert!(matches!(error, WeightsError::Unreadable { .. }), "{error}");
    }
}

/// A classification network's weights, from a detector with the same backbone.
fn classifier_dictionary(detector: &Ssd) -> Dictionary {
    let mut theirs = Dictionary::default();
    for (name, tensor) in torch_dictionary(detector).iter() {
        if let Some(name) = name.strip_prefix("backbone.") {
            theirs.insert(name.to_owned(), tensor.clone());
        }
    }
    theirs.insert("classifier.1.weight".to_owned(), NamedTensor::default());
    theirs
}

#[test]
fn a_torchvision_classifier_becomes_the_backbone() {
    let original = network(&architecture());
    let mut loaded = network(&architecture());
    let heads_before = to_dictionary(&loaded).unwrap();
    let report = backbone::load_from(
        &mut loaded,
        &architecture(),
        classifier_dictionary(&original),
        "test",
    )
    .unwrap();
    assert_eq!(report.family, "torchvision's mobilenet_v2");
    let (want, got) = (to_dictionary(&original).unwrap(), to_dictionary(&loaded).unwrap());
    for (name, tensor) in got.iter() {
        let from = if name.starts_with("backbone.") {
            &want
        } else {
            &heads_before
        };
        assert_eq!(Some(tensor), from.get(name), "{name}");
    }
}

#[test]
fn a_backbone_that_ends_early_takes_its_part() {
    let small = Architecture::published("mobilenetv2-ssd-cifar").unwrap();
    let original = network(&architecture());
    let mut loaded = network(&small);
    backbone::load_from(&mut loaded, &small, classifier_dictionary(&original), "test").unwrap();
    let (want, got) = (to_dictionary(&original).unwrap(), to_dictionary(&loaded).unwrap());
    let last = "backbone.blocks.9.project.conv.weight";
    assert_eq!(got.get(last), want.get(last));
}

#[test]
fn a_file_of_an_unknown_network_is_refused() {
    let mut loaded = network(&architecture());
    let mut theirs = Dictionary::default();
    theirs.insert("layer1.0.conv1.weight".to_owned(), NamedTensor::default());
    let message = backbone::load_from(&mut loaded, &architecture(), theirs, "resnet.pth")
        .unwrap_err()
        .to_string();
    assert!(message.contains("no network that is known here"), "{message}");
}
