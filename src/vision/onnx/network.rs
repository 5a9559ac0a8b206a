//! The layers of a [`Plan`] as ONNX nodes, from normalised planes to logits and offsets.
//!
//! Knows every kind of layer and no particular network. Nodes are named as the plan names weights:
//! `backbone.blocks.6.expand`. Batch norm vanishes into the convolution before it.

use super::{
    ExportError,
    graph::{GraphBuilder, Value},
    ops::Window,
    weights::Weights,
};
use crate::vision::architecture::{
    Activation, Plan, PlannedConv, PlannedHead, PlannedLayer, PlannedMap, PlannedStep, PoolSpec, TapPoint,
};

/// Adds layers with their weights.
pub(super) struct NetworkWriter<'a> {
    graph: &'a mut GraphBuilder,
    weights: &'a mut Weights,
    /// The ends of `ReLU6`, made when first needed.
    relu6: Option<[Value; 2]>,
}

/// What a layer gives.
struct Made {
    /// To the next layer.
    output: Value,
    /// The widened map of an inverted residual.
    expansion: Option<Value>,
}

impl From<Value> for Made {
    fn from(output: Value) -> Self {
        Self {
            output,
            expansion: None,
        }
    }
}

impl<'a> NetworkWriter<'a> {
    pub(super) const fn new(graph: &'a mut GraphBuilder, weights: &'a mut Weights) -> Self {
        Self {
            graph,
            weights,
            relu6: None,
        }
    }

    /// Adds the whole network: logits `[batch, boxes, classes + 1]` and offsets `[batch, boxes, 4]`.
    pub(super) fn logits_and_offsets(
        &mut self,
        plan: &Plan,
        input: &Value,
    ) -> Result<(Value, Value), ExportError> {
        let mut made: Vec<Made> = Vec::with_capacity(plan.steps.len());
        for step in &plan.steps {
            let before = made.last().map_or(input, |made| &made.output).clone();
            made.push(self.step(step, &before)?);
        }
        let mut logits = Vec::new();
        let mut offsets = Vec::new();
        for map in &plan.maps {
            let seen = self.seen(map, &made)?;
            logits.push(self.head(&map.class_head, &seen)?);
            offsets.push(self.head(&map.box_head, &seen)?);
        }
        Ok((self.joined("logits", logits), self.joined("offsets", offsets)))
    }

    fn joined(&mut self, name: &str, mut parts: Vec<Value>) -> Value {
        match (parts.len(), parts.pop()) {
            (1, Some(only)) => only,
            (_, last) => {
                parts.extend(last);
                self.graph.concat(name, &parts, 1)
            }
        }
    }

    /// The map that the heads look at.
    fn seen(&mut self, map: &PlannedMap, made: &[Made]) -> Result<Value, ExportError> {
        let step = &made[map.step];
        let tapped = match map.point {
            TapPoint::Output => step.output.clone(),
            TapPoint::Expansion => step
                .expansion
                .clone()
                .expect("a plan taps an expansion only where there is one"),
        };
        let Some(norm) = &map.l2_norm else {
            return Ok(tapped);
        };
        let scales = self
            .weights
            .take(&format!("{}.scale", norm.path), &[norm.channels])?;
        let length = self
            .graph
            .channel_length(&format!("{}.length", norm.path), &tapped);
        // A cell of zeros stays one, as in the network itself.
        let [low, high] = [("low", 1e-12), ("high", f32::MAX)].map(|(end, value)| {
            self.graph
                .floats(&format!("{}.length.{end}", norm.path), &[], &[value])
        });
        let length = self
            .graph
            .clip(&format!("{}.length.bounded", norm.path), &length, &low, &high);
        let unit = self
            .graph
            .binary(&format!("{}.unit", norm.path), "Div", &tapped, &length);
        let scales = self.graph.floats(
            &format!("{}.scale", norm.path),
            &[1, norm.channels, 1, 1],
            &scales,
        );
        Ok(self.graph.binary(&norm.path, "Mul", &unit, &scales))
    }

