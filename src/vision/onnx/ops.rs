//! The operators that detectors are made of, as methods of [`GraphBuilder`]: each states its output's shape.
//!
//! Only operators of opset 13 that onnxruntime, OpenCV's dnn module and tract all run; shapes are
//! `[batch, channels, height, width]` for maps.

use super::{
    graph::{Dim, GraphBuilder, Value, int, ints},
    proto::DataType,
};

/// A kernel that slides over a map: of a convolution or a pooling.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// Height and width of the kernel.
    pub kernel: [usize; 2],
    /// Steps down and across.
    pub stride: [usize; 2],
    /// Rows added above, columns left, rows below, columns right, in ONNX's order.
    pub pads: [usize; 4],
    /// Distance between the kernel's taps, 1 for neighbours.
    pub dilation: [usize; 2],
}

impl Window {
    /// A square kernel with the same padding on all sides.
    #[must_use]
    pub const fn square(kernel: usize, stride: usize, pad: usize) -> Self {
        Self {
            kernel: [kernel; 2],
            stride: [stride; 2],
            pads: [pad; 4],
            dilation: [1; 2],
        }
    }

    /// Rows or columns (axis 0 or 1) of the output.
    ///
    /// # Panics
    /// If the kernel is larger than the padded map.
    #[must_use]
    pub fn output_side(&self, axis: usize, input: usize) -> usize {
        let reach = self.dilation[axis] * (self.kernel[axis] - 1) + 1;
        let padded = input + self.pads[axis] + self.pads[axis + 2];
        assert!(padded >= reach, "a kernel of {reach} on a map of {padded}");
        (padded - reach) / self.stride[axis] + 1
    }
}

impl Window {
    /// How many of the kernel's first and last rows (axis 0) or columns (axis 1) lie in the padding wherever
    /// the kernel stands, as the outer ones of a 3x3 kernel do on a map of one cell.
    fn idle(&self, axis: usize, input: usize) -> (usize, usize) {
        let (last, step) = (self.output_side(axis, input) - 1, self.dilation[axis]);
        let (mut before, mut after) = (self.pads[axis], self.pads[axis + 2]);
        let (mut first_rows, mut last_rows) = (0, 0);
        let mut left = self.kernel[axis];
        while left > 1 && before >= step && last * self.stride[axis] < before {
            (before, first_rows, left) = (before - step, first_rows + 1, left - 1);
        }
        while left > 1 && after >= step && (left - 1) * step >= before + input {
            (after, last_rows, left) = (after - step, last_rows + 1, left - 1);
        }
        (first_rows, last_rows)
    }
}

/// The same convolution without the rows and columns of the kernel that never meet the map.
///
/// It saves little, but OpenCV's classic engine computes a padded depthwise 3x3 on a map of one cell wrongly
/// (4.14 and 5.0 do).
fn trimmed(weights: &ConvWeights, window: Window, sides: [usize; 2]) -> (ConvWeights, Window) {
    let [rows, columns] = [0, 1].map(|axis| window.idle(axis, sides[axis]));
    let [height, width] = window.kernel;
    let (down, across) = (rows.0..height - rows.1, columns.0..width - columns.1);
    let weight = weights
        .weight
        .chunks_exact(height * width)
        .flat_map(|kernel| {
            let across = across.clone();
            down.clone()
                .flat_map(move |row| kernel[row * width..][across.clone()].to_vec())
        })
        .collect();
    let [step_down, step_across] = window.dilation;
    let window = Window {
        kernel: [down.len(), across.len()],
        pads: [
            window.pads[0] - rows.0 * step_down,
            window.pads[1] - columns.0 * step_across,
            window.pads[2] - rows.1 * step_down,
            window.pads[3] - columns.1 * step_across,
        ],
        ..window
    };
    let [output, per_group, ..] = weights.shape;
    let weights = ConvWeights {
        shape: [output, per_group, window.kernel[0], window.kernel[1]],
        weight,
        bias: weights.bias.clone(),
    };
    (weights, window)
}

/// Weights of a convolution.
#[derive(Debug, Clone, PartialEq)]
pub struct ConvWeights {
    /// `[output, input / groups, height, width]`.
    pub shape: [usize; 4],
    /// The values of `shape`, row by row.
    pub weight: Vec<f32>,
    /// One value an output channel.
    pub bias: Option<Vec<f32>>,
}

