"""Compares what exported models compute in other programs with what tillsight computes.

Run through scripts/check-onnx, which installs the programs. For each model, each way of exporting it and each
program, the largest difference of class scores and of box corners (in parts of the picture) over pictures of
assets/demo and noise is printed; more than 1e-4 fails. Detections after non-maximum suppression must be the same
ones.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path

import numpy
import onnx
from PIL import Image
from safetensors.numpy import load_file

TOLERANCE = 1e-4
PRESETS = [
    "checkout",
    "checkout-dense",
    "ssd300-vgg16",
    "mobilenetv2-ssd-cifar",
    "mobilenetv2-ssd-cifar-improved",
    "ena24",
]
ROOT = Path(__file__).resolve().parent.parent
# OpenCV's older engines do not know non-maximum suppression.
WITHOUT_NMS = {"opencv-4", "opencv-classic"}


def tillsight(program, *arguments):
    done = subprocess.run([program, *map(str, arguments), "--json"], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"tillsight {' '.join(map(str, arguments))}: {done.stderr.strip()}")
    return json.loads(done.stdout)


def pictures(side, folder, noise):
    """Paths and pixels of the demonstration pictures at the network's size, and of noise."""
    generator = numpy.random.default_rng(1)
    arrays = [
        numpy.asarray(Image.open(path).convert("RGB").resize((side, side), Image.Resampling.BILINEAR))
        for path in sorted((ROOT / "assets/demo").glob("*.jpg"))
    ]
    arrays += [generator.integers(0, 256, (side, side, 3), numpy.uint8) for _ in range(noise)]
    paths = []
    for index, array in enumerate(arrays):
        path = folder / f"{index}.png"
        Image.fromarray(array).save(path)
        paths.append(path)
    return paths, numpy.stack(arrays)


def checked(path):
    """Loads a file, lets the onnx package check it, types and shapes included, and gives its metadata."""
    model = onnx.load(path)
    onnx.checker.check_model(model, full_check=True)
    onnx.shape_inference.infer_shapes(model, strict_mode=True, data_prop=True)
    return {entry.key: entry.value for entry in model.metadata_props}