    fn head(&mut self, head: &PlannedHead, map: &Value) -> Result<Value, ExportError> {
        let mut value = map.clone();
        for step in &head.hidden {
            value = self.step(step, &value)?.output;
        }
        let predictions = self.conv(&head.predict, &value)?;
        // Cells row by row, the boxes of a cell together, as the default boxes are ordered.
        let path = &head.predict.path;
        let cells = self
            .graph
            .transpose(&format!("{path}.cells"), &predictions, &[0, 2, 3, 1]);
        Ok(self.graph.rows(&format!("{path}.rows"), &cells, head.values))
    }

    fn step(&mut self, step: &PlannedStep, input: &Value) -> Result<Made, ExportError> {
        match &step.layer {
            PlannedLayer::Conv(conv) => Ok(self.conv(conv, input)?.into()),
            PlannedLayer::MaxPool(pool) => {
                let window = pool_window(pool.spec, pool.input.side, pool.output.side);
                Ok(self.graph.max_pool(&step.path, input, window).into())
            }
            PlannedLayer::Parallel(branches) => {
                let parts = branches
                    .iter()
                    .map(|branch| self.conv(branch, input))
                    .collect::<Result<Vec<_>, _>>()?;
                Ok(self.graph.concat(&step.path, &parts, 1).into())
            }
            PlannedLayer::InvertedResidual(block) => {
                let expansion = match &block.expand {
                    Some(expand) => self.conv(expand, input)?,
                    None => input.clone(),
                };
                let filtered = self.conv(&block.depthwise, &expansion)?;
                let projected = self.conv(&block.project, &filtered)?;
                let output = if block.shortcut {
                    self.graph.binary(&step.path, "Add", input, &projected)
                } else {
                    projected
                };
                Ok(Made {
                    output,
                    expansion: Some(expansion),
                })
            }
        }
    }

    /// A convolution with its folded norm and its activation.
    fn conv(&mut self, conv: &PlannedConv, input: &Value) -> Result<Value, ExportError> {
        let (kernel, shape) = (conv.kernel_path(), conv.weight_shape());
        let weights = match (conv.norm, conv.norm_path()) {
            (Some(norm), Some(path)) => {
                let plain = self.weights.conv(&kernel, shape, conv.bias)?;
                self.weights.folded(&plain, &path, norm.epsilon)?
            }
            _ => self.weights.conv(&kernel, shape, conv.bias)?,
        };
        let window = Window {
            dilation: [conv.dilation; 2],
            ..Window::square(conv.kernel, conv.stride, conv.padding)
        };
        let linear = self.graph.conv(&conv.path, input, &weights, window, conv.groups);
        Ok(match conv.activation {
            Activation::Linear => linear,
            Activation::Relu => self.graph.relu(&format!("{}.relu", conv.path), &linear),
            Activation::Relu6 => {
                let [low, high] = self.relu6_ends();
                self.graph
                    .clip(&format!("{}.relu6", conv.path), &linear, &low, &high)
            }
        })
    }

    fn relu6_ends(&mut self) -> [Value; 2] {
        self.relu6
            .get_or_insert_with(|| {
                [("relu6.low", 0.0), ("relu6.high", 6.0)]
                    .map(|(name, end)| self.graph.floats(name, &[], &[end]))
            })
            .clone()
    }
}

/// A pooling with the cells that it looks at beyond the edge written out: not every runtime knows ONNX's
/// `ceil_mode`.
fn pool_window(spec: PoolSpec, input: usize, output: usize) -> Window {
    let reached = (output - 1) * spec.stride + spec.kernel;
    let after = if spec.ceil {
        reached.saturating_sub(input + spec.padding)
    } else {
        spec.padding
    };
    Window {
        pads: [spec.padding, spec.padding, after, after],
        ..Window::square(spec.kernel, spec.stride, spec.padding)
    }
}
