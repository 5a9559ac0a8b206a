//! Writes a detector as ONNX: the whole network, from raw RGB to class scores and corner boxes, in standard
//! operators only, so that any runtime can load it.
//!
//! In reading order: [`proto`] holds the messages of the file format, [`graph`] builds a well-formed graph of
//! them and [`ops`] knows the operators; `weights` reads a bundle's tensors and folds batch norm, `network`
//! adds the layers of a plan, `detections` adds softmax, box decoding and NMS. [`portable`] is the other
//! export, weights alone, and [`sample`] makes models to try it with.
//!
//! Reads no files and writes none; needs no burn.

mod detections;
pub mod graph;
mod network;
pub mod ops;
pub mod portable;
pub mod proto;
pub mod sample;
#[cfg(test)]
mod tests;
mod weights;

use prost::Message as _;
use serde_json::json;

use self::{
    graph::{Dim, GraphBuilder, Value},
    network::NetworkWriter,
    proto::{DataType, ModelProto, OperatorSetIdProto, StringStringEntryProto},
    weights::Weights,
};
use super::{DefaultBoxes, ModelBundle};

/// Version of the standard operators: the oldest with softmax along one axis, known to every runtime in use.
const OPSET: i64 = 13;
/// Version of the file format that came with it.
const IR_VERSION: i64 = 7;

/// Why a model cannot be exported.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The weights are not those of the bundle's architecture, or not usable.
    #[error("the model's weights cannot be exported: {0}")]
    Weights(String),
    /// The architecture describes no network.
    #[error("the model's architecture cannot be exported: {0}")]
    Architecture(String),
}

/// How pictures are fed to the exported network. Values are 0 to 255 either way, red first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum InputForm {
    /// Bytes as a picture lies in memory: `[batch, height, width, 3]`.
    #[default]
    Pixels,
    /// Floats, a plane for each colour: `[batch, 3, height, width]`, as OpenCV's `blobFromImage` makes them.
    Planes,
}

/// What to write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ExportOptions {
    /// How pictures are fed.
    pub input: InputForm,
    /// Pictures at a time; chosen at run time if `None`.
    pub batch: Option<usize>,
    /// Whether to add outputs after non-maximum suppression.
    pub nms: bool,
}

/// The bytes of an ONNX file.
///
/// # Shapes
/// Input `image`, see [`InputForm`]. Outputs `scores` `[batch, boxes, classes + 1]`, background first, each
/// row summing to 1, and `boxes` `[batch, boxes, 4]` as x0, y0, x1, y1 in parts of the picture, not cut at
/// its border. With NMS also `detection_boxes` `[n, 4]` (cut at the border), `detection_scores` `[n]`,
/// `detection_classes` `[n]` (1 is the first class) and `detection_pictures` `[n]` (place in the batch), best
/// first.
///
/// # Errors
/// [`ExportError`] if the weights do not fit the architecture or are not finite.
pub fn to_onnx(bundle: &ModelBundle, options: ExportOptions) -> Result<Vec<u8>, ExportError> {
    Ok(model(bundle, options)?.encode_to_vec())
}

/// The message that [`to_onnx`] encodes.
///
/// # Errors
/// As [`to_onnx`].
pub fn model(bundle: &ModelBundle, options: ExportOptions) -> Result<ModelProto, ExportError> {
    let plan = bundle.architecture.plan().map_err(ExportError::Architecture)?;
    let mut weights = Weights::read(&bundle.weights)?;
    let mut graph = GraphBuilder::new("tillsight");
    let planes = normalised_input(&mut graph, bundle, options);
    let (logits, offsets) =
        NetworkWriter::new(&mut graph, &mut weights).logits_and_offsets(&plan, &planes)?;
    weights.finish()?;
    let scores = detections::scores(&mut graph, &logits);
    let boxes = detections::boxes(&mut graph, &offsets, &DefaultBoxes::new(&bundle.architecture));
    graph.output(
        &scores,
        "probability of the background and of each class, for each default box",
    );
    graph.output(&boxes, "x0, y0, x1, y1 in parts of the picture");
    if options.nms {
        for (value, doc) in detections::suppressed(&mut graph, &scores, &boxes, bundle) {
            graph.output(&value, doc);
        }
    }
    Ok(ModelProto {
        ir_version: Some(IR_VERSION),
        producer_name: Some("tillsight".to_owned()),
        producer_version: Some(env!("CARGO_PKG_VERSION").to_owned()),
        doc_string: Some(format!(
            "Single-shot detector {} ({}): {}",
            bundle.name,
            bundle.architecture.name,
            bundle.architecture.classes.join(", ")
        )),
        graph: Some(graph.finish()),
        opset_import: vec![OperatorSetIdProto {
            domain: Some(String::new()),
            version: Some(OPSET),
        }],
        metadata_props: metadata(bundle, options),
    })
}

