"""Outputs of the shipped model, computed by PyTorch from its weights: an independent network of
torchvision's MobileNetV2 and plain PyTorch layers.

Run:  python tests/golden/network/make.py models/NAME > tests/golden/network/outputs.json
Made with torch 2.15.0 and torchvision 0.29.2. `input.png` beside this file is a demo picture of ours, made
smaller to the network's 224 x 224, so that no resizing is part of the comparison.
"""

import json
import pathlib
import sys

import numpy
import torch
import torchvision
from PIL import Image
from safetensors.torch import load_file
from torch import nn


def layer(inputs, outputs, kernel, stride=1, groups=1):
    convolution = nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, groups=groups, bias=False)
    return nn.Sequential(convolution, nn.BatchNorm2d(outputs), nn.ReLU6())


class Detector(nn.Module):
    def __init__(self, per_cell, classes):
        super().__init__()
        self.features = torchvision.models.mobilenet_v2().features
        channels = [192, 576, 1280, 512, 256, 128]
        extras = [(1280, 256, 512), (512, 128, 256), (256, 64, 128)]
        self.extras = nn.ModuleList(
            nn.Sequential(layer(i, r, 1), layer(r, r, 3, 2, r), layer(r, g, 1)) for i, r, g in extras)
        heads = lambda values: nn.ModuleList(
            nn.Sequential(layer(c, c, 3, 1, c), nn.Conv2d(c, per_cell * values, 1)) for c in channels)
        self.class_heads, self.box_heads = heads(classes), heads(4)

    def forward(self, x):
        maps = []
        for index, block in enumerate(self.features):
            if index in (7, 14):
                maps.append(block.conv[0](x))
            x = block(x)
        maps.append(x)
        for extra in self.extras:
            maps.append(extra(maps[-1]))
        def run(heads, values):
            outputs = [head(m).permute(0, 2, 3, 1).reshape(1, -1, values) for head, m in zip(heads, maps)]
            return torch.cat(outputs, 1)[0]
        return run(self.class_heads, self.class_heads[0][1].out_channels * 4 // self.box_heads[0][1].out_channels), \
            run(self.box_heads, 4)


def torch_names(ours):
    """Our parameter names to those of the modules above."""
    renamed = {}
    for name, tensor in ours.items():
        parts = name.split(".")
        parts[-1] = {"gamma": "weight", "beta": "bias"}.get(parts[-1], parts[-1])
        place = {"conv": "0", "norm": "1"}
        if parts[0] == "backbone" and parts[1] in ("stem", "last"):
            new = ["features", "0" if parts[1] == "stem" else "18", place[parts[2]], parts[3]]
        elif parts[0] == "backbone":
            block = int(parts[2]) + 1
            first = 0 if block == 1 else 1
            if parts[3] == "project":
                new = ["conv", str(first + (1 if parts[4] == "conv" else 2)), parts[5]]
            else:
                new = ["conv", "0" if parts[3] == "expand" else str(first), place[parts[4]], parts[5]]
            new = ["features", str(block)] + new
        elif parts[0] == "extras":
            new = ["extras", parts[1], {"reduce": "0", "depthwise": "1", "grow": "2"}[parts[2]], place[parts[3]], parts[4]]
        elif parts[2] == "depthwise":
            new = [parts[0], parts[1], "0", place[parts[3]], parts[4]]
        else:
            new = [parts[0], parts[1], "1", parts[3]]
        renamed[".".join(new)] = tensor
    return renamed


def main():
    bundle = pathlib.Path(sys.argv[1])
    description = json.loads((bundle / "bundle.json").read_text())
    architecture = description["architecture"]
    shapes = architecture["boxes"]["maps"][0]["shapes"]["scaled"]
    per_cell = len(shapes["aspect_ratios"]) + int(shapes.get("next_scale") is not None)
    classes = 1 + len(architecture["classes"]) + len(architecture.get("distractors", []))
    network = Detector(per_cell, classes)
    missing = network.load_state_dict(torch_names(load_file(bundle / "weights.safetensors")), strict=False)
    assert all(name.endswith("num_batches_tracked") for name in missing.missing_keys), missing
    assert not missing.unexpected_keys, missing
    network.eval()
    pixels = numpy.array(Image.open(pathlib.Path(__file__).parent / "input.png"))
    with torch.no_grad():
        logits, offsets = network(torch.from_numpy(pixels).permute(2, 0, 1)[None].float() / 127.5 - 1)
    rows = list(range(0, len(logits), 37))
    print(json.dumps({
        "torch": torch.__version__.split("+")[0],
        "model": description["name"],
        "rows": rows,
        "logits": logits[rows].tolist(),
        "offsets": offsets[rows].tolist(),
    }))


if __name__ == "__main__":
    main()
