//! Works out one layer of any kind.

use super::{
    super::{
        Groups, Layer, LayerKind, PoolSpec,
        layer::{Activation, ConvSpec, ResidualSpec},
    },
    MapShape, PlannedConv, PlannedLayer, PlannedPool, PlannedResidual, PlannedStep,
};

/// A layer of the part of the network that `part` names.
pub(super) fn plan_layer(part: &str, layer: &Layer, input: MapShape) -> Result<PlannedStep, String> {
    let name = &layer.name;
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-.".contains(c);
    if name.is_empty() || name.len() > 64 || !name.chars().all(plain) {
        return Err(format!(
            "a layer of {part} has the name {name:?}; letters, digits, _ and . are possible"
        ));
    }
    let path = format!("{part}.{name}");
    let planned = match &layer.kind {
        LayerKind::Conv(spec) => PlannedLayer::Conv(PlannedConv::new(path.clone(), spec, input)?),
        LayerKind::InvertedResidual(spec) => {
            PlannedLayer::InvertedResidual(plan_residual(&path, *spec, input)?)
        }
        LayerKind::MaxPool(spec) => PlannedLayer::MaxPool(plan_pool(&path, *spec, input)?),
        LayerKind::Parallel(branches) => PlannedLayer::Parallel(plan_parallel(&path, branches, input)?),
    };
    Ok(PlannedStep { path, layer: planned })
}

pub(super) fn plan_residual(
    path: &str,
    spec: ResidualSpec,
    input: MapShape,
) -> Result<PlannedResidual, String> {
    if !(1..=64).contains(&spec.expansion) {
        return Err(format!(
            "{path} widens by {}; 1 to 64 is possible",
            spec.expansion
        ));
    }
    let hidden = input.channels * spec.expansion;
    let expand = (spec.expansion > 1)
        .then(|| PlannedConv::new(format!("{path}.expand"), &ConvSpec::mobile(hidden, 1, 1), input))
        .transpose()?;
    let widened = expand.as_ref().map_or(input, |conv| conv.output);
    let depthwise = PlannedConv::new(
        format!("{path}.depthwise"),
        &ConvSpec::depthwise(spec.stride),
        widened,
    )?;
    let project = ConvSpec {
        activation: Activation::Linear,
        ..ConvSpec::mobile(spec.channels, 1, 1)
    };
    let project = PlannedConv::new(format!("{path}.project"), &project, depthwise.output)?;
    Ok(PlannedResidual {
        expand,
        shortcut: project.output == input,
        depthwise,
        project,
    })
}

/// PyTorch's and Caffe's rule: with `ceil` the last window may hang over the edge, but must begin inside the
/// map or its left padding.
pub(super) fn plan_pool(path: &str, spec: PoolSpec, input: MapShape) -> Result<PlannedPool, String> {
    let PoolSpec {
        kernel,
        stride,
        padding,
        ceil,
    } = spec;
    let padded = input.side + 2 * padding.min(kernel);
    if kernel == 0 || kernel > 64 || !(1..=64).contains(&stride) || padding * 2 > kernel || padded < kernel {
        return Err(format!(
            "{path} cannot pool {0} x {0} cells with a window of {kernel}, stride {stride} and padding \
             {padding}",
            input.side
        ));
    }
    let mut side = if ceil {
        (padded - kernel).div_ceil(stride) + 1
    } else {
        (padded - kernel) / stride + 1
    };
    if ceil && (side - 1) * stride >= input.side + padding {
        side -= 1;
    }
    Ok(PlannedPool {
        spec,
        input,
        output: MapShape {
            channels: input.channels,
            side,
        },
    })
}

pub(super) fn plan_parallel(
    path: &str,
    branches: &[ConvSpec],
    input: MapShape,
) -> Result<Vec<PlannedConv>, String> {
    let planned = branches
        .iter()
        .enumerate()
        .map(|(index, spec)| PlannedConv::new(format!("{path}.{index}"), spec, input))
        .collect::<Result<Vec<_>, _>>()?;
    let side = planned.first().map(|conv| conv.output.side);
    if planned.is_empty() || planned.iter().any(|conv| Some(conv.output.side) != side) {
        return Err(format!(
            "the branches of {path} do not give maps of one size and cannot be put together"
        ));
    }
    Ok(planned)
}

/// How many groups there are, for a layer with `input` channels.
pub(super) fn group_count(groups: Groups, input: usize) -> usize {
    match groups {
        Groups::One => 1,
        Groups::Depthwise => input,
        Groups::Count(count) => count,
    }
}