impl GraphBuilder {
    /// A convolution; its weights become the constants `NAME.weight` and `NAME.bias`.
    ///
    /// # Panics
    /// If the weights do not fit the map.
    pub fn conv(
        &mut self,
        name: &str,
        input: &Value,
        weights: &ConvWeights,
        window: Window,
        groups: usize,
    ) -> Value {
        let [output, per_group, height, width] = weights.shape;
        assert_eq!(per_group * groups, input.side(1), "channels into {name}");
        assert_eq!([height, width], window.kernel, "kernel of {name}");
        let (weights, window) = trimmed(weights, window, [input.side(2), input.side(3)]);
        let weight = self.floats(&format!("{name}.weight"), &weights.shape, &weights.weight);
        let bias = weights
            .bias
            .as_ref()
            .map(|values| self.floats(&format!("{name}.bias"), &[output], values));
        let inputs: Vec<&Value> = [input, &weight].into_iter().chain(bias.as_ref()).collect();
        let mut attributes = window_attributes(&window);
        attributes.push(ints("dilations", &window.dilation));
        attributes.push(int("group", super::graph::signed(groups)));
        let dims = slid(input, output, &window);
        self.node(name, "Conv", &inputs, attributes, (DataType::Float, dims))
    }

    /// The largest value under each place of the window; padding never wins.
    pub fn max_pool(&mut self, name: &str, input: &Value, window: Window) -> Value {
        let dims = slid(input, input.side(1), &window);
        let attributes = window_attributes(&window);
        self.node(name, "MaxPool", &[input], attributes, (DataType::Float, dims))
    }

    /// Batch norm as a scale and a shift for each channel, which become constants `NAME.scale` and
    /// `NAME.shift`.
    pub fn per_channel(&mut self, name: &str, input: &Value, scale: &[f32], shift: &[f32]) -> Value {
        let scale = self.floats(&format!("{name}.scale"), &[1, scale.len(), 1, 1], scale);
        let shift = self.floats(&format!("{name}.shift"), &[1, shift.len(), 1, 1], shift);
        let scaled = self.binary(&format!("{name}.scaled"), "Mul", input, &scale);
        self.binary(name, "Add", &scaled, &shift)
    }

    /// `max(x, 0)`.
    pub fn relu(&mut self, name: &str, input: &Value) -> Value {
        self.unary(name, "Relu", input)
    }

    /// Values cut to a range, whose ends are scalar constants of the graph.
    pub fn clip(&mut self, name: &str, input: &Value, low: &Value, high: &Value) -> Value {
        let made = (input.kind(), input.dims().to_vec());
        self.node(name, "Clip", &[input, low, high], Vec::new(), made)
    }

    /// An operator from one value to one of its shape, such as `Exp`.
    pub fn unary(&mut self, name: &str, operator: &str, input: &Value) -> Value {
        let made = (input.kind(), input.dims().to_vec());
        self.node(name, operator, &[input], Vec::new(), made)
    }

    /// Arithmetic on two values, such as `Add`; sides of length 1 are stretched.
    ///
    /// # Panics
    /// If the shapes do not fit.
    pub fn binary(&mut self, name: &str, operator: &str, left: &Value, right: &Value) -> Value {
        let dims = stretched(name, left.dims(), right.dims());
        self.node(name, operator, &[left, right], Vec::new(), (left.kind(), dims))
    }

    /// Values one after the other along an axis.
    ///
    /// # Panics
    /// If they differ along another axis, or there are none.
    pub fn concat(&mut self, name: &str, values: &[Value], axis: usize) -> Value {
        let first = values.first().expect("there is something to join");
        let mut dims = first.dims().to_vec();
        dims[axis] = Dim::Fixed(values.iter().map(|value| value.side(axis)).sum());
        for value in values {
            let same = value.dims().iter().zip(&dims).enumerate();
            assert!(
                same.filter(|(at, _)| *at != axis).all(|(_, (a, b))| a == b),
                "{name} joins {:?} to {dims:?}",
                value.dims()
            );
        }
        let inputs: Vec<&Value> = values.iter().collect();
        let attributes = vec![int("axis", super::graph::signed(axis))];
        self.node(name, "Concat", &inputs, attributes, (first.kind(), dims))
    }

    /// Axes in another order.
    pub fn transpose(&mut self, name: &str, input: &Value, order: &[usize]) -> Value {
        let dims = order.iter().map(|&axis| input.dims()[axis]).collect();
        let attributes = vec![ints("perm", order)];
        self.node(name, "Transpose", &[input], attributes, (input.kind(), dims))
    }

