#!/usr/bin/env python3
"""Makes one labelled set of the milk photographs and of the photographs of heaps.

    scripts/shipped-model/label-photographs.py DATA LOCATED.json OUT --model MODEL [--score 0.6]

DATA holds `cutouts`, `milk-voc` and `grocery-store`; photographs whose cut-outs are measured on are left out. LOCATED
comes from `locate-cutouts.py`. What MODEL finds above the score and what does not overlap a located box is added
(only of the class that the folder is named after); one crowd box around each heap leaves all the rest open.
Photographs of bananas are few and count three times. OUT gets `images` (links) and `labels.json` (COCO).
"""

import argparse
import json
import xml.etree.ElementTree as ElementTree
from pathlib import Path

from PIL import Image
from shared import held_out, iou, scan

CLASSES = ["apple", "banana", "milk"]
# Folder, class, how often each photograph counts, and how much two boxes of a heap may overlap: apples lie beside
# each other, and what overlaps a bunch is mostly a part of it.
HEAPS = [("Apple", "apple", 1, 0.3), ("Banana", "banana", 3, 0.12)]


class Labels:
    """A COCO set that grows."""

    def __init__(self, out):
        self.out, self.images, self.annotations = out, [], []
        (out / "images").mkdir(parents=True, exist_ok=True)

    def add(self, photograph, boxes):
        """One photograph and its boxes: class, box, whether it is a region that is left open."""
        width, height = Image.open(photograph).size
        number = len(self.images) + 1
        name = f"{number:05}-{photograph.name}"
        link = self.out / "images" / name
        link.unlink(missing_ok=True)
        link.symlink_to(photograph.resolve())
        self.images.append({"id": number, "file_name": name, "width": width, "height": height})
        for class_name, box, crowd in boxes:
            x0, y0 = max(box[0], 0), max(box[1], 0)
            wide, high = min(box[2], width) - x0, min(box[3], height) - y0
            if wide < 2 or high < 2:
                continue
            self.annotations.append({
                "id": len(self.annotations) + 1, "image_id": number, "iscrowd": int(crowd),
                "category_id": CLASSES.index(class_name) + 1,
                "bbox": [x0, y0, wide, high], "area": wide * high,
            })

    def write(self):
        categories = [{"id": at + 1, "name": name} for at, name in enumerate(CLASSES)]
        labels = {"images": self.images, "annotations": self.annotations, "categories": categories}
        (self.out / "labels.json").write_text(json.dumps(labels))
        print(f"{len(self.images)} photographs, {len(self.annotations)} boxes")


def milk(data, labels):
    root = data / "milk-voc"
    for stem in (root / "ImageSets/Main/train.txt").read_text().split():
        tree = ElementTree.parse(root / f"Annotations/{stem}.xml").getroot()
        boxes = []
        for item in tree.findall("object"):
            sides = [float(item.find("bndbox").findtext(side)) for side in ("xmin", "ymin", "xmax", "ymax")]
            boxes.append(("milk", sides, item.findtext("difficult") == "1"))
        labels.add(root / "JPEGImages" / tree.findtext("filename"), boxes)


def heaps(options, labels):
    located, kept = json.loads(options.located.read_text()), held_out(options.data / "cutouts")
    for folder, name, times, overlap in HEAPS:
        photographs = sorted((options.data / "grocery-store/train/Fruit" / folder).rglob("*.jpg"))
        photographs = [photograph for photograph in photographs if photograph.stem not in kept]
        found = scan(options.program, options.model, photographs)
        for photograph in photographs:
            boxes = [(class_name, box) for class_name, _, box, _ in located.get(str(photograph), [])]
            sure = [one for one in found[str(photograph)] if one["class"] == name and one["score"] >= options.score]
            for one in sorted(sure, key=lambda one: -one["score"]):
                if all(iou(one["box"], box) < overlap for _, box in boxes):
                    boxes.append((name, one["box"]))
            if not boxes:
                continue
            width, height = Image.open(photograph).size
            boxes = [(class_name, box, False) for class_name, box in boxes]
            for _ in range(times):
                labels.add(photograph, [*boxes, (name, [0, 0, width, height], True)])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("located", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--score", type=float, default=0.6)
    parser.add_argument("--program", default="target/release/tillsight")
    options = parser.parse_args()
    labels = Labels(options.out)
    milk(options.data, labels)
    heaps(options, labels)
    labels.write()


if __name__ == "__main__":
    main()
