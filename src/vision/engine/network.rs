//! The networks that the engine computes, as plain data: groups of convolutions with their weights.
//!
//! A group is one wide map and what is made of it. The map comes out of a 1x1 convolution (or is the stem's,
//! or one made before); each branch filters it with a depthwise 3x3 convolution and mixes the channels with a
//! 1x1 convolution. An inverted residual is a group with one branch; a tap of the backbone has three: the
//! block's own way on, the class head and the box head. Batch norm is already folded into the weights.
//!
//! Nothing here knows of burn, threads or instruction sets.

use crate::vision::preprocess::Normalisation;

/// In what numbers the channels of maps are mixed, which is nearly all of the work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Precision {
    /// 32-bit floats.
    #[default]
    Floats,
    /// 8-bit integers: weights with a scale for each output; inputs with the range that a row of the map has, or
    /// from 0 to 6 after a `ReLU6`. Depthwise filters and sums of residuals stay floats.
    Bytes,
}

/// Which numbers a layer may give.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Activation {
    /// All of them.
    Linear,
    /// `max(x, 0)`.
    Relu,
    /// `min(max(x, 0), 6)`.
    Relu6,
}

/// A 1x1 convolution, or the stem's 3x3 as one over 27 inputs.
#[derive(Debug, Clone, PartialEq)]
pub struct Pointwise {
    /// Channels in.
    pub inputs: usize,
    /// Channels out.
    pub outputs: usize,
    /// `[outputs, inputs]`, row by row.
    pub weights: Vec<f32>,
    /// One an output.
    pub bias: Vec<f32>,
    /// What follows.
    pub activation: Activation,
}

/// A depthwise 3x3 convolution, padded by one pixel of zeros.
#[derive(Debug, Clone, PartialEq)]
pub struct Depthwise {
    /// 1 or 2.
    pub stride: usize,
    /// `[channels, 3, 3]`.
    pub weights: Vec<f32>,
    /// One a channel.
    pub bias: Vec<f32>,
    /// What follows.
    pub activation: Activation,
}

/// A map that groups hand to each other, by number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MapId(pub usize);

/// Where the wide map of a group comes from.
#[derive(Debug, Clone, PartialEq)]
pub enum Source {
    /// A 3x3 convolution of stride 2 over the picture, padded by one pixel of zeros; its inputs are ordered
    /// row, column, colour.
    Stem(Pointwise),
    /// A 1x1 convolution of a map.
    Pointwise(MapId, Pointwise),
    /// The map as it is, which has this many channels.
    Map(MapId, usize),
}

/// What a branch makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// A map for later groups.
    Map(MapId),
    /// Class logits of the default boxes of one feature map, the largest being 0.
    Logits(usize),
    /// Offsets of the default boxes of one feature map.
    Offsets(usize),
}

/// A depthwise separable convolution of a group's map.
#[derive(Debug, Clone, PartialEq)]
pub struct Branch {
    /// The 3x3 part.
    pub depthwise: Depthwise,
    /// The 1x1 part.
    pub pointwise: Pointwise,
    /// A map that is added to the result.
    pub residual: Option<MapId>,
    /// Where the result goes.
    pub target: Target,
}

/// One wide map and what is made of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// What people call it, for tables.
    pub name: String,
    /// Where the wide map comes from.
    pub source: Source,
    /// The number that the wide map itself is kept under, if a later group needs it.
    pub keep: Option<MapId>,
    /// What is made of it.
    pub branches: Vec<Branch>,
}

/// A detector's network.
#[derive(Debug, Clone, PartialEq)]
pub struct Network {
    /// Side of the square picture.
    pub side: usize,
    /// How pixels become numbers.
    pub normalisation: Normalisation,
    /// Class logits a default box, with the background.
    pub class_outputs: usize,
    /// In the order in which they are computed.
    pub groups: Vec<Group>,
}

/// Why the engine does not compute a network. The caller falls back to burn.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotCovered {
    /// A layer that it has no kernel for.
    #[error("the fast CPU engine has no kernel for {0}; burn computes this network instead")]
    Layer(String),
    /// Weights that are not numbers.
    #[error("{0} has a weight that is not a finite number; train or load the model again")]
    Weights(String),
    /// Parts that do not fit each other.
    #[error("{0}, so the network cannot be computed; load the model again")]
    Shape(String),
}

impl Pointwise {
    fn check(&self, name: &str) -> Result<(), NotCovered> {
        if self.inputs == 0 || self.outputs == 0 {
            return Err(NotCovered::Shape(format!("{name} has no channels")));
        }
        if self.weights.len() != self.inputs * self.outputs || self.bias.len() != self.outputs {
            return Err(NotCovered::Shape(format!(
                "{name} has {} weights and {} biases for {} by {} channels",
                self.weights.len(),
                self.bias.len(),
                self.inputs,
                self.outputs
            )));
        }
        finite(name, &self.weights, &self.bias)
    }
}

impl Depthwise {
    fn check(&self, name: &str, channels: usize) -> Result<(), NotCovered> {
        if !(1..=2).contains(&self.stride) {
            return Err(NotCovered::Layer(format!(
                "a depthwise convolution of stride {} ({name})",
                self.stride
            )));
        }
        if self.weights.len() != channels * 9 || self.bias.len() != channels {
            return Err(NotCovered::Shape(format!(
                "the depthwise convolution of {name} has {} weights for {channels} channels",
                self.weights.len()
            )));
        }
        finite(name, &self.weights, &self.bias)
    }
}

fn finite(name: &str, weights: &[f32], bias: &[f32]) -> Result<(), NotCovered> {
    if weights.iter().chain(bias).all(|value| value.is_finite()) {
        Ok(())
    } else {
        Err(NotCovered::Weights(name.to_owned()))
    }
}

impl Group {
    /// Channels of the wide map.
    #[must_use]
    pub const fn channels(&self) -> usize {
        match &self.source {
            Source::Stem(layer) | Source::Pointwise(_, layer) => layer.outputs,
            Source::Map(_, channels) => *channels,
        }
    }

    /// Multiply-adds for a wide map of this side.
    #[must_use]
    pub fn multiply_adds(&self, side: usize) -> usize {
        let source = match &self.source {
            Source::Stem(layer) | Source::Pointwise(_, layer) => side * side * layer.inputs * layer.outputs,
            Source::Map(..) => 0,
        };
        let branch = |b: &Branch| {
            let out = side.div_ceil(b.depthwise.stride);
            out * out * (b.pointwise.inputs * (9 + b.pointwise.outputs))
        };
        source + self.branches.iter().map(branch).sum::<usize>()
    }

    /// Checks the parts of one group against each other.
    ///
    /// # Errors
    /// [`NotCovered`], naming the group.
    pub fn check(&self) -> Result<(), NotCovered> {
        match &self.source {
            Source::Stem(layer) => {
                layer.check(&self.name)?;
                if layer.inputs != 27 {
                    return Err(NotCovered::Layer(format!(
                        "a first layer over {} inputs",
                        layer.inputs
                    )));
                }
            }
            Source::Pointwise(_, layer) => layer.check(&self.name)?,
            Source::Map(..) => {}
        }
        for branch in &self.branches {
            branch.depthwise.check(&self.name, self.channels())?;
            branch.pointwise.check(&self.name)?;
            if branch.pointwise.inputs != self.channels() {
                return Err(NotCovered::Shape(format!(
                    "{} mixes {} channels of {}",
                    self.name,
                    branch.pointwise.inputs,
                    self.channels()
                )));
            }
        }
        Ok(())
    }
}
