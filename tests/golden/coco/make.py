#!/usr/bin/env python3
"""Writes cases.json: random ground truths and detections with the figures of pycocotools.

    pip install pycocotools numpy
    python3 make.py

Needs nothing else and always writes the same file, which names the versions it was made with.
"""

import contextlib
import importlib.metadata
import io
import json
import pathlib

import numpy as np
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval


def case(name, seed, images, classes, truths, extra, crowd=0.0, ties=False, jitter=0.12, side=400):
    """`truths` objects an image on average; `extra` false detections an image on average."""
    rng = np.random.default_rng(seed)
    truth, found = [], []
    for image in range(images):
        for _ in range(rng.poisson(truths)):
            w, h = np.exp(rng.uniform(np.log(8), np.log(side * 0.6), 2))
            x, y = rng.uniform(0, side - w), rng.uniform(0, side - h)
            label = int(rng.integers(1, classes + 1))
            box = [round(float(v), 1) for v in (x, y, w, h)]
            area = round(box[2] * box[3] * float(rng.uniform(0.5, 1.0)), 1)
            truth.append([image, label, *box, area, int(rng.random() < crowd)])
            for _ in range(rng.choice([0, 1, 1, 1, 2, 3])):
                moved = [
                    box[0] + rng.normal(0, jitter) * box[2],
                    box[1] + rng.normal(0, jitter) * box[3],
                    box[2] * np.exp(rng.normal(0, jitter)),
                    box[3] * np.exp(rng.normal(0, jitter)),
                ]
                given = label if rng.random() < 0.9 else int(rng.integers(1, classes + 1))
                found.append([image, given, *[round(float(v), 1) for v in moved], rng.beta(4, 2)])
        for _ in range(rng.poisson(extra)):
            w, h = np.exp(rng.uniform(np.log(8), np.log(side * 0.6), 2))
            x, y = rng.uniform(0, side - w), rng.uniform(0, side - h)
            box = [round(float(v), 1) for v in (x, y, w, h)]
            found.append([image, int(rng.integers(1, classes + 1)), *box, rng.beta(2, 4)])
    for row in found:
        row[-1] = round(float(row[-1]), 1 if ties else 4)
    order = rng.permutation(len(found))
    found = [found[i] for i in order]
    return measure(name, images, classes, truth, found)


def measure(name, images, classes, truth, found):
    ground = COCO()
    ground.dataset = {
        "info": {},
        "images": [{"id": i} for i in range(images)],
        "categories": [{"id": c, "name": str(c)} for c in range(1, classes + 1)],
        "annotations": [
            {"id": n + 1, "image_id": t[0], "category_id": t[1], "bbox": t[2:6], "area": t[6], "iscrowd": t[7]}
            for n, t in enumerate(truth)
        ],
    }
    with contextlib.redirect_stdout(io.StringIO()):
        ground.createIndex()
        results = [{"image_id": d[0], "category_id": d[1], "bbox": d[2:6], "score": d[6]} for d in found]
        run = COCOeval(ground, ground.loadRes(results) if results else empty(ground), "bbox")
        run.evaluate()
        run.accumulate()
        run.summarize()
    precision = run.eval["precision"]  # [threshold, recall, class, area, max detections]
    per_class = []
    for k in range(classes):
        row = []
        for part in (precision[:, :, k, 0, 2], precision[0, :, k, 0, 2], precision[5, :, k, 0, 2]):
            row.append(float(np.mean(part)) if part.max() > -1 else -1.0)
        per_class.append(row)
    return {
        "name": name,
        "classes": classes,
        "truth": truth,
        "found": found,
        "stats": [float(v) for v in run.stats],
        "per_class": per_class,
    }


def empty(ground):
    nothing = COCO()
    nothing.dataset = {**ground.dataset, "annotations": []}
    nothing.createIndex()
    return nothing


def main():
    cases = [
        case("ordinary", 1, 40, 3, 3, 2),
        case("crowds", 2, 25, 3, 4, 3, crowd=0.3),
        case("equal scores", 3, 30, 2, 3, 3, ties=True),
        case("crowded pictures, more than 100 detections", 4, 2, 1, 40, 90, jitter=0.05),
        case("crowded with ignored, equal scores", 5, 4, 2, 25, 20, crowd=0.2, ties=True, jitter=0.07),
        case("only crowds and strays", 6, 6, 2, 1, 2, crowd=1.0),
        case("nothing found", 7, 5, 2, 2, 0),
        case("many classes, some never present", 8, 12, 9, 1, 1),
        case("tight boxes", 9, 20, 2, 3, 1, jitter=0.02),
    ]
    cases[6] = measure("nothing found", 5, 2, cases[6]["truth"], [])
    document = {
        "made_with": {name: importlib.metadata.version(name) for name in ("pycocotools", "numpy")},
        "rows": {
            "truth": "image, class, x, y, width, height, area, iscrowd",
            "found": "image, class, x, y, width, height, score",
            "stats": "AP, AP50, AP75, AP small, medium, large, AR 1, 10, 100, AR small, medium, large",
            "per_class": "AP, AP50, AP75",
        },
        "cases": cases,
    }
    out = pathlib.Path(__file__).with_name("cases.json")
    out.write_text(json.dumps(document, separators=(",", ":")).replace('{"name"', '\n{"name"') + "\n")


if __name__ == "__main__":
    main()
