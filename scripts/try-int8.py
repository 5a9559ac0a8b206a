"""Says what 8-bit integers would bring the detector: how much average precision they cost, how much time they save.

Run through scripts/try-int8, which installs what this needs. The exported network is quantised by onnxruntime: weights
to int8, a scale for each channel; activations to uint8, with ranges seen on composed scenes that are measured on
nowhere else. Convolutions and the sums of residual blocks are computed in integers; the input, the softmax and the
boxes stay floats. Three variants are tried: the whole network with the ranges seen, the same with ranges that leave
out the outermost 0.01 %, and the heads kept in floats. A variant passes if its AP50 is at most 0.5 points below that
of floats on every set.

Both run in onnxruntime in turn, so that whatever else the machine does hits them alike.
"""

import argparse
import contextlib
import io
import json
import os
import statistics
import time
from pathlib import Path

import numpy
import onnxruntime
from onnxruntime.quantization import (
    CalibrationDataReader,
    CalibrationMethod,
    QuantFormat,
    QuantType,
    quantize_static,
)
from onnxruntime.quantization.shape_inference import quant_pre_process
from PIL import Image
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from models import checked, in_use, real_time, sized

# What int8 may cost, in points of AP50.
ALLOWED = 0.5
# Scenes for ranges that leave out the outermost values: all maps of all of them are in memory at once.
FEW = 48
# As `tillsight eval` reads the network's outputs.
LOWEST_SCORE, OVERLAP, KEPT = 0.01, 0.45, 200
VARIANTS = {
    "int8": (CalibrationMethod.MinMax, False),
    "int8, 99.99 %": (CalibrationMethod.Percentile, False),
    "int8, float heads": (CalibrationMethod.MinMax, True),
}


def session(path, threads=0):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def pixels(path, side):
    """A picture as the network takes it: resized by averaging areas, its shape not kept."""
    picture = Image.open(path).convert("RGB").resize((side, side), Image.Resampling.BOX)
    return numpy.asarray(picture)[None]


class Scenes(CalibrationDataReader):
    """The pictures of a folder, one at a time."""

    def __init__(self, folder, side, count=None):
        self.paths, self.side = iter(sorted(folder.iterdir())[:count]), side

    def get_next(self):
        path = next(self.paths, None)
        return None if path is None else {"image": pixels(path, self.side)}


def quantised(network, scenes, side, method, float_heads):
    """The path of the network in 8 bits."""
    prepared = network.with_suffix(".prepared.onnx")
    if not prepared.exists():
        quant_pre_process(str(network), str(prepared))
    graph = onnxruntime.quantization.quant_utils.load_model_with_shape_infer(prepared).graph
    chosen = [
        node.name
        for node in graph.node
        if node.op_type in ("Conv", "Clip", "Add")
        and node.name.startswith(("backbone.", "extras.") + (() if float_heads else ("class_heads.", "box_heads.")))
    ]
    path = network.with_suffix(f".{method.name}{'-float-heads' if float_heads else ''}.onnx")
    quantize_static(
        str(prepared),
        str(path),
        Scenes(scenes, side, FEW if method is CalibrationMethod.Percentile else None),
        quant_format=QuantFormat.QDQ,
        per_channel=True,
        activation_type=QuantType.QUInt8,
        weight_type=QuantType.QInt8,
        nodes_to_quantize=chosen,
        calibrate_method=method,
        extra_options={"CalibPercentile": 99.99} if method is CalibrationMethod.Percentile else {},
    )
    return path


def suppressed(boxes, scores):
    """Indices that are left after non-maximum suppression, best first."""
    order, kept = numpy.argsort(-scores, kind="stable")[: 4 * KEPT], []
    areas = numpy.prod(numpy.maximum(boxes[:, 2:] - boxes[:, :2], 0), axis=1)
    while order.size:
        best, rest = order[0], order[1:]
        kept.append(best)
        sides = numpy.minimum(boxes[best, 2:], boxes[rest, 2:]) - numpy.maximum(boxes[best, :2], boxes[rest, :2])
        shared = numpy.prod(numpy.maximum(sides, 0), axis=1)
        order = rest[shared <= OVERLAP * (areas[best] + areas[rest] - shared)]
    return kept


def detections(network, truth, folder, side, classes):
    """What a network finds on the pictures of a set, as pycocotools takes it."""
    run, found = session(network), []
    categories = {category["name"]: category["id"] for category in truth.dataset["categories"]}
    for image in truth.dataset["images"]:
        picture = pixels(folder / image["file_name"], side)
        scores, boxes = (output[0] for output in run.run(["scores", "boxes"], {"image": picture}))
        boxes = boxes.clip(0, 1) * ([image["width"], image["height"]] * 2)
        rows = []
        for index, name in enumerate(classes, 1):
            chosen = numpy.flatnonzero(scores[:, index] >= LOWEST_SCORE)
            for place in chosen[suppressed(boxes[chosen], scores[chosen, index])]:
                rows.append((float(scores[place, index]), name, boxes[place]))
        for score, name, (x0, y0, x1, y1) in sorted(rows, key=lambda row: -row[0])[:KEPT]:
            if name in categories:
                box = [float(value) for value in (x0, y0, x1 - x0, y1 - y0)]
                found.append({"image_id": image["id"], "category_id": categories[name], "bbox": box, "score": score})
    return found


class Evaluation(COCOeval):
    """As COCO measures, but objects marked `ignore` count neither way."""

    def _prepare(self):
        marked = {row["id"] for row in self.cocoGt.dataset["annotations"] if row.get("ignore")}
        super()._prepare()
        for row in (row for rows in self._gts.values() for row in rows):
            row["ignore"] = row["ignore"] or row["id"] in marked


