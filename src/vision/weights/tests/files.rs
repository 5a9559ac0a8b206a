//! Files that torchvision, torch and Keras wrote, of very narrow networks: the same activations come out. The
//! scripts that made them lie beside them under `tests/golden/weights`.

use std::path::{Path, PathBuf};

use burn::{
    module::Module as _,
    tensor::{Device, Tensor, TensorData},
};
use serde_json::Value;

use super::super::{keras, load_any, zip};
use super::*;
use crate::{
    geom::cast::narrow_f32,
    vision::architecture::{LayerKind, MapBoxes, Shapes},
};

fn fixture(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/golden/weights")
        .join(file)
}

fn golden(file: &str, key: &str) -> Vec<Value> {
    let text = std::fs::read_to_string(fixture(file)).unwrap();
    let value: Value = serde_json::from_str(&text).unwrap();
    value[key].as_array().unwrap().clone()
}

/// The picture that the scripts used: `made_up("input", ...)` in `tests/golden/ssd300/make.py`.
fn picture(side: usize) -> Tensor<4> {
    let seed = b"input".iter().fold(2_166_136_261u32, |hash, byte| {
        (hash ^ u32::from(*byte)).wrapping_mul(16_777_619)
    });
    let values: Vec<f32> = (0..u32::try_from(3 * side * side).unwrap())
        .map(|place| {
            let mut x = place.wrapping_add(seed);
            for (shift, factor) in [(16, 0x7feb_352d), (15, 0x846c_a68b)] {
                x = (x ^ (x >> shift)).wrapping_mul(factor);
            }
            x ^= x >> 16;
            narrow_f32(f64::from(x) / 2f64.powi(31) - 1.0)
        })
        .collect();
    Tensor::from_data(TensorData::new(values, [1, 3, side, side]), &Device::flex())
}

fn assert_same(got: Tensor<4>, want: &Value, what: &str) {
    let shape: Vec<u64> = got.dims().iter().map(|&n| n as u64).collect();
    let wanted: Vec<u64> = serde_json::from_value(want["shape"].clone()).unwrap();
    assert_eq!(shape, wanted, "{what}");
    let values = got.into_data().try_to_vec::<f32>().unwrap();
    let places: Vec<usize> = serde_json::from_value(want["places"].clone()).unwrap();
    let numbers: Vec<f32> = serde_json::from_value(want["values"].clone()).unwrap();
    // Random weights without training let the values grow from layer to layer, and the rounding with them.
    let spread = narrow_f32(want["deviation"].as_f64().unwrap()).max(1.0);
    for (place, want) in places.into_iter().zip(numbers) {
        let got = values[place];
        assert!(
            (got - want).abs() < 1e-4 * spread,
            "{what}[{place}]: {got} is not {want}"
        );
    }
}

/// `checkout` with the channels of a `MobileNetV2` of width 0.05: 8 everywhere, 16 in the last block.
fn very_narrow() -> Architecture {
    let mut architecture = architecture();
    let last = architecture.backbone.len() - 2;
    for (index, layer) in architecture.backbone.iter_mut().enumerate() {
        match &mut layer.kind {
            LayerKind::Conv(spec) if index == 0 => spec.channels = Some(8),
            LayerKind::InvertedResidual(spec) => spec.channels = if index == last { 16 } else { 8 },
            LayerKind::Conv(_) | LayerKind::MaxPool(_) | LayerKind::Parallel(_) => {}
        }
    }
    architecture.check().unwrap();
    architecture
}

#[test]
fn torchvision_mobilenet_gives_the_same_activations_from_both_kinds_of_file() {
    let wanted = golden("torch.json", "mobilenet");
    for file in ["mobilenet.pth", "mobilenet.safetensors"] {
        let architecture = very_narrow();
        let mut network = network(&architecture);
        let loaded = load_backbone(&mut network, &architecture, &fixture(file)).unwrap();
        assert_eq!(loaded.family, "torchvision's mobilenet_v2");
        assert!(loaded.kept.is_empty());
        let outputs = network.valid().layer_outputs(&picture(64));
        for (index, want) in wanted.iter().enumerate() {
            assert_same(outputs[index].clone(), want, &format!("{file}, feature {index}"));
        }
    }
}

#[test]
fn torchvision_vgg16_gives_the_same_activations() {
    let architecture = Architecture::published("ssd300-vgg16").unwrap().narrowed(32);
    let mut network = network(&architecture);
    let loaded = load_backbone(&mut network, &architecture, &fixture("vgg.pth")).unwrap();
    assert_eq!(loaded.family, "torchvision's vgg16");
    let outputs = network.valid().layer_outputs(&picture(300));
    for (index, want) in golden("torch.json", "vgg").iter().enumerate() {
        assert_same(outputs[index].clone(), want, &architecture.backbone[index].name);
    }
}

#[test]
fn a_vgg16_without_its_classifier_leaves_the_last_two_layers() {
    let architecture = Architecture::published("ssd300-vgg16").unwrap().narrowed(32);
    let mut dictionary = Dictionary::read(&fixture("vgg.pth")).unwrap();
    for layer in [0, 3, 6] {
        for leaf in ["weight", "bias"] {
            dictionary.remove(&format!("classifier.{layer}.{leaf}")).unwrap();
        }
    }
    let mut network = network(&architecture);
    let loaded = backbone::load_from(&mut network, &architecture, dictionary, "features only").unwrap();
    assert_eq!(loaded.kept, ["fc6", "fc7"]);
}

