//! The slow way to compute a network: one loop a dimension, no packing, no tiles. Tests compare with it.

use std::collections::BTreeMap;

use super::network::{Activation, Depthwise, MapId, Network, Pointwise, Source, Target};

/// A square map: `[side, side, channels]`.
#[derive(Debug, Clone)]
pub(super) struct Map {
    pub(super) side: usize,
    pub(super) channels: usize,
    pub(super) values: Vec<f32>,
}

impl Map {
    /// A number of the map with a border of zeros of that many pixels; zero outside of it.
    fn at(&self, border: usize, [y, x]: [usize; 2], channel: usize) -> f32 {
        let inside = |v: usize| v.checked_sub(border).filter(|&v| v < self.side);
        match (inside(y), inside(x)) {
            (Some(y), Some(x)) => self.values[(y * self.side + x) * self.channels + channel],
            _ => 0.0,
        }
    }
}

fn activate(value: f64, activation: Activation) -> f32 {
    let value = crate::geom::cast::narrow_f32(value);
    match activation {
        Activation::Linear => value,
        Activation::Relu => value.max(0.0),
        Activation::Relu6 => value.clamp(0.0, 6.0),
    }
}

/// Output pixels, each from what `inputs` gives for it.
fn mix(
    side: usize,
    layer: &Pointwise,
    inputs: impl Fn(usize, usize, usize) -> f32,
    added: Option<&Map>,
) -> Map {
    let mut values = Vec::new();
    for y in 0..side {
        for x in 0..side {
            for o in 0..layer.outputs {
                let mut sum = f64::from(layer.bias[o]);
                for i in 0..layer.inputs {
                    sum += f64::from(layer.weights[o * layer.inputs + i]) * f64::from(inputs(y, x, i));
                }
                if let Some(map) = added {
                    sum += f64::from(map.values[(y * side + x) * map.channels + o]);
                }
                values.push(activate(sum, layer.activation));
            }
        }
    }
    Map {
        side,
        channels: layer.outputs,
        values,
    }
}

pub(super) fn depthwise(map: &Map, layer: &Depthwise) -> Map {
    let side = map.side.div_ceil(layer.stride);
    let mut values = Vec::new();
    for y in 0..side {
        for x in 0..side {
            for c in 0..map.channels {
                let mut sum = f64::from(layer.bias[c]);
                for ky in 0..3 {
                    for kx in 0..3 {
                        let (sy, sx) = (y * layer.stride + ky, x * layer.stride + kx);
                        let value = map.at(1, [sy, sx], c);
                        sum += f64::from(layer.weights[c * 9 + ky * 3 + kx]) * f64::from(value);
                    }
                }
                values.push(activate(sum, layer.activation));
            }
        }
    }
    Map {
        side,
        channels: map.channels,
        values,
    }
}

/// Logits and offsets of all default boxes, for an input of planes as
/// [`crate::vision::preprocess::to_input`] makes it.
pub(super) fn outputs(network: &Network, input: &[f32]) -> (Vec<f32>, Vec<f32>) {
    let side = network.side;
    let picture = Map {
        side,
        channels: 3,
        values: (0..side * side * 3)
            .map(|i| input[i % 3 * side * side + i / 3])
            .collect(),
    };
    let mut maps: BTreeMap<MapId, Map> = BTreeMap::new();
    let (mut logits, mut offsets) = (BTreeMap::new(), BTreeMap::new());
    for group in &network.groups {
        let wide = match &group.source {
            Source::Stem(layer) => mix(
                side.div_ceil(2),
                layer,
                |y, x, i| {
                    let (ky, kx) = (i / 9, i / 3 % 3);
                    picture.at(1, [2 * y + ky, 2 * x + kx], i % 3)
                },
                None,
            ),
            Source::Pointwise(map, layer) => {
                let map = &maps[map];
                mix(map.side, layer, |y, x, i| map.at(0, [y, x], i), None)
            }
            Source::Map(map, _) => maps[map].clone(),
        };
        for branch in &group.branches {
            let filtered = depthwise(&wide, &branch.depthwise);
            let added = branch.residual.map(|map| &maps[&map]);
            let inputs = |y: usize, x: usize, i: usize| filtered.at(0, [y, x], i);
            let out = mix(filtered.side, &branch.pointwise, inputs, added);
            match branch.target {
                Target::Map(map) => {
                    maps.insert(map, out);
                }
                Target::Logits(at) => {
                    logits.insert(at, out.values);
                }
                Target::Offsets(at) => {
                    offsets.insert(at, out.values);
                }
            }
        }
        if let Some(keep) = group.keep {
            maps.insert(keep, wide);
        }
    }
    let flat = |maps: BTreeMap<usize, Vec<f32>>| maps.into_values().flatten().collect();
    (flat(logits), flat(offsets))
}
