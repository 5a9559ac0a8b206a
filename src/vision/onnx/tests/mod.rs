//! The exporter as a whole: its bytes, its graphs, and what they compute.

mod interpreter;
mod numbers;

use std::collections::{BTreeMap, BTreeSet};

use prost::Message as _;

use super::{
    ExportOptions, InputForm,
    graph::{Dim, GraphBuilder},
    model,
    ops::{ConvWeights, Window},
    proto::{DataType, DimensionValue, GraphProto, ModelProto, OperatorSetIdProto, StringStringEntryProto},
    sample::random_bundle,
    to_onnx,
};
use crate::vision::Architecture;

/// Written by `tests/golden/onnx/make.py` with the `onnx` package 1.23.2.
const TINY: &[u8] = include_bytes!("../../../../tests/golden/onnx/tiny.onnx");

#[test]
fn a_small_graph_has_the_bytes_that_the_onnx_package_writes() {
    let mut graph = GraphBuilder::new("tiny");
    let sides = [3, 4, 4].map(Dim::Fixed);
    let dims = [Dim::Named("batch")].into_iter().chain(sides).collect();
    let image = graph.input("image", DataType::Float, dims, "planes");
    let weights = ConvWeights {
        shape: [2, 3, 3, 3],
        weight: (0..54u8).map(|i| f32::from(i) / 8.0 - 3.0).collect(),
        bias: Some(vec![0.5, -0.25]),
    };
    let conv = graph.conv("conv", &image, &weights, Window::square(3, 2, 1), 1);
    let low = graph.floats("low", &[], &[0.0]);
    let high = graph.floats("high", &[], &[6.0]);
    let clip = graph.clip("clip", &conv, &low, &high);
    let rows = graph.rows("rows", &clip, 1);
    let scores = graph.softmax("scores", &rows, 1);
    graph.output(&scores, "probabilities");
    let golden = ModelProto::decode(TINY).unwrap();
    let ours = ModelProto {
        ir_version: Some(7),
        producer_name: Some("onnx".to_owned()),
        producer_version: golden.producer_version.clone(),
        doc_string: None,
        graph: Some(graph.finish()),
        opset_import: vec![OperatorSetIdProto {
            domain: Some(String::new()),
            version: Some(13),
        }],
        metadata_props: vec![StringStringEntryProto {
            key: Some("name".to_owned()),
            value: Some("tiny".to_owned()),
        }],
    };
    assert_eq!(ours, golden);
    assert!(ours.encode_to_vec() == TINY, "the same messages, but other bytes");
}

fn exported(preset: &str, options: ExportOptions) -> ModelProto {
    let bundle = random_bundle(Architecture::published(preset).unwrap(), 5).unwrap();
    model(&bundle, options).unwrap()
}

