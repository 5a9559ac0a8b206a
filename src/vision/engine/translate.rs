//! From a described architecture and its weights to a [`Network`]: batch norms are folded into the
//! convolutions, and layers are gathered into groups.
//!
//! This is the one file of the engine that knows how architectures are described. What it has no kernel for
//! it refuses, and burn computes the network instead.

use std::cell::Cell;

use super::network::{
    Activation, Branch, Depthwise, Group, MapId, Network, NotCovered, Pointwise, Source, Target,
};
use crate::vision::{
    architecture::{self, Architecture, Plan, PlannedConv, PlannedLayer, PlannedMap, TapPoint},
    weights::Dictionary,
};

/// The network of an architecture with weights under the paths of its plan.
///
/// # Errors
/// [`NotCovered`] if a layer has no kernel, or a tensor is missing, left over or mis-shaped.
pub fn network(architecture: &Architecture, weights: &Dictionary) -> Result<Network, NotCovered> {
    let plan = architecture.plan().map_err(NotCovered::Shape)?;
    let mut translator = Translator {
        plan: &plan,
        weights,
        used: Cell::new(0),
        groups: Vec::new(),
        last: Last::Picture,
        maps: 0,
    };
    let mut step = 0;
    while step < plan.steps.len() {
        step += translator.step(step)?;
    }
    let (used, there) = (translator.used.get(), weights.len());
    if used != there {
        return Err(NotCovered::Shape(format!(
            "the weights hold {there} tensors where {used} are needed"
        )));
    }
    Ok(Network {
        side: plan.input.side,
        normalisation: architecture.normalisation,
        class_outputs: architecture.class_outputs(),
        groups: translator.groups,
    })
}

/// What the next layer reads.
enum Last {
    /// The picture itself.
    Picture,
    /// A map that has been made.
    Made(MapId, usize),
    /// A wide map that is not made yet, so that what filters it can be computed with it.
    Open(String, Source),
}

struct Translator<'a> {
    plan: &'a Plan,
    weights: &'a Dictionary,
    /// Tensors taken so far.
    used: Cell<usize>,
    groups: Vec<Group>,
    last: Last,
    maps: usize,
}

