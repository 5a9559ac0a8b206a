//! `tillsight model export`: what it writes, and how it answers what it cannot do. That other programs compute
//! the same from the file is shown by `scripts/check-onnx`, which needs them.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use prost::Message as _;
use serde_json::Value;
use tillsight::vision::{
    ModelBundle,
    onnx::{portable, proto::ModelProto},
};

fn shipped() -> PathBuf {
    let models = Path::new(env!("CARGO_MANIFEST_DIR")).join("models");
    let name = fs::read_to_string(models.join("current")).unwrap();
    models.join(name.trim())
}

fn export(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_tillsight"))
        .args(["model", "export"])
        .args(arguments)
        .arg("--data")
        .arg(folder.join("data"))
        .current_dir(folder)
        .output()
        .unwrap()
}

fn report(output: &Output) -> Value {
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    serde_json::from_slice(&output.stdout).unwrap()
}

fn refusal(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let text = String::from_utf8(output.stderr.clone()).unwrap();
    assert_eq!(text.lines().count(), 1, "one line: {text}");
    text
}

#[test]
fn the_model_in_use_becomes_an_onnx_file() {
    let folder = tempfile::tempdir().unwrap();
    let report = report(&export(folder.path(), &["shop.onnx", "--nms", "--json"]));
    let bytes = fs::read(folder.path().join("shop.onnx")).unwrap();
    let bundle = ModelBundle::load(&shipped()).unwrap();
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
    let files = fs::read_dir(folder.path()).unwrap();
    let left: Vec<_> = files
        .map(|f| f.unwrap().file_name())
        .filter(|f| f != "data")
        .collect();
    assert_eq!(left, ["shop.onnx"], "nothing half-written is left");
}

#[test]
fn a_weight_file_holds_the_whole_model() {
    let folder = tempfile::tempdir().unwrap();
    let shipped = shipped();
    let name = shipped.file_name().unwrap().to_str().unwrap();
    report(&export(
        folder.path(),
        &["shop.safetensors", "--model", name, "--json"],
    ));
    let bytes = fs::read(folder.path().join("shop.safetensors")).unwrap();
    let back = portable::from_safetensors(bytes).unwrap();
    let bundle = ModelBundle::load(&shipped).unwrap();
    assert_eq!(back.architecture, bundle.architecture);
    assert_eq!(back.class_thresholds, bundle.class_thresholds);
    // Imported, its weights still fit its architecture.
    let imported = Command::new(env!("CARGO_BIN_EXE_tillsight"))
        .args(["model", "import", "shop.safetensors", "--out", "again"])
        .current_dir(folder.path())
        .output()
        .unwrap();
    assert!(imported.status.success(), "{imported:?}");
    report(&export(
        folder.path(),
        &["again.onnx", "--model", "again", "--json"],
    ));
}

#[test]
fn what_cannot_be_exported_is_one_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let said = |arguments: &[&str]| refusal(&export(folder.path(), arguments));
    let ending = said(&["shop.tflite"]);
    assert!(ending.contains("neither .onnx nor .safetensors"), "{ending}");
    assert!(said(&["shop"]).contains("neither .onnx nor .safetensors"));
    let weights_only = said(&["shop.safetensors", "--nms"]);
    assert!(weights_only.contains("weights only"), "{weights_only}");
    let unknown = said(&["shop.onnx", "--model", "yolo"]);
    assert!(unknown.contains("neither the folder nor the name"), "{unknown}");
    let nowhere = said(&["missing/shop.onnx"]);
    assert!(nowhere.contains("cannot write missing/shop.onnx"), "{nowhere}");
    fs::create_dir(folder.path().join("taken.onnx")).unwrap();
    let taken = said(&["taken.onnx"]);
    assert!(taken.contains("cannot write taken.onnx"), "{taken}");
    assert!(!folder.path().join("taken.onnx.part").exists());
    fs::create_dir(folder.path().join("empty")).unwrap();
    let empty = said(&["shop.onnx", "--model", "empty"]);
    assert!(empty.contains("bundle.json cannot be read"), "{empty}");
    assert!(
        !folder.path().join("shop.onnx").exists(),
        "nothing is written on failure"
    );
}
