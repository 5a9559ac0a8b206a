#!/usr/bin/env python3
"""Cuts round things out of photographs, where there are too few cut-outs of a look-alike.

    scripts/shipped-model/cut-round.py CUTOUTS FOLDER_OF_PHOTOGRAPHS OUT

Circles (Hough), then GrabCut, then only what is nearly a disc; OUT becomes a folder of cut-outs like CUTOUTS, whose
own are linked, with the new ones as `more/NAME` of the class `other`. Look at them before training. Needs OpenCV
and numpy. Takes some seconds a photograph.
"""

import argparse
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import cv2
import numpy as np
from shared import held_out

# At most so many of one photograph; of the original's size, and larger ones are whole heaps.
MOST, ENLARGED, LARGEST = 4, 1.6, 230


def disc(picture, x, y, radius):
    """The thing in this circle with alpha, and how much of a disc it is; none if it is torn."""
    height, width = picture.shape[:2]
    if min(x, y) - radius < -3 or x + radius > width + 3 or y + radius > height + 3:
        return None
    left, top = int(max(x - 1.5 * radius, 0)), int(max(y - 1.5 * radius, 0))
    part = picture[top:int(min(y + 1.5 * radius, height)), left:int(min(x + 1.5 * radius, width))].copy()
    rows, columns = np.mgrid[:part.shape[0], :part.shape[1]]
    far = np.hypot(columns + left - x, rows + top - y) / radius
    labels = np.full(far.shape, cv2.GC_BGD, np.uint8)
    labels[far < 1.12], labels[far < 0.98], labels[far < 0.6] = cv2.GC_PR_BGD, cv2.GC_PR_FGD, cv2.GC_FGD
    cv2.grabCut(part, labels, None, np.zeros((1, 65)), np.zeros((1, 65)), 4, cv2.GC_INIT_WITH_MASK)
    mask = np.isin(labels, (cv2.GC_FGD, cv2.GC_PR_FGD)).astype(np.uint8)
    for step, side in ((cv2.MORPH_OPEN, 7), (cv2.MORPH_CLOSE, 9)):
        mask = cv2.morphologyEx(mask, step, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side)))
    outlines, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    if not outlines:
        return None
    outline = max(outlines, key=cv2.contourArea)
    hull = cv2.convexHull(outline)
    area, around = cv2.contourArea(outline), cv2.contourArea(hull)
    if area < 1000:
        return None
    solid, round_ = area / around, 4 * np.pi * around / cv2.arcLength(hull, True) ** 2
    if solid < 0.955 or round_ < 0.9 or not 0.8 < area / (np.pi * radius**2) < 1.2:
        return None
    filled = cv2.drawContours(np.zeros_like(mask), [outline], -1, 255, -1)
    alpha = cv2.GaussianBlur(cv2.erode(filled, np.ones((3, 3), np.uint8)), (0, 0), 1)
    x0, y0, wide, high = cv2.boundingRect(outline)
    cut = np.dstack([part, alpha])[y0:y0 + high, x0:x0 + wide]
    return solid * round_, cv2.resize(cut, None, fx=ENLARGED, fy=ENLARGED, interpolation=cv2.INTER_CUBIC)


def cut(file):
    """The best few of one photograph."""
    cv2.setNumThreads(1)
    picture = cv2.imread(str(file))
    grey = cv2.medianBlur(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), 5)
    circles = cv2.HoughCircles(grey, cv2.HOUGH_GRADIENT, 1.2, 36, param1=110, param2=34, minRadius=24, maxRadius=110)
    if circles is None:
        return []
    discs = [found for circle in circles[0][:14] if (found := disc(picture, *map(float, circle)))]
    best = sorted(discs, key=lambda found: -found[0])[:MOST]
    return [(f"{file.stem}_x{at}.webp", pixels) for at, (_, pixels) in enumerate(best)]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cutouts", type=Path)
    parser.add_argument("photographs", type=Path)
    parser.add_argument("out", type=Path)
    options = parser.parse_args()
    (options.out / "more").mkdir(parents=True, exist_ok=True)
    for folder in filter(Path.is_dir, options.cutouts.iterdir()):
        link = options.out / folder.name
        link.unlink(missing_ok=True)
        link.symlink_to(folder.resolve())
    rows = (options.cutouts / "index.csv").read_text().splitlines()
    before = len(rows)
    kept = held_out(options.cutouts)
    photographs = [file for file in sorted(options.photographs.rglob("*.jpg")) if file.stem not in kept]
    with ProcessPoolExecutor() as pool:
        for cuts in pool.map(cut, photographs):
            for name, pixels in cuts:
                if max(pixels.shape[:2]) <= LARGEST:
                    cv2.imwrite(str(options.out / "more" / name), pixels, [cv2.IMWRITE_WEBP_QUALITY, 92])
                    rows.append(f"more/{name},other,train")
    (options.out / "index.csv").write_text("\n".join(rows) + "\n")
    print(f"{len(rows) - before} more cut-outs")


if __name__ == "__main__":
    main()
