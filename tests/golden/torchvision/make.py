"""Expected values for the pieces of the detector, computed by torchvision.

Run:  python tests/golden/torchvision/make.py > tests/golden/torchvision/pieces.json
Made with torch 2.15.0 and torchvision 0.29.2 (the versions are written into the file).

torchvision orders the boxes of a cell as: square, extra square, then each ratio and its inverse; ours are
the ratios 1, 2, 3, 1/2, 1/3 and the extra square last. The script writes them in our order.
"""

import json

import torch
import torchvision
from torchvision.models.detection import _utils
from torchvision.models.detection.anchor_utils import DefaultBoxGenerator
from torchvision.models.detection.image_list import ImageList

SIDES = [28, 14, 7, 4, 2, 1]
SCALES = [0.1, 0.27, 0.44, 0.61, 0.78, 0.95, 1.0]
OUR_ORDER = [0, 2, 4, 3, 5, 1]


def default_boxes():
    generator = DefaultBoxGenerator([[2, 3]] * 6, scales=SCALES, clip=False)
    images = ImageList(torch.zeros(1, 3, 224, 224), [(224, 224)])
    maps = [torch.zeros(1, 1, side, side) for side in SIDES]
    boxes = generator(images, maps)[0] / 224.0
    return boxes.reshape(-1, 6, 4)[:, OUR_ORDER, :].reshape(-1, 4)


def random_boxes(count, generator):
    corner = torch.rand(count, 2, generator=generator) * 0.7
    size = torch.rand(count, 2, generator=generator) * 0.5 + 0.03
    return torch.cat([corner, corner + size], 1)


def main():
    generator = torch.Generator().manual_seed(7)
    boxes = default_boxes()
    picked = sorted(set(range(0, len(boxes), 61)) | {0, 1, 5, 6, len(boxes) - 6, len(boxes) - 1})

    coder = _utils.BoxCoder(weights=(10.0, 10.0, 5.0, 5.0))
    truth, default = random_boxes(40, generator), random_boxes(40, generator)
    offsets = coder.encode_single(truth, default)
    decoded = coder.decode_single(offsets * 0.7, default)

    # Truths whose best default boxes differ, so that torchvision's "every truth keeps its best box" and the
    # bipartite match of the paper agree; and no ties, which rounding would decide.
    matcher = _utils.SSDMatcher(0.5)
    cases = []
    while len(cases) < 8:
        truths = random_boxes(5, generator)
        quality = torchvision.ops.box_iou(truths, boxes)
        best = quality.topk(2, 1).values
        if len(set(quality.argmax(1).tolist())) < 5 or (best[:, 0] - best[:, 1]).min() < 1e-4:
            continue
        matches = matcher(quality)
        positive = [[i, int(m)] for i, m in enumerate(matches.tolist()) if m >= 0]
        cases.append({"truths": truths.tolist(), "positive": positive})

    nms = []
    for threshold in (0.3, 0.45, 0.6):
        candidates = random_boxes(60, generator)
        scores = torch.rand(60, generator=generator)
        kept = torchvision.ops.nms(candidates, scores, threshold)
        nms.append({"boxes": candidates.tolist(), "scores": scores.tolist(), "iou": threshold, "kept": kept.tolist()})

    print(json.dumps({
        "torch": torch.__version__.split("+")[0],
        "torchvision": torchvision.__version__.split("+")[0],
        "default_boxes": {"count": len(boxes), "sum": boxes.double().sum(0).tolist(),
                          "picked": [[i, boxes[i].tolist()] for i in picked]},
        "coder": {"truth": truth.tolist(), "default": default.tolist(), "offsets": offsets.tolist(),
                  "offsets_in": (offsets * 0.7).tolist(), "decoded": decoded.tolist()},
        "matcher": cases,
        "nms": nms,
    }))


if __name__ == "__main__":
    main()