/// The first seven blocks, eight channels wide, with one feature map of 64 x 64 / 16 cells.
fn keras_architecture() -> Architecture {
    let mut architecture = very_narrow();
    architecture.input = [64; 2];
    architecture.backbone.truncate(8);
    architecture.extras.clear();
    architecture.maps.truncate(1);
    architecture.maps[0].point = crate::vision::architecture::TapPoint::Output;
    architecture.boxes.maps = vec![MapBoxes::even(4, Shapes::Listed(vec![[0.5, 1.0]]))];
    architecture.check().unwrap();
    architecture
}

/// Every kernel upside down.
fn turned(dictionary: &Dictionary) -> Dictionary {
    let mut turned = Dictionary::default();
    for (name, tensor) in dictionary.iter() {
        let mut tensor = tensor.clone();
        if let [_, _, rows, columns] = tensor.shape[..] {
            for kernel in tensor.values.chunks_exact_mut(rows * columns) {
                kernel.reverse();
            }
        }
        turned.insert(name.to_owned(), tensor);
    }
    turned
}

/// Keras pads below and to the right where ours pads above and to the left. Upside down both are the same.
fn assert_keras_activations(mut network: Ssd, what: &str) {
    let weights = turned(&to_dictionary(&network).unwrap());
    assign::assign(&mut network, weights, what).unwrap();
    let outputs = network.valid().layer_outputs(&picture(64).flip([2, 3]));
    for want in golden("keras.json", "layers") {
        let name = want["name"].as_str().unwrap();
        let index = match name.split('_').collect::<Vec<_>>()[..] {
            ["Conv1", _] => 0,
            ["block", number, ..] => number.parse::<usize>().unwrap() + 1,
            _ => 1,
        };
        assert_same(
            outputs[index].clone().flip([2, 3]),
            &want,
            &format!("{what}, {name}"),
        );
    }
}

#[test]
fn keras_gives_the_same_activations_from_both_kinds_of_file() {
    for file in ["keras_legacy.h5", "keras.weights.h5"] {
        let architecture = keras_architecture();
        let mut network = network(&architecture);
        let loaded = load_backbone(&mut network, &architecture, &fixture(file)).unwrap();
        assert_eq!(loaded.family, "Keras' MobileNetV2");
        assert_keras_activations(network, file);
    }
}

#[test]
fn a_keras_archive_holds_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model.keras");
    let weights = std::fs::read(fixture("keras.weights.h5")).unwrap();
    let archive = zip::archive(&[("config.json", b"{}"), (keras::ARCHIVED, &weights)]);
    std::fs::write(&path, archive).unwrap();
    let architecture = keras_architecture();
    let mut network = network(&architecture);
    load_backbone(&mut network, &architecture, &path).unwrap();
    assert_keras_activations(network, "archive");
}

#[test]
fn weights_of_another_width_are_listed() {
    let architecture = architecture();
    let mut network = network(&architecture);
    for file in ["mobilenet.pth", "vgg.pth", "keras_legacy.h5"] {
        let message = load_backbone(&mut network, &architecture, &fixture(file))
            .unwrap_err()
            .to_string();
        assert!(message.contains("do not fit this network"), "{message}");
        assert!(
            message.contains("mis-shaped") || message.contains("missing"),
            "{message}"
        );
        assert!(!message.contains('\n') && message.len() < 900, "{message}");
    }
}

#[test]
fn whatever_a_file_holds_is_recognised() {
    let folder = tempfile::tempdir().unwrap();
    let architecture = very_narrow();
    let original = network(&architecture);
    let ours = folder.path().join("ours.bin");
    std::fs::write(&ours, to_bytes(&original).unwrap()).unwrap();
    let mut loaded = network(&architecture);
    assert_eq!(
        load_any(&mut loaded, &architecture, &ours).unwrap(),
        "a detector of ours"
    );
    assert_eq!(to_dictionary(&loaded).unwrap(), to_dictionary(&original).unwrap());
    let family = load_any(&mut loaded, &architecture, &fixture("mobilenet.pth")).unwrap();
    assert_eq!(family, "torchvision's mobilenet_v2");
}

#[test]
fn damaged_files_are_one_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("damaged");
    for file in [
        "mobilenet.pth",
        "mobilenet.safetensors",
        "keras_legacy.h5",
        "vgg.pth",
    ] {
        let whole = std::fs::read(fixture(file)).unwrap();
        for length in [0, 3, 9, 100, 5000, whole.len() / 2, whole.len() - 1] {
            std::fs::write(&path, &whole[..length]).unwrap();
            match Dictionary::read(&path) {
                Err(error) => {
                    let message = error.to_string();
                    assert!(
                        message.contains("cannot be read") && !message.contains('\n'),
                        "{message}"
                    );
                }
                // The end of an HDF5 file need not be data.
                Ok(_) => assert!(
                    file.ends_with(".h5") && length + 1 == whole.len(),
                    "{file} cut to {length}"
                ),
            }
        }
    }
    assert!(Dictionary::read(&folder.path().join("none")).is_err());
}
