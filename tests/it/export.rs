//! `tillsight model export`: what it writes, and how it answers what it cannot do. That other programs compute
//! the same from the file is shown by `scripts/check-onnx`, which needs them.

use std::fs;

use prost::Message as _;
use tillsight::vision::{
    ModelBundle,
    onnx::{portable, proto::ModelProto},
};

use crate::program::{Program, shipped_model};

fn model() -> Program {
    Program::with_command(&["model"])
}

#[test]
fn the_model_in_use_becomes_an_onnx_file() {
    let program = model();
    let report = program.json(&["export", "shop.onnx", "--nms"]);
    let bytes = fs::read(program.path("shop.onnx")).unwrap();
    let bundle = ModelBundle::load(&shipped_model()).unwrap();
    assert_eq!(report["bytes"], bytes.len());
    assert_eq!(report["model"], bundle.name);
    let model = ModelProto::decode(bytes.as_slice()).unwrap();
    let graph = model.graph.unwrap();
    let outputs: Vec<_> = graph.output.iter().map(|o| o.name.as_deref().unwrap()).collect();
    let wanted = [
        "scores",
        "boxes",
        "detection_boxes",
        "detection_scores",
        "detection_classes",
    ];
    assert_eq!(outputs, wanted);
    let domains: Vec<_> = model
        .opset_import
        .iter()
        .map(|set| set.domain.as_deref())
        .collect();
    assert_eq!(domains, [Some("")], "standard operators only");
    let said = |key: &str| {
        let entry = model
            .metadata_props
            .iter()
            .find(|e| e.key.as_deref() == Some(key));
        entry.unwrap().value.clone().unwrap()
    };
    let classes: Vec<String> = serde_json::from_str(&said("classes")).unwrap();
    assert_eq!(classes, bundle.architecture.classes);
    let files = fs::read_dir(program.path("")).unwrap();
    let left: Vec<_> = files
        .map(|f| f.unwrap().file_name())
        .filter(|f| f != "data")
        .collect();
    assert_eq!(left, ["shop.onnx"], "nothing half-written is left");
}

#[test]
fn a_weight_file_holds_the_whole_model() {
    let program = model();
    let shipped = shipped_model();
    let name = shipped.file_name().unwrap().to_str().unwrap();
    program.json(&["export", "shop.safetensors", "--model", name]);
    let bytes = fs::read(program.path("shop.safetensors")).unwrap();
    let back = portable::from_safetensors(bytes).unwrap();
    let bundle = ModelBundle::load(&shipped).unwrap();
    assert_eq!(back.architecture, bundle.architecture);
    assert_eq!(back.class_thresholds, bundle.class_thresholds);
    // Imported, its weights still fit its architecture.
    program.json(&["import", "shop.safetensors", "--out", "again"]);
    program.json(&["export", "again.onnx", "--model", "again"]);
}

#[test]
fn what_cannot_be_exported_is_one_sentence() {
    let program = model();
    let said = |arguments: &[&str]| program.refusal(&[&["export"], arguments].concat());
    let ending = said(&["shop.tflite"]);
    assert!(ending.contains("neither .onnx nor .safetensors"), "{ending}");
    assert!(said(&["shop"]).contains("neither .onnx nor .safetensors"));
    let weights_only = said(&["shop.safetensors", "--nms"]);
    assert!(weights_only.contains("weights only"), "{weights_only}");
    let unknown = said(&["shop.onnx", "--model", "yolo"]);
    assert!(unknown.contains("neither the folder nor the name"), "{unknown}");
    let nowhere = said(&["missing/shop.onnx"]);
    assert!(nowhere.contains("cannot write missing/shop.onnx"), "{nowhere}");
    fs::create_dir(program.path("taken.onnx")).unwrap();
    let taken = said(&["taken.onnx"]);
    assert!(taken.contains("cannot write taken.onnx"), "{taken}");
    assert!(!program.path("taken.onnx.part").exists());
    fs::create_dir(program.path("empty")).unwrap();
    let empty = said(&["shop.onnx", "--model", "empty"]);
    assert!(empty.contains("bundle.json cannot be read"), "{empty}");
    assert!(
        !program.path("shop.onnx").exists(),
        "nothing is written on failure"
    );
}
