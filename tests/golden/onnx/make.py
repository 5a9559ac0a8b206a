"""A small network as the `onnx` package writes it, byte for byte.

Run:  python tests/golden/onnx/make.py
Writes tiny.onnx beside itself. Made with onnx 1.23.2 (the version is in the file's producer_version).
The graph uses every kind of field that our writer uses: constants of floats and integers, scalars, attributes
of integers and of lists, named, fixed and open sides, descriptions and metadata.
"""

from pathlib import Path

import numpy
import onnx
from onnx import TensorProto, helper, numpy_helper


def constant(name, value):
    return numpy_helper.from_array(numpy.asarray(value), name)


def value(name, kind, shape, doc=None):
    info = helper.make_tensor_value_info(name, kind, shape)
    if doc is not None:
        info.doc_string = doc
    return info


def main():
    weight = (numpy.arange(54, dtype=numpy.float32) / 8 - 3).reshape(2, 3, 3, 3)
    constants = [
        constant("conv.weight", weight),
        constant("conv.bias", numpy.array([0.5, -0.25], numpy.float32)),
        constant("low", numpy.float32(0)),
        constant("high", numpy.float32(6)),
        constant("rows.shape", numpy.array([0, 8, 1], numpy.int64)),
    ]
    nodes = [
        helper.make_node(
            "Conv",
            ["image", "conv.weight", "conv.bias"],
            ["conv"],
            name="conv",
            kernel_shape=[3, 3],
            strides=[2, 2],
            pads=[1, 1, 1, 1],
            dilations=[1, 1],
            group=1,
        ),
        helper.make_node("Clip", ["conv", "low", "high"], ["clip"], name="clip"),
        helper.make_node("Reshape", ["clip", "rows.shape"], ["rows"], name="rows"),
        helper.make_node("Softmax", ["rows"], ["scores"], name="scores", axis=1),
    ]
    graph = helper.make_graph(
        nodes,
        "tiny",
        [value("image", TensorProto.FLOAT, ["batch", 3, 4, 4], "planes")],
        [value("scores", TensorProto.FLOAT, ["batch", 8, 1], "probabilities")],
        constants,
        value_info=[
            value("conv", TensorProto.FLOAT, ["batch", 2, 2, 2]),
            value("clip", TensorProto.FLOAT, ["batch", 2, 2, 2]),
            value("rows", TensorProto.FLOAT, ["batch", 8, 1]),
        ],
    )
    model = helper.make_model(
        graph,
        producer_name="onnx",
        producer_version=onnx.__version__,
        opset_imports=[helper.make_opsetid("", 13)],
        ir_version=7,
    )
    helper.set_model_props(model, {"name": "tiny"})
    onnx.checker.check_model(model, full_check=True)
    Path(__file__).with_name("tiny.onnx").write_bytes(model.SerializeToString())


if __name__ == "__main__":
    main()