/// Every input of a node is made before it, every name is made once, every value has a type.
fn assert_well_formed(graph: &GraphProto) {
    let typed: BTreeSet<&str> = graph
        .value_info
        .iter()
        .chain(&graph.output)
        .map(|info| {
            assert!(info.r#type.is_some());
            info.name.as_deref().unwrap()
        })
        .collect();
    let constants = graph.initializer.iter().map(|c| c.name.as_deref().unwrap());
    let fed = graph.input.iter().map(|i| i.name.as_deref().unwrap());
    let mut known = BTreeSet::new();
    for name in constants.chain(fed) {
        assert!(known.insert(name), "{name} is made twice");
    }
    let mut used = BTreeSet::new();
    for node in &graph.node {
        for input in &node.input {
            assert!(known.contains(input.as_str()), "{:?} reads {input}", node.name);
            used.insert(input.as_str());
        }
        for output in &node.output {
            assert!(known.insert(output), "{output} is made twice");
            assert!(typed.contains(output.as_str()), "{output} has no type");
        }
    }
    for output in &graph.output {
        let name = output.name.as_deref().unwrap();
        assert!(known.contains(name), "{name} is promised");
        used.insert(name);
    }
    let idle: Vec<_> = known.difference(&used).collect();
    assert!(idle.is_empty(), "nothing needs {idle:?}");
    for constant in &graph.initializer {
        let kind = DataType::try_from(constant.data_type.unwrap()).unwrap();
        let size = if kind == DataType::Float { 4 } else { 8 };
        let count: i64 = constant.dims.iter().product();
        let bytes = constant.raw_data.as_ref().unwrap().len();
        assert_eq!(
            usize::try_from(count).unwrap() * size,
            bytes,
            "{:?}",
            constant.name
        );
    }
}

fn sides(graph: &GraphProto) -> BTreeMap<&str, Vec<String>> {
    graph
        .input
        .iter()
        .chain(&graph.output)
        .map(|info| {
            let tensor = info.r#type.as_ref().unwrap().tensor_type.as_ref().unwrap();
            let sides = tensor.shape.as_ref().unwrap().dim.iter();
            let text = sides.map(|dim| match dim.value.as_ref() {
                Some(DimensionValue::DimValue(length)) => length.to_string(),
                Some(DimensionValue::DimParam(name)) => name.clone(),
                None => "?".to_owned(),
            });
            (info.name.as_deref().unwrap(), text.collect())
        })
        .collect()
}

#[test]
fn every_preset_becomes_a_well_formed_graph_of_its_shapes() {
    let presets = [
        ("checkout", "224", "5250", "4"),
        ("checkout-dense", "224", "6300", "4"),
        ("ssd300-vgg16", "300", "8732", "21"),
        ("mobilenetv2-ssd-cifar", "224", "798", "11"),
        ("mobilenetv2-ssd-cifar-improved", "224", "4722", "11"),
        ("ena24", "200", "1521", "24"),
    ];
    assert_eq!(presets.map(|p| p.0), Architecture::PRESETS);
    for (preset, input, boxes, outputs) in presets {
        let options = ExportOptions {
            nms: true,
            ..ExportOptions::default()
        };
        let model = exported(preset, options);
        let graph = model.graph.as_ref().unwrap();
        assert_well_formed(graph);
        let sides = sides(graph);
        assert_eq!(sides["image"], ["batch", input, input, "3"], "{preset}");
        assert_eq!(sides["scores"], ["batch", boxes, outputs], "{preset}");
        assert_eq!(sides["boxes"], ["batch", boxes, "4"], "{preset}");
        assert_eq!(sides["detection_boxes"], ["batch", "50", "4"], "{preset}");
        assert_eq!(sides["detection_classes"], ["batch", "50"], "{preset}");
        let back = ModelProto::decode(model.encode_to_vec().as_slice()).unwrap();
        assert!(back == model, "{preset} comes back from its bytes");
    }
}

#[test]
fn a_distractor_has_scores_but_is_no_detection() {
    let mut architecture = Architecture::published("checkout").unwrap();
    architecture.distractors = vec!["orange".to_owned(), "juice".to_owned()];
    let options = ExportOptions {
        nms: true,
        ..ExportOptions::default()
    };
    let model = model(&random_bundle(architecture, 5).unwrap(), options).unwrap();
    let graph = model.graph.as_ref().unwrap();
    assert_well_formed(graph);
    assert_eq!(sides(graph)["scores"], ["batch", "5250", "6"]);
    let constants = graph.initializer.iter().filter_map(|constant| {
        let name = constant.name.as_deref()?;
        ["nms.thresholds", "nms.nothing"]
            .contains(&name)
            .then(|| constant.dims[1])
    });
    let made = graph.value_info.iter().filter_map(|info| {
        let name = info.name.as_deref()?;
        let tensor = info.r#type.as_ref()?.tensor_type.as_ref()?;
        let side = tensor.shape.as_ref()?.dim.get(1)?.value.as_ref()?;
        let compared = ["nms.reported", "nms.below", "nms.scores"].contains(&name);
        match side {
            DimensionValue::DimValue(side) if compared => Some(*side),
            DimensionValue::DimValue(_) | DimensionValue::DimParam(_) => None,
        }
    });
    let sides: Vec<i64> = constants.chain(made).collect();
    assert_eq!(sides, [4; 5], "the background's place and three classes");
}

#[test]
fn input_form_and_batch_are_as_asked_for() {
    let options = ExportOptions {
        input: InputForm::Planes,
        batch: Some(4),
        nms: false,
    };
    let model = exported("mobilenetv2-ssd-cifar", options);
    let graph = model.graph.as_ref().unwrap();
    assert_well_formed(graph);
    let sides = sides(graph);
    assert_eq!(sides["image"], ["4", "3", "224", "224"]);
    assert_eq!(sides["boxes"], ["4", "798", "4"]);
    assert_eq!(sides.len(), 3, "no detections: {sides:?}");
}

#[test]
fn the_metadata_says_what_a_caller_needs() {
    let model = exported("checkout", ExportOptions::default());
    assert_eq!(model.producer_name.as_deref(), Some("tillsight"));
    let said: BTreeMap<&str, &str> = model
        .metadata_props
        .iter()
        .map(|entry| (entry.key.as_deref().unwrap(), entry.value.as_deref().unwrap()))
        .collect();
    assert_eq!(said["classes"], r#"["apple","banana","milk"]"#);
    assert_eq!(said["input_size"], "[224,224]");
    assert!(said["class_thresholds"].contains("\"milk\":0.4"), "{said:?}");
    let architecture = Architecture::from_json(said["architecture"]).unwrap();
    assert_eq!(architecture, Architecture::published("checkout").unwrap());
}

#[test]
fn weights_that_do_not_fit_are_one_sentence() {
    let cifar = Architecture::published("mobilenetv2-ssd-cifar").unwrap();
    let good = random_bundle(cifar, 5).unwrap();
    let said = |change: fn(&mut crate::vision::ModelBundle)| {
        let mut bundle = good.clone();
        change(&mut bundle);
        to_onnx(&bundle, ExportOptions::default())
            .unwrap_err()
            .to_string()
    };
    let nan = said(|bundle| {
        let end = bundle.weights.len();
        bundle.weights[end - 4..].copy_from_slice(&f32::NAN.to_le_bytes());
    });
    assert!(nan.contains("not a finite number"), "{nan}");
    let other = said(|bundle| bundle.architecture = Architecture::published("checkout").unwrap());
    assert!(other.contains("missing") || other.contains("shape"), "{other}");
    let fewer = said(|bundle| bundle.architecture.classes.truncate(3));
    assert!(
        fewer.contains("class_heads.0.predict.weight has the shape"),
        "{fewer}"
    );
    let cut = said(|bundle| bundle.weights.truncate(1000));
    assert!(cut.contains("cannot be read"), "{cut}");
}