def average_precision(truth, found):
    """AP50 in points."""
    if not found:
        return 0.0
    # pycocotools tells of every step.
    with contextlib.redirect_stdout(io.StringIO()):
        evaluation = Evaluation(truth, truth.loadRes(found), "bbox")
        evaluation.params.iouThrs = numpy.array([0.5])
        evaluation.evaluate()
        evaluation.accumulate()
    # Threshold, recall, class, any area, at most 100 detections.
    precision = evaluation.eval["precision"][0, :, :, 0, 2]
    return 100 * float(precision[:, (precision > -1).all(axis=0)].mean())


def medians(networks, side, threads, arguments):
    """Median milliseconds of each network, and of the rounds' ratios to the first."""
    os.sched_setaffinity(0, arguments.processors[:threads])
    picture = pixels(arguments.picture, side)
    runs = {name: session(path, threads) for name, path in networks.items()}
    rounds = {name: [] for name in runs}
    for turn in range(arguments.rounds + 1):
        for name, run in runs.items():
            times = []
            for _ in range(arguments.frames):
                started = time.perf_counter()
                run.run(["scores", "boxes"], {"image": picture})
                times.append((time.perf_counter() - started) * 1000)
            # The first round warms up.
            if turn:
                rounds[name].append(times)
    os.sched_setaffinity(0, arguments.processors)
    first = next(iter(rounds.values()))
    return {
        name: (
            statistics.median(time for times in own for time in times),
            statistics.median(statistics.median(a) / statistics.median(b) for a, b in zip(own, first)),
        )
        for name, own in rounds.items()
    }


def compose(arguments, name, count, seed):
    """A folder of composed scenes; kept between runs."""
    folder = arguments.out / f"{name}-{count}"
    if not folder.exists():
        cutouts = ["--cutouts", arguments.cutouts] if arguments.cutouts else []
        checked([arguments.program, "synth", "--out", folder, "--count", count, "--seed", seed, "--size", 320, *cutouts])
    return folder


def labelled(arguments, text, index):
    """Labels and folder of pictures of a set."""
    kind, *rest = text.split(":")
    if kind == "coco" and len(rest) == 2:
        file, pictures = rest[0], Path(rest[1])
    else:
        folder = arguments.out / f"set-{index}-{text.replace('/', '_').replace(':', '_')}"
        if not folder.exists():
            checked([arguments.program, "dataset", "export", text, "--format", "coco", "--out", folder])
        file, pictures = folder / "annotations.json", folder / "images"
    with contextlib.redirect_stdout(io.StringIO()):
        return COCO(str(file)), pictures


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--model", type=Path)
    parser.add_argument("--sets")
    parser.add_argument("--cutouts")
    parser.add_argument("--scenes", type=int, default=200)
    parser.add_argument("--side", type=int, default=320)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--frames", type=int, default=20)
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    arguments.processors = sorted(os.sched_getaffinity(0))
    bundle = arguments.model or in_use()
    manifest = json.loads((bundle / "bundle.json").read_text())
    side, classes = manifest["architecture"]["input"][0], manifest["architecture"]["classes"]

    scenes = compose(arguments, "calibration", arguments.scenes, 8)
    arguments.picture = sorted((scenes / "images").iterdir())[0]
    sets = arguments.sets
    if not sets:
        composed = compose(arguments, "measured", 200, 9)
        sets = f"coco:{composed / 'annotations.json'}:{composed / 'images'}"

    networks = {}
    for size in sorted({side, arguments.side}):
        network = arguments.out / f"network-{size}.onnx"
        checked([arguments.program, "model", "export", network, "--model", sized(bundle, size, arguments.out)])
        network.with_suffix(".prepared.onnx").unlink(missing_ok=True)
        networks[size] = {"floats": network}
        for name, (method, float_heads) in VARIANTS.items():
            # What is left out when calibrating changes no time.
            if size != side and method is CalibrationMethod.Percentile:
                continue
            networks[size][name] = quantised(network, scenes / "images", size, method, float_heads)

    passing = set(VARIANTS)
    print(f"{manifest['name']}, calibrated on {arguments.scenes} scenes, onnxruntime {onnxruntime.__version__}")
    for index, text in enumerate(sets.split(",")):
        truth, folder = labelled(arguments, text, index)
        own = json.loads(checked([arguments.program, "--json", "eval", text, "--model", bundle]))
        print(f"AP50 on {text}: {100 * own['ap50']:.2f} by `tillsight eval`")
        floats = None
        for name, path in networks[side].items():
            points = average_precision(truth, detections(path, truth, folder, side, classes))
            floats = points if floats is None else floats
            print(f"  {name:20} {points:6.2f} {points - floats:+6.2f}", flush=True)
            if points < floats - ALLOWED:
                passing.discard(name)
    # Whatever else the machine does shall not count.
    real_time()
    for threads in (1, 2):
        if threads > len(arguments.processors):
            continue
        print(f"milliseconds at {arguments.side} with {threads} thread{'s' if threads > 1 else ''}, ratio to floats")
        for name, (median, ratio) in medians(networks[arguments.side], arguments.side, threads, arguments).items():
            print(f"  {name:20} {median:6.2f} {ratio:6.2f}", flush=True)
    print(f"within {ALLOWED} points on every set: {', '.join(sorted(passing)) or 'none'}")


if __name__ == "__main__":
    main()
