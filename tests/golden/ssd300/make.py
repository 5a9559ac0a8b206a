"""Activations of torchvision's whole ssd300_vgg16 on made-up weights, and what its pieces do.

Run:  python tests/golden/ssd300/make.py > tests/golden/ssd300/activations.json
Made with torch 2.15.0 and torchvision 0.29.2 (the versions are written into the file).

The weights are not stored: both programs make each value from its place and the name of its tensor, see
`made_up`. Differences between torchvision's detector and the SSD300 of the paper that were found on the way:
torchvision takes pictures as RGB, less the means, over 1 (its deviations of 1/255 undo the scaling to 0..1),
where Caffe takes BGR; it orders the boxes of a cell otherwise; its usual scales are those for COCO. Layers,
padding, rounding of the third pool and the L2 normalisation are the same.
"""

import json

import numpy
import torch
import torchvision
from torchvision.models.detection.anchor_utils import DefaultBoxGenerator
from torchvision.models.detection.image_list import ImageList


def made_up(name, shape, bound):
    """Values in -bound..bound: a hash of the place, mixed with a hash (FNV-1a) of the name."""
    seed = 2166136261
    for byte in name.encode():
        seed = (seed ^ byte) * 16777619 % 2**32
    count = int(numpy.prod(shape))
    x = (numpy.arange(count, dtype=numpy.uint64) + numpy.uint64(seed)) % 2**32
    for shift, factor in ((16, 0x7FEB352D), (15, 0x846CA68B)):
        x = ((x ^ (x >> numpy.uint64(shift))) * numpy.uint64(factor)) % 2**32
    x = x ^ (x >> numpy.uint64(16))
    values = (x.astype(numpy.float64) / 2**31 - 1.0) * bound
    return torch.from_numpy(values.astype(numpy.float32).reshape(shape))


def our_names(network):
    """Our path of every convolution, in the order in which torchvision registers them."""
    vgg = [f"backbone.conv{s}_{i}" for s, n in ((1, 2), (2, 2), (3, 3), (4, 3), (5, 3)) for i in range(1, n + 1)]
    extra = ["backbone.fc6", "backbone.fc7"] + [f"extras.conv{n}_{i}" for n in range(6, 10) for i in (1, 2)]
    heads = [f"class_heads.{i}.predict" for i in range(6)] + [f"box_heads.{i}.predict" for i in range(6)]
    modules = [m for part in (network.backbone.features, network.backbone.extra) for m in part.modules()
               if isinstance(m, torch.nn.Conv2d)]
    modules += list(network.head.classification_head.module_list) + list(network.head.regression_head.module_list)
    names = vgg + extra + heads
    assert len(names) == len(modules), (len(names), len(modules))
    return list(zip(names, modules))


def summary(tensor, picks):
    flat = tensor.flatten()
    step = max(1, len(flat) // picks)
    places = list(range(0, len(flat), step))[:picks]
    return {"shape": list(tensor.shape), "mean": float(flat.double().mean()),
            "deviation": float(flat.double().std(unbiased=False)), "places": places,
            "values": [float(flat[p]) for p in places]}


def main():
    network = torchvision.models.detection.ssd300_vgg16(weights=None, weights_backbone=None, num_classes=21)
    with torch.no_grad():
        for name, module in our_names(network):
            fan_in = module.in_channels * module.kernel_size[0] * module.kernel_size[1]
            module.weight.copy_(made_up(f"{name}.weight", module.weight.shape, (6.0 / fan_in) ** 0.5))
            module.bias.copy_(made_up(f"{name}.bias", module.bias.shape, 0.1))
        scale = network.backbone.scale_weight
        scale.copy_(20.0 + made_up("l2_norms.0.scale", scale.shape, 5.0))
        network.eval()
        picture = made_up("input", (1, 3, 300, 300), 1.0)
        maps = list(network.backbone(picture).values())
        output = network.head(maps)

    sides = [38, 19, 10, 5, 3, 1]
    generator = DefaultBoxGenerator(
        [[2], [2, 3], [2, 3], [2, 3], [2], [2]], scales=[0.1, 0.2, 0.37, 0.54, 0.71, 0.88, 1.05],
        steps=[8, 16, 32, 64, 100, 300], clip=False)
    boxes = generator(ImageList(torch.zeros(1, 3, 300, 300), [(300, 300)]),
                      [torch.zeros(1, 1, s, s) for s in sides])[0]
    # torchvision: square, extra square, then each ratio and its inverse. Ours: 1, 2, 1/2, 3, 1/3, extra square.
    ordered, start = [], 0
    for side, per_cell in zip(sides, [4, 6, 6, 6, 4, 4]):
        part = boxes[start:start + side * side * per_cell].reshape(-1, per_cell, 4)
        ordered.append(part[:, [0, *range(2, per_cell), 1], :].reshape(-1, 4))
        start += side * side * per_cell
    boxes = torch.cat(ordered) / 300.0
    picked = sorted(set(range(0, len(boxes), 157)) | {0, 1, 2, 3, 4, len(boxes) - 1})

    torch.manual_seed(0)
    pools = []
    for side, kernel, stride, padding, ceil in ((7, 2, 2, 0, True), (7, 2, 2, 0, False), (5, 3, 1, 1, False),
                                                (5, 2, 2, 1, True), (9, 3, 2, 1, True)):
        values = torch.randint(-9, 10, (1, 2, side, side)).float()
        pooled = torch.nn.functional.max_pool2d(values, kernel, stride, padding, ceil_mode=ceil)
        pools.append({"kernel": kernel, "stride": stride, "padding": padding, "ceil": ceil,
                      "input": values[0].tolist(), "output": pooled[0].tolist()})

    print(json.dumps({
        "torch": torch.__version__.split("+")[0],
        "torchvision": torchvision.__version__.split("+")[0],
        "parameters": sum(p.numel() for p in network.parameters()),
        "maps": [summary(m, 60) for m in maps],
        "logits": summary(output["cls_logits"], 300),
        "offsets": summary(output["bbox_regression"], 200),
        "boxes": {"count": len(boxes), "picked": [[i, boxes[i].tolist()] for i in picked]},
        "pools": pools,
    }))


if __name__ == "__main__":
    main()
