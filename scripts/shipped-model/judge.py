#!/usr/bin/env python3
"""What a model finds on photographs of heaps and in hands of which some items have boxes, and on those of other things.

    scripts/shipped-model/judge.py MODEL BOXES.json NEGATIVES [--photographs DIR] [--program P]

BOXES is `val-boxes.json` beside this script (drawn by eye on twelve photographs below `grocery-store/val`, which
--photographs names) or comes from `locate-cutouts.py`. Not every item has a box, so there is a share of the boxes
that are found (IoU 0.5), but no precision. NEGATIVES is a folder of photographs without our products.
Shares are given at score 0.5, and at the score at which something is found on 5 % of NEGATIVES, which compares
models whose scores mean different things.
"""

import argparse
import json
from pathlib import Path

from shared import iou, scan

ALARMS = 0.05


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path)
    parser.add_argument("boxes", type=Path)
    parser.add_argument("negatives", type=Path)
    parser.add_argument("--photographs", type=Path, default=Path())
    parser.add_argument("--program", default="target/release/tillsight")
    options = parser.parse_args()
    other = scan(options.program, options.model, [options.negatives])
    highest = sorted((max((one["score"] for one in found), default=0.0) for found in other.values()), reverse=True)
    alarms = sum(score >= 0.5 for score in highest)
    print(f"something found at score 0.5 on {alarms} of {len(highest)} photographs of other things")
    boxes = json.loads(options.boxes.read_text())
    located = {str(options.photographs / name): entries for name, entries in boxes.items()}
    found = scan(options.program, options.model, located)
    for threshold in (0.5, highest[int(ALARMS * len(highest))]):
        print(f"found at score {threshold:.3f}:")
        for name in sorted({entry[0] for entries in located.values() for entry in entries}):
            hits = [
                any(
                    one["class"] == name and one["score"] >= threshold and iou(one["box"], box) >= 0.5
                    for one in found[photograph]
                )
                for photograph, entries in located.items()
                for class_name, _, box, _ in entries
                if class_name == name
            ]
            print(f"  {name}: {sum(hits)} of {len(hits)}, {sum(hits) / len(hits):.3f}")


if __name__ == "__main__":
    main()