def run(peer, model, batches, folder, names):
    """Version and outputs of a program, or why it gave none."""
    python, runtime = peer
    inputs, outputs = folder / "inputs.npz", folder / "outputs.npz"
    numpy.savez(inputs, **{str(index): batch for index, batch in enumerate(batches)})
    outputs.unlink(missing_ok=True)
    command = [python, ROOT / "scripts/peers.py", runtime, model, inputs, outputs, "--names", ",".join(names)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0 or not outputs.exists():
        said = [line for line in done.stderr.splitlines() if line.strip()]
        return None, f"stopped ({done.returncode}): {said[-1][:150] if said else 'nothing said'}"
    loaded = numpy.load(outputs)
    stacked = {
        name: numpy.concatenate([loaded[f"{index}.{name}"] for index in range(len(batches))]) for name in names
    }
    return json.loads(done.stdout.splitlines()[-1])["version"], stacked


def same_detections(want, outputs, index):
    """Largest difference of score and corners, or None if other detections were found."""
    classes = outputs["detection_classes"][index]
    real = classes > 0
    got = numpy.column_stack(
        [classes[real], outputs["detection_scores"][index][real], outputs["detection_boxes"][index][real]]
    )
    if len(got) == len(want) == len(classes):
        # The list is full: which of two equal scores is the last of it is left to chance.
        cut = want[:, 1].min() + TOLERANCE
        got, want = got[got[:, 1] > cut], want[want[:, 1] > cut]
    if len(got) != len(want):
        return None
    largest, left = 0.0, list(range(len(got)))
    for row in want:
        alike = [(numpy.abs(got[other] - row).max(), other) for other in left if got[other][0] == row[0]]
        if not alike:
            return None
        difference, other = min(alike)
        left.remove(other)
        largest = max(largest, difference)
    return largest


class Check:
    """One model: what tillsight says of the pictures, and how others differ."""

    def __init__(self, arguments, model):
        self.arguments = arguments
        self.name = Path(model).name
        self.folder = arguments.out / self.name
        self.folder.mkdir(parents=True, exist_ok=True)
        self.bundle = Path(model)
        if model in PRESETS:
            self.bundle = self.folder / "bundle"
            tillsight(arguments.program, "model", "sample", model, "--out", self.bundle, "--seed", 7)
        self.failures = []

    def export(self, variant, *options):
        path = self.folder / f"{variant}.onnx"
        tillsight(self.arguments.program, "model", "export", path, "--model", self.bundle, *options)
        return path, checked(path)

    def row(self, program, variant, scores, boxes, detections="", note=""):
        within = all(not isinstance(d, float) or d <= TOLERANCE for d in (scores, boxes, detections))
        fine = within and not note
        if not fine:
            self.failures.append(f"{self.name} {program} {variant}")
        cells = [f"{d:.1e}" if isinstance(d, float) else d for d in (scores, boxes, detections)]
        print(
            f"{self.name:31} {program:22} {variant:7} {cells[0]:>8} {cells[1]:>8} {cells[2]:>10}"
            f"  {'ok' if fine else 'FAILED ' + note}",
            flush=True,
        )

    def run(self, peers):
        plain, metadata = self.export("pixels")
        side = json.loads(metadata["input_size"])[0]
        paths, pixels = pictures(side, self.folder, self.arguments.noise)
        ours = self.folder / "ours.safetensors"
        tillsight(self.arguments.program, "model", "outputs", *paths, "--model", self.bundle, "--out", ours)
        ours = load_file(ours)
        want = {
            name: numpy.stack([ours[f"{name}.{index}"] for index in range(len(paths))])
            for name in ("scores", "boxes")
        }
        found = [ours[f"detections.{index}"] for index in range(len(paths))]
        planes = numpy.ascontiguousarray(pixels.transpose(0, 3, 1, 2)).astype(numpy.float32)
        # One picture, then all others at once: the batch is chosen when the network runs.
        split = lambda images: [images[:1], images[1:]]
        variants = [
            ("pixels", plain, split(pixels)),
            ("planes", self.export("planes", "--input", "planes", "--batch", 1)[0], list(planes[:, None])),
            ("nms", self.export("nms", "--nms")[0], split(pixels)),
        ]
        for variant, path, batches in variants:
            for program, peer in peers.items():
                names = ["scores", "boxes"]
                if variant == "nms":
                    if program in WITHOUT_NMS:
                        continue
                    names += ["detection_boxes", "detection_scores", "detection_classes"]
                version, outputs = run(peer, path, batches, self.folder, names)
                if version is None:
                    self.row(program, variant, "", "", note=outputs)
                    continue
                label = f"{program} {version}"
                largest = [float(numpy.abs(outputs[name] - want[name]).max()) for name in ("scores", "boxes")]
                detections, note = "", ""
                if variant == "nms":
                    each = [same_detections(rows, outputs, index) for index, rows in enumerate(found)]
                    note = "" if None not in each else "other detections"
                    detections = f"{sum(map(len, found))} of {sum(map(len, found))}" if not note else "differ"
                    largest += [float(max(e for e in each if e is not None))] if not note else []
                self.row(label, variant, *largest[:2], detections, note)
        return self.failures


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("models", nargs="*", help="presets or folders; all if none")
    parser.add_argument("--program", required=True)
    parser.add_argument("--opencv4", help="a Python with OpenCV 4")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--noise", type=int, default=3)
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    current = ROOT / "models" / (ROOT / "models/current").read_text().strip()
    peers = {
        "onnxruntime": (sys.executable, "onnxruntime"),
        "opencv": (sys.executable, "opencv"),
        "opencv-classic": (sys.executable, "opencv-classic"),
        "opencv-4": (arguments.opencv4, "opencv"),
        "tract": (sys.executable, "tract"),
    }
    if not arguments.opencv4:
        del peers["opencv-4"]
    print(f"onnx {onnx.__version__}: every file passes its checker with shape inference, or this stops")
    print(f"{'model':31} {'program':22} {'export':7} {'scores':>8} {'boxes':>8} {'detections':>10}")
    failures = []
    for model in arguments.models or [str(current), *PRESETS]:
        failures += Check(arguments, model).run(peers)
    if failures:
        sys.exit(f"{len(failures)} differ by more than {TOLERANCE} or did not run: {'; '.join(failures)}")
    print(f"all within {TOLERANCE}")


if __name__ == "__main__":
    main()
