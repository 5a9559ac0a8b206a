//! Runs an exported graph, slowly and by the letter of the ONNX specification: the other half of a check that
//! needs no Python. Knows the operators of the export without NMS.

use std::collections::BTreeMap;

use crate::vision::onnx::proto::{DataType, GraphProto, NodeProto};

/// Values row by row; integers as floats.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Array {
    pub(super) dims: Vec<usize>,
    pub(super) values: Vec<f32>,
}

impl Array {
    pub(super) fn new(dims: &[usize], values: Vec<f32>) -> Self {
        assert_eq!(dims.iter().product::<usize>(), values.len());
        Self {
            dims: dims.to_vec(),
            values,
        }
    }

    /// An array of a shape, each value made from its place.
    fn from_fn(dims: &[usize], mut value: impl FnMut(&[usize]) -> f32) -> Self {
        let mut at = vec![0; dims.len()];
        let values = (0..dims.iter().product::<usize>())
            .map(|index| {
                let mut rest = index;
                for (place, side) in at.iter_mut().zip(dims).rev() {
                    (*place, rest) = (rest % side, rest / side);
                }
                value(&at)
            })
            .collect();
        Self::new(dims, values)
    }

    /// The value at a place; sides of 1 are stretched, missing outer sides ignored.
    fn at(&self, place: &[usize]) -> f32 {
        let inner = &place[place.len() - self.dims.len()..];
        let index = inner.iter().zip(&self.dims).fold(0, |index, (&p, &side)| {
            index * side + if side == 1 { 0 } else { p }
        });
        self.values[index]
    }

    fn map(&self, change: impl Fn(f32) -> f32) -> Self {
        Self::new(&self.dims, self.values.iter().map(|&v| change(v)).collect())
    }
}

/// The outputs of a graph by name.
pub(super) fn run(graph: &GraphProto, image: Array) -> BTreeMap<String, Array> {
    let mut known = constants(graph);
    known.insert("image".to_owned(), image);
    for node in &graph.node {
        let inputs: Vec<&Array> = node.input.iter().map(|name| &known[name]).collect();
        let made = evaluate(node, &inputs);
        known.insert(node.output[0].clone(), made);
    }
    let wanted = graph.output.iter().map(|output| output.name.clone().unwrap());
    wanted
        .map(|name| (name.clone(), known.remove(&name).unwrap()))
        .collect()
}

fn constants(graph: &GraphProto) -> BTreeMap<String, Array> {
    graph
        .initializer
        .iter()
        .map(|constant| {
            let dims: Vec<usize> = constant
                .dims
                .iter()
                .map(|&d| usize::try_from(d).unwrap())
                .collect();
            let raw = constant.raw_data.as_ref().unwrap();
            let values = if constant.data_type == Some(DataType::Float.into()) {
                raw.chunks_exact(4)
                    .map(|b| f32::from_le_bytes(b.try_into().unwrap()))
                    .collect()
            } else {
                raw.chunks_exact(8)
                    .map(|b| i64::from_le_bytes(b.try_into().unwrap()))
                    .map(|integer| f32::from(i16::try_from(integer).unwrap()))
                    .collect()
            };
            (constant.name.clone().unwrap(), Array::new(&dims, values))
        })
        .collect()
}

fn sizes(node: &NodeProto, name: &str) -> Vec<usize> {
    let found = node
        .attribute
        .iter()
        .find(|a| a.name.as_deref() == Some(name))
        .unwrap();
    found
        .ints
        .iter()
        .chain(&found.i)
        .map(|&v| usize::try_from(v).unwrap())
        .collect()
}

fn integers(array: &Array) -> Vec<usize> {
    array
        .values
        .iter()
        .map(|&v| crate::geom::cast::floor_index(v))
        .collect()
}

fn evaluate(node: &NodeProto, inputs: &[&Array]) -> Array {
    let x = inputs[0];
    match node.op_type.as_deref().unwrap() {
        "Cast" => x.clone(),
        "Relu" => x.map(|v| v.max(0.0)),
        "Exp" => x.map(f32::exp),
        "Clip" => x.map(|v| v.max(inputs[1].values[0]).min(inputs[2].values[0])),
        "Add" => combined(x, inputs[1], |a, b| a + b),
        "Sub" => combined(x, inputs[1], |a, b| a - b),
        "Mul" => combined(x, inputs[1], |a, b| a * b),
        "Div" => combined(x, inputs[1], |a, b| a / b),
        "Transpose" => {
            let order = sizes(node, "perm");
            let dims: Vec<usize> = order.iter().map(|&axis| x.dims[axis]).collect();
            let mut place = vec![0; dims.len()];
            Array::from_fn(&dims, |at| {
                for (&axis, &p) in order.iter().zip(at) {
                    place[axis] = p;
                }
                x.at(&place)
            })
        }
        "Reshape" => {
            let shape = integers(inputs[1]);
            let dims: Vec<usize> = shape
                .iter()
                .enumerate()
                .map(|(axis, &side)| if side == 0 { x.dims[axis] } else { side })
                .collect();
            Array::new(&dims, x.values.clone())
        }
        "Concat" => concat(inputs, sizes(node, "axis")[0]),
        "Slice" => picked(x, integers(inputs[3])[0], &{
            let (from, to) = (integers(inputs[1])[0], integers(inputs[2])[0]);
            (from..to).collect::<Vec<_>>()
        }),
        "Gather" => picked(x, sizes(node, "axis")[0], &integers(inputs[1])),
        "Softmax" => softmax(x, sizes(node, "axis")[0]),
        "ReduceL2" => {
            let dims = [x.dims[0], 1, x.dims[2], x.dims[3]];
            Array::from_fn(&dims, |at| {
                let squares = (0..x.dims[1]).map(|c| x.at(&[at[0], c, at[2], at[3]]).powi(2));
                squares.sum::<f32>().sqrt()
            })
        }
        "Conv" => conv(node, x, inputs[1], inputs.get(2).copied()),
        "MaxPool" => max_pool(node, x),
        other => panic!("{other} is no operator of an export without NMS"),
    }
}

