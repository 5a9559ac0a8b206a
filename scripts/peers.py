"""Runs one ONNX file in one other program, in a process of its own: a crash there is a result as well.

Run:  python peers.py RUNTIME MODEL.onnx INPUTS.npz OUTPUTS.npz [--threads N] [--repeat N | --serve]
INPUTS.npz holds arrays `0`, `1`, ... with a batch each; OUTPUTS.npz gets `0.scores`, `0.boxes`, and so on.
Prints one JSON object: version, seconds to load, and with --repeat the median and the 95th percentile in ms. With
--serve it stays, and answers each line `run N` with a list of the milliseconds of N pictures.
"""

import argparse
import json
import statistics
import sys
import time

import numpy


def onnxruntime(path, names, threads):
    import onnxruntime as runtime

    options = runtime.SessionOptions()
    options.intra_op_num_threads = threads
    session = runtime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    return runtime.__version__, lambda image: session.run(names, {"image": image})


def opencv(path, names, threads, classic=False):
    import cv2

    cv2.setNumThreads(threads)
    engine = [cv2.dnn.ENGINE_CLASSIC] if classic else []
    net = cv2.dnn.readNetFromONNX(path, *engine)

    def run(image):
        net.setInput(image, "image")
        return net.forward(names)

    return cv2.__version__, run


def opencv_classic(path, names, threads):
    return opencv(path, names, threads, classic=True)


def tract(path, names, threads):
    # tract computes on the calling thread.
    import tract as runtime

    model = runtime.onnx().load(path).into_model().into_runnable()
    return runtime.version(), lambda image: [output.to_numpy() for output in model.run([image])]


def torch(path, names, threads):
    """PyTorch, eager and with channels last, on the nodes of the file."""
    import onnx
    import torch as runtime
    from onnx import helper, numpy_helper

    runtime.set_num_threads(threads)
    graph = onnx.load(path).graph
    constants = {c.name: runtime.from_numpy(numpy_helper.to_array(c).copy()) for c in graph.initializer}
    plain = {name: value.tolist() for name, value in constants.items() if value.numel() <= 8}
    functional = runtime.nn.functional

    def operator(node):
        """The function of a node, from a dictionary of values to its output."""
        a = {attribute.name: helper.get_attribute_value(attribute) for attribute in node.attribute}
        i, kind = node.input, node.op_type
        if kind == "Conv":
            weight = constants[i[1]].contiguous(memory_format=runtime.channels_last)
            bias = constants[i[2]] if len(i) > 2 else None
            return lambda v: functional.conv2d(
                v[i[0]], weight, bias, a["strides"], a["pads"][:2], a["dilations"], a["group"]
            )
        if kind == "MaxPool":
            pads, low = a["pads"], float("-inf")
            if pads == [0, 0, 0, 0]:
                return lambda v: functional.max_pool2d(v[i[0]], a["kernel_shape"], a["strides"])
            sides = [pads[1], pads[3], pads[0], pads[2]]
            return lambda v: functional.max_pool2d(
                functional.pad(v[i[0]], sides, value=low), a["kernel_shape"], a["strides"]
            )
        if kind == "Clip":
            low, high = plain[i[1]], plain[i[2]]
            return lambda v: runtime.clamp(v[i[0]], low, high)
        if kind == "Slice":
            start, end, axis = (plain[name][0] for name in i[1:4])
            return lambda v: v[i[0]].narrow(axis, start, end - start)
        if kind == "Reshape":
            shape = plain[i[1]]
            return lambda v: v[i[0]].reshape(
                [v[i[0]].shape[axis] if side == 0 else side for axis, side in enumerate(shape)]
            )
        two = {"Add": runtime.add, "Sub": runtime.sub, "Mul": runtime.mul, "Div": runtime.div}
        if kind in two:
            return lambda v: two[kind](v[i[0]], v[i[1]])
        one = {
            "Cast": lambda x: x.float(),
            "Relu": functional.relu,
            "Exp": runtime.exp,
            "Transpose": lambda x: x.permute(a["perm"]),
            "Softmax": lambda x: functional.softmax(x, a["axis"]),
            "ReduceL2": lambda x: x.norm(dim=1, keepdim=True),
        }
        if kind in one:
            return lambda v: one[kind](v[i[0]])
        if kind == "Concat":
            return lambda v: runtime.cat([v[name] for name in i], a["axis"])
        if kind == "Gather":
            return lambda v: v[i[0]].index_select(a["axis"], v[i[1]])
        raise SystemExit(f"the operator {kind} is not known here")

    nodes = [(operator(node), node.output[0]) for node in graph.node]

    def run(image):
        values = dict(constants)
        values["image"] = runtime.from_numpy(image)
        with runtime.inference_mode():
            for function, output in nodes:
                values[output] = function(values)
        return [values[name].numpy() for name in names]

    return runtime.__version__, run


RUNTIMES = {
    "onnxruntime": onnxruntime,
    "opencv": opencv,
    "opencv-classic": opencv_classic,
    "tract": tract,
    "torch": torch,
}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("runtime", choices=RUNTIMES)
    parser.add_argument("model")
    parser.add_argument("inputs")
    parser.add_argument("outputs")
    parser.add_argument("--names", default="scores,boxes")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--repeat", type=int, default=0)
    parser.add_argument("--serve", action="store_true")
    arguments = parser.parse_args()
    names = arguments.names.split(",")
    started = time.perf_counter()
    version, run = RUNTIMES[arguments.runtime](arguments.model, names, arguments.threads)
    report = {"version": version, "load_s": time.perf_counter() - started}
    inputs = numpy.load(arguments.inputs)
    outputs = {}
    for index in inputs.files:
        for name, value in zip(names, run(inputs[index])):
            outputs[f"{index}.{name}"] = numpy.array(value)
    numpy.savez(arguments.outputs, **outputs)
    image = inputs[inputs.files[0]]

    def timed(count):
        times = []
        for _ in range(count):
            started = time.perf_counter()
            run(image)
            times.append((time.perf_counter() - started) * 1000)
        return times

    if arguments.repeat:
        timed(10)
        times = sorted(timed(arguments.repeat))
        report["median_ms"] = statistics.median(times)
        report["p95_ms"] = times[len(times) * 95 // 100]
    if arguments.serve:
        timed(10)
    print(json.dumps(report), flush=True)
    if arguments.serve:
        for line in sys.stdin:
            print(json.dumps(timed(int(line.split()[1]))), flush=True)


if __name__ == "__main__":
    main()