    /// `[batch, a, b, ...]` as `[batch, rows, width]`.
    ///
    /// # Panics
    /// If `width` does not divide what there is for each picture.
    pub fn rows(&mut self, name: &str, input: &Value, width: usize) -> Value {
        let each: usize = (1..input.dims().len()).map(|axis| input.side(axis)).product();
        assert!(
            each.is_multiple_of(width),
            "{name} splits {each} into rows of {width}"
        );
        let (rows, width_dim) = (Dim::Fixed(each / width), Dim::Fixed(width));
        // 0 stands for the batch, whatever it is.
        let shape = [0, super::graph::signed(each / width), super::graph::signed(width)];
        let shape = self.integers(&format!("{name}.shape"), &shape);
        let made = (input.kind(), vec![input.dims()[0], rows, width_dim]);
        self.node(name, "Reshape", &[input, &shape], Vec::new(), made)
    }

    /// `[batch, a, b, ...]` as `[batch, a * b * ...]`.
    pub fn flattened(&mut self, name: &str, input: &Value) -> Value {
        let each: usize = (1..input.dims().len()).map(|axis| input.side(axis)).product();
        let shape = self.integers(&format!("{name}.shape"), &[0, super::graph::signed(each)]);
        let made = (input.kind(), vec![input.dims()[0], Dim::Fixed(each)]);
        self.node(name, "Reshape", &[input, &shape], Vec::new(), made)
    }

    /// Softmax along an axis.
    pub fn softmax(&mut self, name: &str, input: &Value, axis: usize) -> Value {
        let made = (input.kind(), input.dims().to_vec());
        let attributes = vec![int("axis", super::graph::signed(axis))];
        self.node(name, "Softmax", &[input], attributes, made)
    }

    /// The part `from..to` along an axis.
    ///
    /// # Panics
    /// If there is no such part.
    pub fn slice(&mut self, name: &str, input: &Value, axis: usize, (from, to): (usize, usize)) -> Value {
        assert!(from < to && to <= input.side(axis), "{name} cuts {from}..{to}");
        let ends = [from, to, axis].map(super::graph::signed);
        let parts = ["from", "to", "axis"]
            .iter()
            .zip(ends)
            .map(|(part, end)| self.integers(&format!("{name}.{part}"), &[end]))
            .collect::<Vec<_>>();
        let mut dims = input.dims().to_vec();
        dims[axis] = Dim::Fixed(to - from);
        let inputs: Vec<&Value> = std::iter::once(input).chain(&parts).collect();
        self.node(name, "Slice", &inputs, Vec::new(), (input.kind(), dims))
    }

    /// The Euclidean length along the channels of a map: `[batch, 1, height, width]`.
    pub fn channel_length(&mut self, name: &str, input: &Value) -> Value {
        let mut dims = input.dims().to_vec();
        dims[1] = Dim::Fixed(1);
        let attributes = vec![ints("axes", &[1]), int("keepdims", 1)];
        self.node(name, "ReduceL2", &[input], attributes, (DataType::Float, dims))
    }

    /// The same numbers as another kind of element.
    pub fn cast(&mut self, name: &str, input: &Value, kind: DataType) -> Value {
        let attributes = vec![int("to", i64::from(i32::from(kind)))];
        self.node(name, "Cast", &[input], attributes, (kind, input.dims().to_vec()))
    }
}

/// What a window makes of a map.
fn slid(input: &Value, channels: usize, window: &Window) -> Vec<Dim> {
    vec![
        input.dims()[0],
        Dim::Fixed(channels),
        Dim::Fixed(window.output_side(0, input.side(2))),
        Dim::Fixed(window.output_side(1, input.side(3))),
    ]
}

fn window_attributes(window: &Window) -> Vec<super::proto::AttributeProto> {
    vec![
        ints("kernel_shape", &window.kernel),
        ints("strides", &window.stride),
        ints("pads", &window.pads),
    ]
}

/// The shape of two values that are stretched to each other.
fn stretched(name: &str, left: &[Dim], right: &[Dim]) -> Vec<Dim> {
    let rank = left.len().max(right.len());
    let at = |dims: &[Dim], axis: usize| (axis + dims.len()).checked_sub(rank).map(|own| dims[own]);
    (0..rank)
        .map(|axis| match (at(left, axis), at(right, axis)) {
            (Some(a), Some(b)) if a == b => a,
            (Some(a), None | Some(Dim::Fixed(1))) => a,
            (None | Some(Dim::Fixed(1)), Some(b)) => b,
            (a, b) => panic!("{name} combines sides {a:?} and {b:?}"),
        })
        .collect()
}
