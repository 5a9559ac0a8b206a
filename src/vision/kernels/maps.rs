//! Between burn's tensors and the memory that the operators work on.

use burn::{
    backend::{
        Autodiff, AutodiffBackend as _, DispatchDevice, Flex, TensorMetadata as _, tensor::FloatTensor,
    },
    tensor::{DType, Tensor, TensorData},
};

use super::{
    buffers::{give, take},
    conv::{self, ParameterGradients, Wanted},
    depthwise,
    geometry::Geometry,
    incoming::Incoming,
    node::ConvKind,
    norm::Moments,
};

/// A map or parameter on the CPU.
pub(super) type Map = FloatTensor<Flex>;
/// The same, with its place in the graph.
pub(super) type Tracked = FloatTensor<Autodiff<Flex>>;

/// Whether a tensor lies where these operators work.
pub(super) fn reaches<const D: usize>(input: &Tensor<D>) -> bool {
    matches!(input.device().inner().as_dispatch(), DispatchDevice::Flex(_)) && input.dtype() == DType::F32
}

/// The convolution's shape, if these operators reach map and weights and they fit each other.
pub(super) fn geometry(input: &Tensor<4>, weight: &Tensor<4>, kind: ConvKind) -> Option<Geometry> {
    if !(reaches(input) && reaches(weight)) {
        return None;
    }
    let [batch, channels, height, width] = input.dims();
    let [output, per_group, rows, columns] = weight.dims();
    let fits = rows == kind.kernel
        && columns == kind.kernel
        && kind.kernel % 2 == 1
        && kind.stride > 0
        && if kind.depthwise {
            per_group == 1 && output == channels
        } else {
            per_group == channels
        };
    let empty = batch == 0 || height == 0 || width == 0 || channels == 0 || output == 0;
    (fits && !empty).then_some(Geometry {
        batch,
        height,
        width,
        input: channels,
        output,
        kernel: kind.kernel,
        stride: kind.stride,
        depthwise: kind.depthwise,
    })
}

const REACHED: &str = "asked before whether it is on the CPU";

pub(super) fn untracked<const D: usize>(tensor: Tensor<D>) -> Map {
    tensor.try_into_primitive::<Flex>().expect(REACHED)
}

/// The tensor with its place in the graph; a constant if it has none.
pub(super) fn lift<const D: usize>(tensor: Tensor<D>) -> Tracked {
    if tensor.device().is_autodiff() {
        tensor.try_into_primitive::<Autodiff<Flex>>().expect(REACHED)
    } else {
        Autodiff::<Flex>::from_inner(untracked(tensor))
    }
}

/// Values of a contiguous tensor.
pub(super) fn values(map: &Map) -> &[f32] {
    map.as_slice::<f32>()
        .expect("made contiguous, and of type f32, before")
}

/// `[batch, channels, height, width]` to a contiguous `[batch, height, width, channels]`; free for a map
/// that came from these operators.
pub(super) fn nhwc(map: Map) -> Map {
    let layout = map.layout().permute(&[0, 2, 3, 1]);
    map.with_layout(layout).to_contiguous()
}

/// The inverse view of [`nhwc`].
pub(super) fn nchw(map: Map) -> Map {
    let layout = map.layout().permute(&[0, 3, 1, 2]);
    map.with_layout(layout)
}

pub(super) fn nhwc_map(geometry: &Geometry, values: Vec<f32>) -> Map {
    let [height, width] = geometry.out_size();
    Map::from_data(TensorData::new(
        values,
        [geometry.batch, height, width, geometry.output],
    ))
}

/// Gives the memory of a map back if nobody else holds it.
pub(super) fn recycle(map: Map) {
    if map.is_unique()
        && let Ok(values) = map.into_data().try_into_vec::<f32>()
    {
        give(values);
    }
}

/// The contiguous input and weights, the output in channels-last order, and its moments if asked for.
pub(super) fn forward(
    geometry: &Geometry,
    [x, weight, bias]: [Map; 3],
    range: [f32; 2],
    moments: bool,
) -> ([Map; 3], Map, Moments) {
    let x = nhwc(x);
    let (weight, bias) = (weight.to_contiguous(), bias.to_contiguous());
    let mut out = take(geometry.out_pixels() * geometry.output);
    let run = if geometry.depthwise {
        depthwise::forward
    } else {
        conv::forward
    };
    let parameters = (values(&weight), Some(values(&bias)));
    let moments = run(geometry, values(&x), parameters, range, &mut out, moments);
    let out = nhwc_map(geometry, out);
    ([x, weight, bias], out, moments)
}

/// Gradients of input and parameters of the convolution alone.
pub(super) fn backward(
    geometry: &Geometry,
    [x, weight]: [&Map; 2],
    incoming: &Incoming<'_>,
    input: bool,
    wanted: Wanted,
) -> (Option<Map>, ParameterGradients) {
    let mut dx = input.then(|| take(geometry.in_pixels() * geometry.input));
    if let Some(dx) = &mut dx
        && !geometry.depthwise
        && !geometry.is_pointwise()
    {
        // A dense kernel's gradients are added up, the others are written.
        dx.fill(0.0);
    }
    let run = if geometry.depthwise {
        depthwise::backward
    } else {
        conv::backward
    };
    let parameters = run(
        geometry,
        values(x),
        values(weight),
        incoming,
        dx.as_deref_mut(),
        wanted,
    );
    let dx = dx.map(|dx| {
        let shape = [geometry.batch, geometry.height, geometry.width, geometry.input];
        nchw(Map::from_data(TensorData::new(dx, shape)))
    });
    (dx, parameters)
}

pub(super) fn weight_map(weight: Vec<f32>, like: &Map) -> Map {
    Map::from_data(TensorData::new(weight, like.shape()))
}

pub(super) fn vector_map(values: Vec<f32>) -> Map {
    let count = values.len();
    Map::from_data(TensorData::new(values, [count]))
}
