//! Weights in the order in which the kernels read them.

use super::{
    aligned::{LINE, lines},
    network::{Activation, Depthwise, Pointwise},
};

/// All weights of a network, layer after layer, while they are being packed.
#[derive(Debug, Default)]
pub(super) struct Packer {
    /// The numbers so far; each layer starts on a cache line.
    pub(super) numbers: Vec<f32>,
}

/// A packed 1x1 convolution.
///
/// Its outputs are cut into panels of a few registers; a panel holds, for each input in order, its outputs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct PackedPointwise {
    /// Where the first panel starts.
    pub(super) weights: usize,
    /// Where the biases start, padded to whole registers.
    pub(super) bias: usize,
    /// Inputs, all segments together; of bytes, quads of them.
    pub(super) inputs: usize,
    /// Of bytes: where the scales start, padded to whole registers, and behind them the corrections.
    pub(super) bytes: Option<usize>,
    /// Registers of outputs.
    pub(super) registers: usize,
    /// Registers in a panel; the last panel may have fewer.
    pub(super) panel: usize,
    /// Smallest and largest output.
    pub(super) clamp: [f32; 2],
}

/// A packed depthwise convolution: for each register of channels, nine register rows of weights.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct PackedDepthwise {
    /// Where the weights start.
    pub(super) weights: usize,
    /// Where the biases start, padded to whole registers.
    pub(super) bias: usize,
    /// 1 or 2.
    pub(super) stride: usize,
    /// Smallest and largest output.
    pub(super) clamp: [f32; 2],
}

impl PackedPointwise {
    pub(super) const fn panels(&self) -> usize {
        self.registers.div_ceil(self.panel)
    }

    /// Registers of one panel.
    pub(super) fn width(&self, panel: usize) -> usize {
        self.panel.min(self.registers - panel * self.panel)
    }

    /// Where the weights of one panel start.
    pub(super) const fn weights_of(&self, panel: usize, lanes: usize) -> usize {
        self.weights + panel * self.panel * lanes * self.inputs
    }
}

/// Smallest and largest number that an activation gives.
pub(super) const fn clamp_of(activation: Activation) -> [f32; 2] {
    match activation {
        Activation::Linear => [f32::NEG_INFINITY, f32::INFINITY],
        Activation::Relu => [0.0, f32::INFINITY],
        Activation::Relu6 => [0.0, 6.0],
    }
}

impl Packer {
    fn start(&mut self) -> usize {
        self.numbers.resize(lines(self.numbers.len()), 0.0);
        self.numbers.len()
    }

    fn bias(&mut self, bias: &[f32], lanes: usize) -> usize {
        let start = self.start();
        self.numbers.extend_from_slice(bias);
        let padded = bias.len().next_multiple_of(lanes);
        self.numbers.resize(start + padded, 0.0);
        start
    }

    pub(super) fn pointwise(&mut self, layer: &Pointwise, lanes: usize, panel: usize) -> PackedPointwise {
        let bias = self.bias(&layer.bias, lanes);
        let weights = self.start();
        let registers = layer.outputs.div_ceil(lanes);
        for first in (0..registers).step_by(panel) {
            let outputs = first * lanes..registers.min(first + panel) * lanes;
            for input in 0..layer.inputs {
                self.numbers.extend(outputs.clone().map(|output| {
                    if output < layer.outputs {
                        layer.weights[output * layer.inputs + input]
                    } else {
                        0.0
                    }
                }));
            }
        }
        PackedPointwise {
            weights,
            bias,
            inputs: layer.inputs,
            bytes: None,
            registers,
            panel,
            clamp: clamp_of(layer.activation),
        }
    }

