//! Every layer of a description with its path, its shapes and its costs worked out.
//!
//! The network itself, its export and any other engine are built from a [`Plan`] and from weights found by
//! their paths, so that what comes into a layer is worked out in one place only. The paths are those of the
//! weight files: a convolution without norm has `PATH.weight` and perhaps `PATH.bias`; one with a norm has
//! `PATH.conv.weight`, perhaps `PATH.conv.bias`, and `PATH.norm.{gamma, beta, running_mean, running_var}`.

mod convolution;
mod costs;
mod layers;
#[cfg(test)]
mod tests;

pub use convolution::PlannedConv;
pub use costs::{Costs, LayerCost};

use self::layers::plan_layer;
use super::{Architecture, FeatureMap, Head, MapBoxes, PoolSpec, TapPoint, layer::ConvSpec};

/// Shape of one square feature map, without the batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MapShape {
    /// Channels.
    pub channels: usize,
    /// Height and width in cells.
    pub side: usize,
}

/// An inverted residual, taken apart.
#[derive(Debug, Clone, PartialEq)]
pub struct PlannedResidual {
    /// The 1x1 convolution that widens, unless the expansion is 1.
    pub expand: Option<PlannedConv>,
    /// The 3x3 convolution of each channel alone.
    pub depthwise: PlannedConv,
    /// The linear 1x1 convolution that narrows.
    pub project: PlannedConv,
    /// Whether the input is added to the output.
    pub shortcut: bool,
}

/// A maximum pooling with its shapes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlannedPool {
    /// Window, stride, padding and rounding.
    pub spec: PoolSpec,
    /// What comes in.
    pub input: MapShape,
    /// What goes out.
    pub output: MapShape,
}

/// A layer with everything worked out.
#[derive(Debug, Clone, PartialEq)]
#[expect(
    clippy::large_enum_variant,
    reason = "a network has some dozens of layers, and the large kind is the usual one"
)]
pub enum PlannedLayer {
    /// A convolution.
    Conv(PlannedConv),
    /// An inverted residual.
    InvertedResidual(PlannedResidual),
    /// Maximum pooling.
    MaxPool(PlannedPool),
    /// Convolutions of the same input, put together along the channels.
    Parallel(Vec<PlannedConv>),
}

impl PlannedLayer {
    /// Its convolutions, in the order in which they are computed.
    #[must_use]
    pub fn convolutions(&self) -> Vec<&PlannedConv> {
        match self {
            Self::Conv(conv) => vec![conv],
            Self::InvertedResidual(block) => block
                .expand
                .iter()
                .chain([&block.depthwise, &block.project])
                .collect(),
            Self::MaxPool(_) => Vec::new(),
            Self::Parallel(branches) => branches.iter().collect(),
        }
    }

    /// Shape of what it gives to the next layer.
    #[must_use]
    pub fn output(&self) -> MapShape {
        match self {
            Self::Conv(conv) => conv.output,
            Self::InvertedResidual(block) => block.project.output,
            Self::MaxPool(pool) => pool.output,
            Self::Parallel(branches) => MapShape {
                channels: branches.iter().map(|b| b.output.channels).sum(),
                side: branches.first().map_or(0, |b| b.output.side),
            },
        }
    }
}

/// A layer and where its weights are found.
#[derive(Debug, Clone, PartialEq)]
pub struct PlannedStep {
    /// Name with everything in front of it, for example `backbone.blocks.6`.
    pub path: String,
    /// The layer.
    pub layer: PlannedLayer,
}

/// A head of one map.
#[derive(Debug, Clone, PartialEq)]
pub struct PlannedHead {
    /// Layers before the prediction.
    pub hidden: Vec<PlannedStep>,
    /// The prediction: for each box of a cell in turn its values.
    pub predict: PlannedConv,
    /// Values that it gives for each box.
    pub values: usize,
}

/// An L2 normalisation over the channels with one learned scale a channel, under the name `PATH.scale`.
#[derive(Debug, Clone, PartialEq)]
pub struct PlannedL2Norm {
    /// Where its scales are found.
    pub path: String,
    /// How many there are.
    pub channels: usize,
    /// What they start from.
    pub initial: f32,
}

/// A feature map and what looks at it.
#[derive(Debug, Clone, PartialEq)]
pub struct PlannedMap {
    /// Index of the step that it is taken from.
    pub step: usize,
    /// Where in that step.
    pub point: TapPoint,
    /// Its normalisation, if it has one.
    pub l2_norm: Option<PlannedL2Norm>,
    /// Its shape.
    pub shape: MapShape,
    /// Default boxes in each of its cells.
    pub per_cell: usize,
    /// The head that says what is there.
    pub class_head: PlannedHead,
    /// The head that says where exactly.
    pub box_head: PlannedHead,
}

