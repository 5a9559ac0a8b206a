"""What the scripts of this folder share: where cut-outs come from, boxes, running the program."""

import csv
import json
import re
import subprocess
from pathlib import Path


def source(file):
    """The name of the photograph that a cut-out was cut from: `Lime_Lime_003_train_1.webp` from `Lime_003`."""
    name = re.sub(r"_(train|val)$", "", Path(file).stem.rsplit("_", 1)[0])
    return "_".join(name.split("_")[-2:])


def held_out(cutouts):
    """Photographs that nothing may be learned from: cut-outs of theirs are measured on."""
    return {source(row["file"]) for row in csv.DictReader((cutouts / "index.csv").open()) if row["split"] == "val"}


def iou(a, b):
    """Intersection over union of two boxes: x0, y0, x1, y1."""
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    if width <= 0 or height <= 0:
        return 0.0
    shared = width * height
    return shared / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - shared)


def scan(program, model, paths, threshold=0.02):
    """What the model finds: path to detections, each with class, score and box."""
    command = [program, "scan", *map(str, paths), "--json", "--threshold", str(threshold), "--model", str(model)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return {found["path"]: found["detections"] for found in json.loads(done.stdout)["pictures"]}
