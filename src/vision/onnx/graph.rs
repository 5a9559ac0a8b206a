//! Builds an ONNX graph node by node, with the shape of every value known as it is added.
//!
//! Knows nothing of detectors. A graph that comes out of a [`GraphBuilder`] is well-formed: every input of a
//! node was made before it, every name is used once, every shape is stated. A shape that does not fit is a
//! mistake in the calling code and panics; what comes from files is checked before it gets here.

use std::collections::BTreeSet;

use super::proto::{
    AttributeProto, AttributeType, DataType, DimensionProto, DimensionValue, GraphProto, NodeProto,
    TensorProto, TensorShapeProto, TensorTypeProto, TypeProto, ValueInfoProto,
};

/// Length of one side of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dim {
    /// Known when the graph is written.
    Fixed(usize),
    /// Chosen when the graph is run, under a name.
    Named(&'static str),
    /// Known only after running, as the number of detections is. It gets no name: tract gives it one of its
    /// own and refuses another.
    Open,
}

impl Dim {
    /// The length if it is known.
    #[must_use]
    pub const fn fixed(self) -> Option<usize> {
        match self {
            Self::Fixed(length) => Some(length),
            Self::Named(_) | Self::Open => None,
        }
    }
}

/// A value of the graph: the input, a constant, or what a node made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Value {
    name: String,
    kind: DataType,
    dims: Vec<Dim>,
}

impl Value {
    /// Its name in the file.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its shape.
    #[must_use]
    pub fn dims(&self) -> &[Dim] {
        &self.dims
    }

    /// The length of one side.
    ///
    /// # Panics
    /// If the value has no such side, or one whose length is only known when the graph runs.
    #[must_use]
    pub fn side(&self, axis: usize) -> usize {
        self.dims
            .get(axis)
            .and_then(|dim| dim.fixed())
            .expect("the layer asks for a side that is fixed")
    }
}

/// A graph in the making.
#[derive(Debug, Default)]
pub struct GraphBuilder {
    graph: GraphProto,
    names: BTreeSet<String>,
}

impl GraphBuilder {
    /// An empty graph.
    #[must_use]
    pub fn new(name: &str) -> Self {
        Self {
            graph: GraphProto {
                name: Some(name.to_owned()),
                ..GraphProto::default()
            },
            names: BTreeSet::new(),
        }
    }

    /// Declares what the caller feeds.
    pub fn input(&mut self, name: &str, kind: DataType, dims: Vec<Dim>, doc: &str) -> Value {
        let value = self.value(name, kind, dims);
        self.graph.input.push(described(&value, Some(doc)));
        value
    }

    /// Declares a value as one that the caller gets, under the name it has.
    pub fn output(&mut self, value: &Value, doc: &str) {
        self.graph
            .value_info
            .retain(|info| info.name.as_deref() != Some(value.name()));
        self.graph.output.push(described(value, Some(doc)));
    }

    /// A constant of floats.
    ///
    /// # Panics
    /// If there are not as many values as the shape says.
    pub fn floats(&mut self, name: &str, dims: &[usize], values: &[f32]) -> Value {
        let bytes = values.iter().flat_map(|v| v.to_le_bytes()).collect();
        self.constant(name, DataType::Float, dims, (values.len(), bytes))
    }

    /// A constant of integers, one-dimensional.
    pub fn integers(&mut self, name: &str, values: &[i64]) -> Value {
        let bytes = values.iter().flat_map(|v| v.to_le_bytes()).collect();
        self.constant(name, DataType::Int64, &[values.len()], (values.len(), bytes))
    }

    fn constant(
        &mut self,
        name: &str,
        kind: DataType,
        dims: &[usize],
        (count, bytes): (usize, Vec<u8>),
    ) -> Value {
        assert_eq!(
            dims.iter().product::<usize>(),
            count,
            "the constant {name} does not fill its shape"
        );
        self.graph.initializer.push(TensorProto {
            dims: dims.iter().map(|&side| signed(side)).collect(),
            data_type: Some(kind.into()),
            name: Some(name.to_owned()),
            raw_data: Some(bytes),
        });
        self.value(name, kind, dims.iter().copied().map(Dim::Fixed).collect())
    }