/// A whole network, worked out.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// What comes in: three channels.
    pub input: MapShape,
    /// The layers of backbone and extras, each on the output of the one before.
    pub steps: Vec<PlannedStep>,
    /// How many of the steps are the backbone.
    pub backbone_steps: usize,
    /// The feature maps, in the order of the predictions.
    pub maps: Vec<PlannedMap>,
}

impl Plan {
    /// See [`Architecture::plan`].
    pub(super) fn new(architecture: &Architecture) -> Result<Self, String> {
        let input = MapShape {
            channels: 3,
            side: architecture.input[0],
        };
        let mut shape = input;
        let mut steps: Vec<PlannedStep> = Vec::new();
        for (part, layers) in [
            ("backbone", &architecture.backbone),
            ("extras", &architecture.extras),
        ] {
            for layer in layers {
                let step = plan_layer(part, layer, shape)?;
                if steps.iter().any(|s| s.path == step.path) {
                    return Err(format!("two layers have the name {}", step.path));
                }
                shape = step.layer.output();
                steps.push(step);
            }
        }
        let (maps, boxes) = (&architecture.maps, &architecture.boxes.maps);
        if maps.is_empty() || maps.len() != boxes.len() {
            return Err(format!(
                "{} feature maps but default boxes for {}; each map needs its own",
                maps.len(),
                boxes.len()
            ));
        }
        let maps = maps
            .iter()
            .zip(boxes)
            .enumerate()
            .map(|(index, (map, boxes))| plan_map(architecture, index, map, boxes, &steps))
            .collect::<Result<_, _>>()?;
        Ok(Self {
            input,
            steps,
            backbone_steps: architecture.backbone.len(),
            maps,
        })
    }
}

fn plan_map(
    architecture: &Architecture,
    index: usize,
    map: &FeatureMap,
    boxes: &MapBoxes,
    steps: &[PlannedStep],
) -> Result<PlannedMap, String> {
    let step = steps
        .iter()
        .position(|step| step.path == map.layer)
        .ok_or_else(|| {
            format!(
                "feature map {index} is taken from {}, which is no layer",
                map.layer
            )
        })?;
    let shape = match map.point {
        TapPoint::Output => steps[step].layer.output(),
        TapPoint::Expansion => expansion_shape(&steps[step])?,
    };
    if shape.side != boxes.side {
        return Err(format!(
            "the default boxes of map {index} are for {0} x {0} cells, but {1} gives {2} x {2}",
            boxes.side, map.layer, shape.side
        ));
    }
    let per_cell = boxes.per_cell();
    let head = |part: &str, head: &Head, values: usize| {
        plan_head(&format!("{part}.{index}"), head, shape, [per_cell, values])
    };
    Ok(PlannedMap {
        step,
        point: map.point,
        l2_norm: map.l2_norm.map(|initial| PlannedL2Norm {
            path: format!("l2_norms.{index}"),
            channels: shape.channels,
            initial,
        }),
        shape,
        per_cell,
        class_head: head(
            "class_heads",
            &architecture.heads.class,
            architecture.class_outputs(),
        )?,
        box_head: head("box_heads", &architecture.heads.location, 4)?,
    })
}

fn expansion_shape(step: &PlannedStep) -> Result<MapShape, String> {
    match &step.layer {
        PlannedLayer::InvertedResidual(block) => Ok(block.depthwise.input),
        PlannedLayer::Conv(_) | PlannedLayer::MaxPool(_) | PlannedLayer::Parallel(_) => Err(format!(
            "{} is no inverted residual and has no widened map to look at",
            step.path
        )),
    }
}

fn plan_head(
    part: &str,
    head: &Head,
    map: MapShape,
    [per_cell, values]: [usize; 2],
) -> Result<PlannedHead, String> {
    let mut shape = map;
    let mut hidden: Vec<PlannedStep> = Vec::new();
    for layer in &head.hidden {
        let step = plan_layer(part, layer, shape)?;
        if layer.name == "predict" || hidden.iter().any(|s| s.path == step.path) {
            return Err(format!("two layers have the name {}", step.path));
        }
        shape = step.layer.output();
        hidden.push(step);
    }
    let spec = ConvSpec {
        bias: head.predict.bias,
        ..ConvSpec::new(per_cell * values, head.predict.kernel)
    };
    let predict = PlannedConv::new(format!("{part}.predict"), &spec, shape)?;
    if predict.output.side != map.side {
        return Err(format!(
            "{} makes {1} x {1} cells of a map of {2} x {2}; a head must keep the map's size",
            predict.path, predict.output.side, map.side
        ));
    }
    Ok(PlannedHead {
        hidden,
        predict,
        values,
    })
}