/// Adds the input and what makes normalised planes of it.
fn normalised_input(graph: &mut GraphBuilder, bundle: &ModelBundle, options: ExportOptions) -> Value {
    let [width, height] = bundle.architecture.input;
    let batch = options.batch.map_or(Dim::Named("batch"), Dim::Fixed);
    let [width, height, colours] = [width, height, 3].map(Dim::Fixed);
    let planes = match options.input {
        InputForm::Pixels => {
            let dims = vec![batch, height, width, colours];
            let image = graph.input("image", DataType::Uint8, dims, "pixels, red green blue, 0 to 255");
            let floats = graph.cast("input.floats", &image, DataType::Float);
            graph.transpose("input.planes", &floats, &[0, 3, 1, 2])
        }
        InputForm::Planes => {
            let dims = vec![batch, colours, height, width];
            graph.input(
                "image",
                DataType::Float,
                dims,
                "red, green and blue planes, 0 to 255",
            )
        }
    };
    let affine = bundle.architecture.normalisation.affine();
    let ordered = if affine.source == [0, 1, 2] {
        planes
    } else {
        let source = graph.integers("input.source", &affine.source.map(graph::signed));
        let made = (DataType::Float, planes.dims().to_vec());
        let axis = vec![graph::int("axis", 1)];
        graph.node("input.ordered", "Gather", &[&planes, &source], axis, made)
    };
    let mean = graph.floats("input.mean", &[1, 3, 1, 1], &affine.mean);
    let deviation = graph.floats("input.deviation", &[1, 3, 1, 1], &affine.deviation);
    let centred = graph.binary("input.centred", "Sub", &ordered, &mean);
    graph.binary("input.normalised", "Div", &centred, &deviation)
}

/// What a program that loads the file needs to know about it.
fn metadata(bundle: &ModelBundle, options: ExportOptions) -> Vec<StringStringEntryProto> {
    let classes = &bundle.architecture.classes;
    let thresholds: serde_json::Map<String, serde_json::Value> = classes
        .iter()
        .map(|class| (class.clone(), json!(bundle.threshold_of(class))))
        .collect();
    let [width, height] = bundle.architecture.input;
    let colours = match options.input {
        InputForm::Pixels => "uint8 [batch, height, width, 3]",
        InputForm::Planes => "float32 [batch, 3, height, width]",
    };
    [
        ("name", bundle.name.clone()),
        ("classes", json!(classes).to_string()),
        ("input_size", json!([width, height]).to_string()),
        (
            "input",
            format!(
                "{colours}, red green blue, 0 to 255, the whole picture resized without keeping its shape"
            ),
        ),
        ("normalisation", normalisation(bundle)),
        (
            "boxes",
            "in the graph: x0, y0, x1, y1 in parts of the picture".to_owned(),
        ),
        (
            "class_thresholds",
            serde_json::Value::from(thresholds).to_string(),
        ),
        ("decode", json!(bundle.decode).to_string()),
        ("architecture", json!(bundle.architecture).to_string()),
        ("dataset_version", bundle.dataset_version.clone()),
    ]
    .map(|(key, value)| StringStringEntryProto {
        key: Some(key.to_owned()),
        value: Some(value),
    })
    .into()
}

fn normalisation(bundle: &ModelBundle) -> String {
    let affine = bundle.architecture.normalisation.affine();
    let names = affine.source.map(|channel| ["red", "green", "blue"][channel]);
    format!(
        "in the graph: channels {}, each (value - mean) / deviation with mean {:?} and deviation {:?}",
        names.join(" "),
        affine.mean,
        affine.deviation
    )
}
