//! One convolution with its shapes, the paths of its weights and its costs.

use super::{
    super::layer::{Activation, BatchNormSpec, ConvSpec},
    MapShape,
    layers::group_count,
};

/// A convolution, with its norm and activation, and everything worked out.
#[derive(Debug, Clone, PartialEq)]
pub struct PlannedConv {
    /// Where its weights are found; see the module's documentation.
    pub path: String,
    /// What comes in.
    pub input: MapShape,
    /// What goes out.
    pub output: MapShape,
    /// Side of the square kernel.
    pub kernel: usize,
    /// Step in both directions.
    pub stride: usize,
    /// Zeros on each side.
    pub padding: usize,
    /// Distance of the kernel's taps.
    pub dilation: usize,
    /// Groups of channels.
    pub groups: usize,
    /// Whether it has a bias.
    pub bias: bool,
    /// Batch normalisation of its output.
    pub norm: Option<BatchNormSpec>,
    /// What comes last.
    pub activation: Activation,
}

impl PlannedConv {
    /// Works the shapes out.
    pub(super) fn new(path: String, spec: &ConvSpec, input: MapShape) -> Result<Self, String> {
        const MOST: usize = 8192;
        let channels = spec.channels.unwrap_or(input.channels);
        if !(1..=MOST).contains(&channels) {
            return Err(format!(
                "{path} makes {channels} channels; 1 to {MOST} are possible"
            ));
        }
        let sizes = [spec.kernel, spec.stride, spec.dilation];
        if sizes.iter().any(|size| !(1..=64).contains(size)) {
            return Err(format!(
                "{path} has a kernel of {}, a stride of {} and a dilation of {}; 1 to 64 are possible",
                spec.kernel, spec.stride, spec.dilation
            ));
        }
        let reach = spec.dilation * (spec.kernel - 1) + 1;
        let padding = spec.padding.unwrap_or(reach / 2);
        let padded = input.side + 2 * padding.min(MOST);
        if padding > reach || padded < reach {
            return Err(format!(
                "{path} needs {reach} x {reach} cells, but the map before it has {0} x {0} with a padding of \
                 {padding}",
                input.side
            ));
        }
        let groups = group_count(spec.groups, input.channels);
        if groups == 0 || !input.channels.is_multiple_of(groups) || !channels.is_multiple_of(groups) {
            return Err(format!(
                "{path} cannot split {} channels in and {channels} out into {groups} groups",
                input.channels
            ));
        }
        Ok(Self {
            path,
            input,
            output: MapShape {
                channels,
                side: (padded - reach) / spec.stride + 1,
            },
            kernel: spec.kernel,
            stride: spec.stride,
            padding,
            dilation: spec.dilation,
            groups,
            bias: spec.bias,
            norm: spec.norm,
            activation: spec.activation,
        })
    }

    /// Shape of the kernel: outputs, inputs of one group, rows, columns.
    #[must_use]
    pub const fn weight_shape(&self) -> [usize; 4] {
        [
            self.output.channels,
            self.input.channels / self.groups,
            self.kernel,
            self.kernel,
        ]
    }

    /// Path of the kernel and the bias without their last part.
    #[must_use]
    pub fn kernel_path(&self) -> String {
        if self.norm.is_some() {
            format!("{}.conv", self.path)
        } else {
            self.path.clone()
        }
    }

    /// Path of the norm without its last part.
    #[must_use]
    pub fn norm_path(&self) -> Option<String> {
        self.norm.is_some().then(|| format!("{}.norm", self.path))
    }

    /// All values: kernel, bias, and the four of the norm for each channel.
    #[must_use]
    pub fn parameters(&self) -> u64 {
        let channels = self.output.channels as u64;
        let kernel: u64 = self.weight_shape().iter().map(|&n| n as u64).product();
        kernel + if self.bias { channels } else { 0 } + if self.norm.is_some() { 4 * channels } else { 0 }
    }

    /// Those of the values that no gradient reaches: running mean and variance.
    #[must_use]
    pub fn running_statistics(&self) -> u64 {
        if self.norm.is_some() {
            2 * self.output.channels as u64
        } else {
            0
        }
    }

    /// Multiplications, each with its addition, for one picture. Bias, norm and activation are not counted:
    /// they cost one operation an output or vanish in the weights.
    #[must_use]
    pub fn multiply_adds(&self) -> u64 {
        let [outputs, inputs, rows, columns] = self.weight_shape().map(|n| n as u64);
        let cells = (self.output.side * self.output.side) as u64;
        cells * outputs * inputs * rows * columns
    }
}