    /// Adds an operator with one output, which takes the name of the node. Attributes are put in order, so that
    /// the same network always becomes the same bytes.
    ///
    /// # Panics
    /// If an input is not of this graph or the name is taken.
    pub fn node(
        &mut self,
        name: &str,
        operator: &str,
        inputs: &[&Value],
        mut attributes: Vec<AttributeProto>,
        made: (DataType, Vec<Dim>),
    ) -> Value {
        for input in inputs {
            assert!(
                self.names.contains(&input.name),
                "{name} reads {}, which is not in the graph",
                input.name
            );
        }
        let value = self.value(name, made.0, made.1);
        attributes.sort_by(|a, b| a.name.cmp(&b.name));
        self.graph.node.push(NodeProto {
            input: inputs.iter().map(|input| input.name.clone()).collect(),
            output: vec![name.to_owned()],
            name: Some(name.to_owned()),
            op_type: Some(operator.to_owned()),
            attribute: attributes,
        });
        self.graph.value_info.push(described(&value, None));
        value
    }

    /// Adds the operator that sorts: the best `count` of each row of `[batch, n]`, best first, and their places.
    ///
    /// # Panics
    /// As [`GraphBuilder::node`].
    pub fn top_k(&mut self, names: [&str; 2], scores: &Value, count: usize) -> [Value; 2] {
        let wanted = self.integers(&format!("{}.count", names[1]), &[signed(count)]);
        let dims = vec![scores.dims[0], Dim::Fixed(count)];
        let made = (scores.kind, dims.clone());
        let best = self.node(names[0], "TopK", &[scores, &wanted], Vec::new(), made);
        let order = self.value(names[1], DataType::Int64, dims);
        self.graph.value_info.push(described(&order, None));
        if let Some(node) = self.graph.node.last_mut() {
            node.output.push(names[1].to_owned());
        }
        [best, order]
    }

    /// The finished graph.
    #[must_use]
    pub fn finish(self) -> GraphProto {
        self.graph
    }

    fn value(&mut self, name: &str, kind: DataType, dims: Vec<Dim>) -> Value {
        assert!(self.names.insert(name.to_owned()), "the name {name} is taken");
        Value {
            name: name.to_owned(),
            kind,
            dims,
        }
    }
}

impl Value {
    /// Kind of its elements.
    #[must_use]
    pub const fn kind(&self) -> DataType {
        self.kind
    }
}

/// An attribute that is one integer.
#[must_use]
pub fn int(name: &str, value: i64) -> AttributeProto {
    AttributeProto {
        name: Some(name.to_owned()),
        i: Some(value),
        r#type: Some(AttributeType::Int.into()),
        ..AttributeProto::default()
    }
}

/// An attribute that is a list of integers.
#[must_use]
pub fn ints(name: &str, values: &[usize]) -> AttributeProto {
    AttributeProto {
        name: Some(name.to_owned()),
        ints: values.iter().map(|&value| signed(value)).collect(),
        r#type: Some(AttributeType::Ints.into()),
        ..AttributeProto::default()
    }
}

/// A size as ONNX writes it.
///
/// # Panics
/// If it does not fit, which no size of a network comes near.
#[must_use]
pub fn signed(value: usize) -> i64 {
    i64::try_from(value).expect("sizes of networks are far below 2^63")
}

fn described(value: &Value, doc: Option<&str>) -> ValueInfoProto {
    let dim = |dim: &Dim| DimensionProto {
        value: match dim {
            Dim::Fixed(length) => Some(DimensionValue::DimValue(signed(*length))),
            Dim::Named(name) => Some(DimensionValue::DimParam((*name).to_owned())),
            Dim::Open => None,
        },
    };
    ValueInfoProto {
        name: Some(value.name.clone()),
        r#type: Some(TypeProto {
            tensor_type: Some(TensorTypeProto {
                elem_type: Some(value.kind.into()),
                shape: Some(TensorShapeProto {
                    dim: value.dims.iter().map(dim).collect(),
                }),
            }),
        }),
        doc_string: doc.map(str::to_owned),
    }
}
