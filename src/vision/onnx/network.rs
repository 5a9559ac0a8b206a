//! The network of an [`Architecture`] as ONNX nodes, from normalised planes to logits and offsets.
//!
//! Walks the description in the order of [`crate::vision::Ssd`] and names nodes as that names its tensors:
//! `backbone.blocks.6.expand`.

use super::{
    ExportError,
    graph::{GraphBuilder, Value},
    ops::{ConvWeights, Window},
    weights::Weights,
};
use crate::vision::{Architecture, ExtraLayer, HeadKind, default_boxes::boxes_per_cell};

const STAGES: [(usize, usize, usize, usize); 7] = [
    (1, 16, 1, 1),
    (6, 24, 2, 2),
    (6, 32, 3, 2),
    (6, 64, 4, 2),
    (6, 96, 3, 1),
    (6, 160, 3, 2),
    (6, 320, 1, 1),
];

/// Adds layers with their weights.
pub(super) struct Writer<'a> {
    pub(super) graph: &'a mut GraphBuilder,
    pub(super) weights: &'a mut Weights,
    /// The ends of `ReLU6`.
    zero: Value,
    six: Value,
}

impl<'a> Writer<'a> {
    pub(super) fn new(graph: &'a mut GraphBuilder, weights: &'a mut Weights) -> Self {
        let zero = graph.floats("zero", &[], &[0.0]);
        let six = graph.floats("six", &[], &[6.0]);
        Self {
            graph,
            weights,
            zero,
            six,
        }
    }

    fn conv_norm(&mut self, name: &str, input: &Value, shape: [usize; 4], stride: usize, activate: bool) -> Result<Value, ExportError> {
        let kernel = shape[2];
        let weights: ConvWeights =
            self.weights.folded(&format!("{name}.conv"), &format!("{name}.norm"), shape, false)?;
        let groups = input.side(1) / shape[1];
        let window = Window::square(kernel, stride, kernel / 2);
        let conv = self.graph.conv(name, input, &weights, window, groups);
        Ok(if activate {
            self.graph.clip(&format!("{name}.relu6"), &conv, &self.zero, &self.six)
        } else {
            conv
        })
    }

    fn pointwise(&mut self, name: &str, input: &Value, output: usize, activate: bool) -> Result<Value, ExportError> {
        self.conv_norm(name, input, [output, input.side(1), 1, 1], 1, activate)
    }

    fn depthwise(&mut self, name: &str, input: &Value, stride: usize) -> Result<Value, ExportError> {
        self.conv_norm(name, input, [input.side(1), 1, 3, 3], stride, true)
    }

    fn extra(&mut self, name: &str, input: &Value, layer: ExtraLayer) -> Result<Value, ExportError> {
        let reduced = self.pointwise(&format!("{name}.reduce"), input, layer.reduce, true)?;
        let halved = self.depthwise(&format!("{name}.depthwise"), &reduced, 2)?;
        self.pointwise(&format!("{name}.grow"), &halved, layer.grow, true)
    }

    fn taps(&mut self, input: &Value) -> Result<Vec<Value>, ExportError> {
        let mut map = self.conv_norm("backbone.stem", input, [32, 3, 3, 3], 2, true)?;
        let mut taps = Vec::new();
        let mut index = 0;
        for (expansion, output, repeats, stride) in STAGES {
            for repeat in 0..repeats {
                let name = format!("backbone.blocks.{index}");
                let stride = if repeat == 0 { stride } else { 1 };
                let hidden = map.side(1) * expansion;
                let expanded = if expansion == 1 { map.clone() } else { self.pointwise(&format!("{name}.expand"), &map, hidden, true)? };
                let filtered = self.depthwise(&format!("{name}.depthwise"), &expanded, stride)?;
                let projected = self.pointwise(&format!("{name}.project"), &filtered, output, false)?;
                if index == 6 || index == 13 { taps.push(expanded); }
                map = if stride == 1 && map.side(1) == output { self.graph.binary(&format!("{name}.add"), "Add", &map, &projected) } else { projected };
                index += 1;
            }
        }
        taps.push(self.pointwise("backbone.last", &map, 1280, true)?);
        Ok(taps)
    }

    fn head(&mut self, name: &str, map: &Value, per_cell: usize, values: usize, kind: HeadKind) -> Result<Value, ExportError> {
        let filtered = match kind { HeadKind::DepthwiseSeparable => self.depthwise(&format!("{name}.depthwise"), map, 1)? };
        let weights = self.weights.conv(&format!("{name}.predict"), [per_cell * values, map.side(1), 1, 1], true)?;
        let predictions = self.graph.conv(&format!("{name}.predict"), &filtered, &weights, Window::square(1, 1, 0), 1);
        let cells = self.graph.transpose(&format!("{name}.cells"), &predictions, &[0, 2, 3, 1]);
        Ok(self.graph.rows(&format!("{name}.rows"), &cells, values))
    }

    pub(super) fn logits_and_offsets(&mut self, architecture: &Architecture, input: &Value) -> Result<(Value, Value), ExportError> {
        let mut maps = self.taps(input)?;
        for (index, &layer) in architecture.extras.iter().enumerate() {
            let last = maps[maps.len() - 1].clone();
            maps.push(self.extra(&format!("extras.{index}"), &last, layer)?);
        }
        let per_cell = boxes_per_cell(&architecture.boxes);
        let mut run = |name: &str, values: usize| {
            let rows = maps.iter().enumerate().map(|(index, map)| self.head(&format!("{name}.{index}"), map, per_cell, values, architecture.head)).collect::<Result<Vec<_>, _>>()?;
            Ok::<_, ExportError>(self.graph.concat(name, &rows, 1))
        };
        Ok((run("class_heads", architecture.class_outputs())?, run("box_heads", 4)?))
    }
}