fn combined(a: &Array, b: &Array, with: impl Fn(f32, f32) -> f32) -> Array {
    let larger = if a.dims.len() >= b.dims.len() { a } else { b };
    let dims: Vec<usize> = (0..larger.dims.len())
        .map(|axis| {
            let side = |array: &Array| {
                (axis + array.dims.len())
                    .checked_sub(larger.dims.len())
                    .map_or(1, |own| array.dims[own])
            };
            side(a).max(side(b))
        })
        .collect();
    Array::from_fn(&dims, |at| with(a.at(at), b.at(at)))
}

fn concat(parts: &[&Array], axis: usize) -> Array {
    let mut dims = parts[0].dims.clone();
    dims[axis] = parts.iter().map(|part| part.dims[axis]).sum();
    let inner: usize = dims[axis + 1..].iter().product();
    let outer: usize = dims[..axis].iter().product();
    let values = (0..outer).flat_map(|index| {
        parts.iter().flat_map(move |part| {
            let each = part.dims[axis] * inner;
            part.values[index * each..(index + 1) * each].iter().copied()
        })
    });
    Array::new(&dims, values.collect())
}

fn picked(x: &Array, axis: usize, places: &[usize]) -> Array {
    let mut dims = x.dims.clone();
    dims[axis] = places.len();
    let mut place = vec![0; dims.len()];
    Array::from_fn(&dims, |at| {
        place.copy_from_slice(at);
        place[axis] = places[at[axis]];
        x.at(&place)
    })
}

fn softmax(x: &Array, axis: usize) -> Array {
    assert_eq!(axis + 1, x.dims.len(), "rows are softened");
    let rows = x.values.chunks_exact(x.dims[axis]).flat_map(|row| {
        let largest = row.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let sum: f32 = row.iter().map(|v| (v - largest).exp()).sum();
        row.iter().map(move |v| (v - largest).exp() / sum)
    });
    Array::new(&x.dims, rows.collect())
}

/// Places of the output's rows and columns on the map, as `(kernel place, map place)`.
fn reached(
    node: &NodeProto,
    axis: usize,
    output: usize,
    side: usize,
    dilation: usize,
) -> Vec<(usize, usize)> {
    let (kernel, stride) = (sizes(node, "kernel_shape")[axis], sizes(node, "strides")[axis]);
    let before = sizes(node, "pads")[axis];
    (0..kernel)
        .filter_map(|k| {
            let place = (output * stride + k * dilation).checked_sub(before)?;
            (place < side).then_some((k, place))
        })
        .collect()
}

fn output_side(node: &NodeProto, axis: usize, side: usize, dilation: usize) -> usize {
    let (kernel, pads) = (sizes(node, "kernel_shape")[axis], sizes(node, "pads"));
    let padded = side + pads[axis] + pads[axis + 2];
    (padded - dilation * (kernel - 1) - 1) / sizes(node, "strides")[axis] + 1
}

fn conv(node: &NodeProto, x: &Array, weight: &Array, bias: Option<&Array>) -> Array {
    let [outputs, per_group, rows, columns] = weight.dims[..] else {
        panic!("a kernel has four sides")
    };
    let dilations = sizes(node, "dilations");
    let each = outputs / sizes(node, "group")[0];
    let (height, width) = (x.dims[2], x.dims[3]);
    let high = output_side(node, 0, height, dilations[0]);
    let wide = output_side(node, 1, width, dilations[1]);
    let down: Vec<_> = (0..high)
        .map(|y| reached(node, 0, y, height, dilations[0]))
        .collect();
    let across: Vec<_> = (0..wide)
        .map(|c| reached(node, 1, c, width, dilations[1]))
        .collect();
    Array::from_fn(&[x.dims[0], outputs, high, wide], |at| {
        let group = at[1] / each;
        let mut sum = 0.0f64;
        for input in 0..per_group {
            let plane = (at[0] * x.dims[1] + group * per_group + input) * height;
            let kernel = (at[1] * per_group + input) * rows;
            for &(row, y) in &down[at[2]] {
                for &(column, c) in &across[at[3]] {
                    let w = weight.values[(kernel + row) * columns + column];
                    sum += f64::from(w) * f64::from(x.values[(plane + y) * width + c]);
                }
            }
        }
        crate::geom::cast::narrow_f32(sum) + bias.map_or(0.0, |b| b.values[at[1]])
    })
}

fn max_pool(node: &NodeProto, x: &Array) -> Array {
    let (height, width) = (x.dims[2], x.dims[3]);
    let dims = [
        x.dims[0],
        x.dims[1],
        output_side(node, 0, height, 1),
        output_side(node, 1, width, 1),
    ];
    Array::from_fn(&dims, |at| {
        let rows = reached(node, 0, at[2], height, 1);
        let columns = reached(node, 1, at[3], width, 1);
        let values = rows
            .iter()
            .flat_map(|&(_, y)| columns.iter().map(move |&(_, c)| x.at(&[at[0], at[1], y, c])));
        values.fold(f32::NEG_INFINITY, f32::max)
    })
}