impl Translator<'_> {
    /// Translates the layer at `step`, and gives how many layers that took.
    fn step(&mut self, step: usize) -> Result<usize, NotCovered> {
        let planned = &self.plan.steps[step];
        let refuse = |what: &str| Err(NotCovered::Layer(format!("{what} ({})", planned.path)));
        match &planned.layer {
            PlannedLayer::MaxPool(_) => refuse("maximum pooling"),
            PlannedLayer::Parallel(_) => refuse("parallel convolutions"),
            PlannedLayer::InvertedResidual(block) => {
                let input = if block.shortcut || block.expand.is_some() {
                    Some(self.made()?)
                } else {
                    None
                };
                let source = match (&block.expand, input) {
                    (Some(expand), Some((map, _))) => Source::Pointwise(map, self.pointwise(expand)?),
                    _ => self.source()?.1,
                };
                let target = self.new_map();
                let mut branches = vec![Branch {
                    depthwise: self.depthwise(&block.depthwise)?,
                    pointwise: self.pointwise(&block.project)?,
                    residual: input.filter(|_| block.shortcut).map(|(map, _)| map),
                    target: Target::Map(target),
                }];
                branches.extend(self.heads(step, TapPoint::Expansion)?);
                self.push(planned.path.clone(), source, None, branches);
                self.last = Last::Made(target, block.project.output.channels);
                self.output_heads(step)?;
                Ok(1)
            }
            PlannedLayer::Conv(conv) if conv.groups > 1 => {
                let (name, source) = self.source()?;
                let project = match self.plan.steps.get(step + 1).map(|next| &next.layer) {
                    Some(PlannedLayer::Conv(next)) if next.kernel == 1 && !self.is_tapped(step) => next,
                    _ => return refuse("a depthwise convolution that no 1x1 convolution follows"),
                };
                let target = self.new_map();
                let branch = Branch {
                    depthwise: self.depthwise(conv)?,
                    pointwise: self.pointwise(project)?,
                    residual: None,
                    target: Target::Map(target),
                };
                self.push(name, source, None, vec![branch]);
                self.last = Last::Made(target, project.output.channels);
                self.output_heads(step + 1)?;
                Ok(2)
            }
            PlannedLayer::Conv(conv) => {
                let source = match self.last {
                    Last::Picture => Source::Stem(self.stem(conv)?),
                    Last::Made(..) | Last::Open(..) => {
                        let (map, _) = self.made()?;
                        Source::Pointwise(map, self.pointwise(conv)?)
                    }
                };
                self.last = Last::Open(planned.path.clone(), source);
                self.output_heads(step)?;
                Ok(1)
            }
        }
    }

    fn new_map(&mut self) -> MapId {
        self.maps += 1;
        MapId(self.maps)
    }

    fn push(&mut self, name: String, source: Source, keep: Option<MapId>, branches: Vec<Branch>) {
        self.groups.push(Group {
            name,
            source,
            keep,
            branches,
        });
    }

    /// The last map as a wide map that is filtered next, and the group's name.
    fn source(&mut self) -> Result<(String, Source), NotCovered> {
        match std::mem::replace(&mut self.last, Last::Picture) {
            Last::Picture => Err(NotCovered::Layer(
                "a network that filters the picture first".to_owned(),
            )),
            Last::Made(map, channels) => Ok((format!("after map {}", map.0), Source::Map(map, channels))),
            Last::Open(name, source) => Ok((name, source)),
        }
    }

    /// The last map, made if it is not yet.
    fn made(&mut self) -> Result<(MapId, usize), NotCovered> {
        if let Last::Made(map, channels) = self.last {
            return Ok((map, channels));
        }
        let (name, source) = self.source()?;
        let map = self.new_map();
        self.push(name, source, Some(map), Vec::new());
        let channels = self.groups.last().map_or(0, Group::channels);
        self.last = Last::Made(map, channels);
        Ok((map, channels))
    }

    fn is_tapped(&self, step: usize) -> bool {
        self.plan.maps.iter().any(|map| map.step == step)
    }

    /// A group with the heads that look at a layer's output, if there are any.
    fn output_heads(&mut self, step: usize) -> Result<(), NotCovered> {
        let branches = self.heads(step, TapPoint::Output)?;
        if branches.is_empty() {
            return Ok(());
        }
        match std::mem::replace(&mut self.last, Last::Picture) {
            Last::Open(name, source) => {
                let map = self.new_map();
                self.push(name, source, Some(map), branches);
                let channels = self.groups.last().map_or(0, Group::channels);
                self.last = Last::Made(map, channels);
            }
            Last::Made(map, channels) => {
                let name = format!("heads of {}", self.plan.steps[step].path);
                self.push(name, Source::Map(map, channels), None, branches);
                self.last = Last::Made(map, channels);
            }
            Last::Picture => {}
        }
        Ok(())
    }

    /// The heads that look at this place.
    fn heads(&self, step: usize, point: TapPoint) -> Result<Vec<Branch>, NotCovered> {
        let mut branches = Vec::new();
        for (index, map) in self.plan.maps.iter().enumerate() {
            if map.step == step && map.point == point {
                branches.extend(self.heads_of(index, map)?);
            }
        }
        Ok(branches)
    }

    fn heads_of(&self, index: usize, map: &PlannedMap) -> Result<[Branch; 2], NotCovered> {
        if let Some(norm) = &map.l2_norm {
            return Err(NotCovered::Layer(format!("an L2 normalisation ({})", norm.path)));
        }
        let head = |head: &architecture::PlannedHead, target: Target| {
            let depthwise = match head.hidden.as_slice() {
                [step] => match &step.layer {
                    PlannedLayer::Conv(conv) => self.depthwise(conv)?,
                    PlannedLayer::InvertedResidual(_)
                    | PlannedLayer::MaxPool(_)
                    | PlannedLayer::Parallel(_) => {
                        return Err(NotCovered::Layer(format!("the head layer {}", step.path)));
                    }
                },
                _ => {
                    return Err(NotCovered::Layer(format!(
                        "a head of another kind than SSDLite's ({})",
                        head.predict.path
                    )));
                }
            };
            Ok(Branch {
                depthwise,
                pointwise: self.pointwise(&head.predict)?,
                residual: None,
                target,
            })
        };
        Ok([
            head(&map.class_head, Target::Logits(index))?,
            head(&map.box_head, Target::Offsets(index))?,
        ])
    }

    fn stem(&self, conv: &PlannedConv) -> Result<Pointwise, NotCovered> {
        let known = (conv.kernel, conv.stride, conv.padding, conv.dilation, conv.groups) == (3, 2, 1, 1, 1);
        if !known || conv.input.channels != 3 {
            return Err(unknown(conv));
        }
        let (weights, bias) = self.folded(conv)?;
        // From colour, row, column to row, column, colour.
        let reordered = weights
            .chunks(27)
            .flat_map(|kernel| (0..27).map(|i| kernel[i % 3 * 9 + i / 3]))
            .collect();
        Ok(Pointwise {
            inputs: 27,
            outputs: conv.output.channels,
            weights: reordered,
            bias,
            activation: activation(conv),
        })
    }

    fn pointwise(&self, conv: &PlannedConv) -> Result<Pointwise, NotCovered> {
        if (conv.kernel, conv.stride, conv.padding, conv.groups) != (1, 1, 0, 1) {
            return Err(unknown(conv));
        }
        let (weights, bias) = self.folded(conv)?;
        Ok(Pointwise {
            inputs: conv.input.channels,
            outputs: conv.output.channels,
            weights,
            bias,
            activation: activation(conv),
        })
    }

    fn depthwise(&self, conv: &PlannedConv) -> Result<Depthwise, NotCovered> {
        let known = (conv.kernel, conv.padding, conv.dilation) == (3, 1, 1) && conv.stride <= 2;
        let channels = conv.input.channels;
        if !known || conv.groups != channels || conv.output.channels != channels {
            return Err(unknown(conv));
        }
        let (weights, bias) = self.folded(conv)?;
        Ok(Depthwise {
            stride: conv.stride,
            weights,
            bias,
            activation: activation(conv),
        })
    }

    /// Kernel and bias with the batch norm folded in: `w * gamma / sqrt(var + eps)` and
    /// `(b - mean) * gamma / sqrt(var + eps) + beta` (Jacob et al. 2018, section 3.2).
    fn folded(&self, conv: &PlannedConv) -> Result<(Vec<f32>, Vec<f32>), NotCovered> {
        let path = conv.kernel_path();
        let channels = conv.output.channels;
        let mut weights = self.tensor(&format!("{path}.weight"), conv.weight_shape().iter().product())?;
        let mut bias = if conv.bias {
            self.tensor(&format!("{path}.bias"), channels)?
        } else {
            vec![0.0; channels]
        };
        if let (Some(norm), Some(path)) = (conv.norm, conv.norm_path()) {
            let part = |name: &str| self.tensor(&format!("{path}.{name}"), channels);
            let (gamma, beta) = (part("gamma")?, part("beta")?);
            let (mean, variance) = (part("running_mean")?, part("running_var")?);
            let kernel = weights.len() / channels;
            for (channel, of_channel) in weights.chunks_mut(kernel).enumerate() {
                let scale = gamma[channel] / (variance[channel] + norm.epsilon).sqrt();
                of_channel.iter_mut().for_each(|weight| *weight *= scale);
                bias[channel] = (bias[channel] - mean[channel]) * scale + beta[channel];
            }
        }
        Ok((weights, bias))
    }

    fn tensor(&self, name: &str, len: usize) -> Result<Vec<f32>, NotCovered> {
        match self.weights.get(name) {
            Some(tensor) if tensor.values.len() == len => {
                self.used.set(self.used.get() + 1);
                Ok(tensor.values.clone())
            }
            Some(tensor) => Err(NotCovered::Shape(format!(
                "{name} has {} values where {len} are needed",
                tensor.values.len()
            ))),
            None => Err(NotCovered::Shape(format!("{name} is missing"))),
        }
    }
}

fn unknown(conv: &PlannedConv) -> NotCovered {
    NotCovered::Layer(format!(
        "a {0}x{0} convolution of stride {1} in {2} groups ({3})",
        conv.kernel, conv.stride, conv.groups, conv.path
    ))
}

const fn activation(conv: &PlannedConv) -> Activation {
    match conv.activation {
        architecture::Activation::Linear => Activation::Linear,
        architecture::Activation::Relu => Activation::Relu,
        architecture::Activation::Relu6 => Activation::Relu6,
    }
}