    /// The same with weights of 8 bits, a scale for each output; four inputs lie in the place of one number.
    pub(super) fn byte_pointwise(
        &mut self,
        layer: &Pointwise,
        lanes: usize,
        panel: usize,
    ) -> PackedPointwise {
        let bias = self.bias(&layer.bias, lanes);
        let rows: Vec<ByteRow> = layer
            .weights
            .chunks_exact(layer.inputs)
            .map(ByteRow::new)
            .collect();
        let scales: Vec<f32> = rows.iter().map(|row| row.scale).collect();
        let corrections: Vec<f32> = rows.iter().map(ByteRow::correction).collect();
        let bytes = self.bias(&scales, lanes);
        let padded = layer.outputs.next_multiple_of(lanes);
        self.numbers.extend_from_slice(&corrections);
        self.numbers.resize(bytes + 2 * padded, 0.0);
        let weights = self.start();
        let registers = layer.outputs.div_ceil(lanes);
        let quads = layer.inputs.div_ceil(4);
        for first in (0..registers).step_by(panel) {
            let outputs = first * lanes..registers.min(first + panel) * lanes;
            for quad in 0..quads {
                self.numbers.extend(
                    outputs
                        .clone()
                        .map(|output| rows.get(output).map_or(0.0, |row| row.quad(quad))),
                );
            }
        }
        PackedPointwise {
            weights,
            bias,
            inputs: quads,
            bytes: Some(bytes),
            registers,
            panel,
            clamp: clamp_of(layer.activation),
        }
    }

    pub(super) fn depthwise(&mut self, layer: &Depthwise, lanes: usize) -> PackedDepthwise {
        let bias = self.bias(&layer.bias, lanes);
        let weights = self.start();
        let channels = layer.bias.len();
        for first in (0..channels).step_by(lanes) {
            for tap in 0..9 {
                self.numbers.extend((first..first + lanes).map(|channel| {
                    if channel < channels {
                        layer.weights[channel * 9 + tap]
                    } else {
                        0.0
                    }
                }));
            }
        }
        PackedDepthwise {
            weights,
            bias,
            stride: layer.stride,
            clamp: clamp_of(layer.activation),
        }
    }
}

/// The weights of one output in 8 bits: `weight = scale * byte`.
struct ByteRow {
    scale: f32,
    bytes: Vec<i8>,
}

impl ByteRow {
    /// Symmetric around zero, so that a weight of zero stays one.
    fn new(weights: &[f32]) -> Self {
        let most = weights.iter().fold(0.0f32, |most, weight| most.max(weight.abs()));
        let scale = most / f32::from(i8::MAX);
        let inverse = if scale > 0.0 { scale.recip() } else { 0.0 };
        #[expect(
            clippy::cast_possible_truncation,
            reason = "rounded, and `as` keeps to the range"
        )]
        let byte = |weight: &f32| (weight * inverse).round_ties_even() as i8;
        Self {
            scale,
            bytes: weights.iter().map(byte).collect(),
        }
    }

    /// What an input adds that is 1 everywhere.
    fn correction(&self) -> f32 {
        let sum: i32 = self.bytes.iter().map(|&byte| i32::from(byte)).sum();
        self.scale * crate::geom::cast::narrow_f32(f64::from(sum))
    }

    /// Four bytes as they lie in the place of a number; beyond the last input zeros.
    fn quad(&self, quad: usize) -> f32 {
        let byte = |i: usize| {
            self.bytes
                .get(4 * quad + i)
                .map_or(0, |&byte| byte.cast_unsigned())
        };
        f32::from_ne_bytes([byte(0), byte(1), byte(2), byte(3)])
    }
}

const _: () = assert!(
    LINE.is_multiple_of(4),
    "a register of any instruction set divides a line"
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn panels_by_hand() {
        let layer = Pointwise {
            inputs: 2,
            outputs: 5,
            weights: (0u8..10).map(f32::from).collect(),
            bias: vec![0.5; 5],
            activation: Activation::Relu6,
        };
        let mut packer = Packer::default();
        let packed = packer.pointwise(&layer, 4, 1);
        assert_eq!((packed.panels(), packed.width(1)), (2, 1));
        let first = packed.weights_of(0, 4);
        // Input 0 of outputs 0 to 3, then input 1 of them.
        assert_eq!(
            packer.numbers[first..first + 8],
            [0.0, 2.0, 4.0, 6.0, 1.0, 3.0, 5.0, 7.0]
        );
        // Output 4 and three that do not exist.
        let second = packed.weights_of(1, 4);
        assert_eq!(
            packer.numbers[second..second + 8],
            [8.0, 0.0, 0.0, 0.0, 9.0, 0.0, 0.0, 0.0]
        );
    }
}
