#!/usr/bin/env python3
"""Finds where each cut-out was cut from its photograph: exact boxes on real photographs for free.

    scripts/shipped-model/locate-cutouts.py CUTOUTS PHOTOGRAPHS OUT.json [--split train] [--classes apple,banana]

CUTOUTS holds `index.csv` (file, class, split); the file name of a cut-out is that of its photograph and a number,
its size any multiple of the original. OUT maps each photograph to [class, cut-out, box in pixels, error]. Needs
OpenCV and numpy.
"""

import argparse
import csv
import json
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import cv2
import numpy as np
from shared import source

# Root of the mean squared difference, of 255, above which a match is chance.
WORST = 9.0


def match(picture, cutout, mask, scale):
    """Error, place and size of the best match of the cut-out at this scale; none if it does not fit."""
    height, width = (max(round(side * scale), 4) for side in cutout.shape[:2])
    if height > picture.shape[0] or width > picture.shape[1]:
        return None
    small = cv2.resize(cutout, (width, height), interpolation=cv2.INTER_AREA)
    opaque = (cv2.resize(mask, (width, height), interpolation=cv2.INTER_AREA) > 0.9).astype(np.float32)
    count = opaque.sum()
    if count < 20:
        return None
    error = cv2.matchTemplate(picture, small, cv2.TM_SQDIFF, mask=np.repeat(opaque[..., None], 3, 2))
    least, _, (x, y), _ = cv2.minMaxLoc(error)
    return (max(least, 0) / count / 3) ** 0.5, x, y, width, height


def locate(job):
    """The place of one cut-out: first at a third of the size over all scales, then exactly."""
    file, photograph = job
    cutout, picture = cv2.imread(str(file), cv2.IMREAD_UNCHANGED), cv2.imread(str(photograph))
    if cutout is None or picture is None or cutout.shape[2] < 4:
        return None
    mask = (cutout[..., 3] > 250).astype(np.float32)
    colours, picture = cutout[..., :3].astype(np.float32), picture.astype(np.float32)
    part = 0.34
    small = cv2.resize(picture, None, fx=part, fy=part, interpolation=cv2.INTER_AREA)
    coarse = [(match(small, colours, mask, scale * part), scale) for scale in np.geomspace(0.28, 1.1, 26)]
    coarse = [(found[0], scale) for found, scale in coarse if found]
    if not coarse:
        return None
    around = min(coarse)[1] * np.array([0.95, 0.965, 0.98, 0.99, 1, 1.01, 1.02, 1.035, 1.05])
    fine = [found for found in (match(picture, colours, mask, scale) for scale in around) if found]
    if not fine:
        return None
    error, x, y, width, height = min(fine)
    rows, columns = np.where(cutout[..., 3] > 128)
    across, down = width / cutout.shape[1], height / cutout.shape[0]
    box = [x + columns.min() * across, y + rows.min() * down]
    box += [x + (columns.max() + 1) * across, y + (rows.max() + 1) * down]
    return [float(side) for side in box], round(float(error), 2)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cutouts", type=Path)
    parser.add_argument("photographs", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--split", default="train")
    parser.add_argument("--classes", default="apple,banana")
    options = parser.parse_args()
    cv2.setNumThreads(1)
    photographs = {path.stem: path for path in options.photographs.rglob("*.jpg")}
    jobs = []
    for row in csv.DictReader((options.cutouts / "index.csv").open()):
        wanted = row["split"] == options.split and row["class"] in options.classes.split(",")
        photograph = photographs.get(source(row["file"]))
        if wanted and photograph:
            jobs.append((row["class"], options.cutouts / row["file"], photograph))
    located = {}
    with ProcessPoolExecutor() as pool:
        places = pool.map(locate, [job[1:] for job in jobs], chunksize=8)
        for (name, file, photograph), place in zip(jobs, places):
            if place and place[1] <= WORST:
                located.setdefault(str(photograph), []).append([name, file.name, *place])
    options.out.write_text(json.dumps(located))
    found = sum(len(boxes) for boxes in located.values())
    print(f"{found} of {len(jobs)} cut-outs found, on {len(located)} photographs")


if __name__ == "__main__":
    main()
