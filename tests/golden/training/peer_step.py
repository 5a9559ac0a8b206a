"""Times one training step of the same detector in PyTorch: forward, loss, backward, AdamW.

MobileNetV2 (torchvision's, width 1.0) with three extra layers and depthwise separable heads on six maps, six
boxes a cell, four class outputs: the same layers as `checkout-dense`. Channels last, the CPU threads given.
Prints one JSON object like `tillsight bench --train --json`. Needs torch and torchvision.
"""

import argparse
import json
import statistics
import time

import torch
from torch import nn
from torchvision.models import mobilenet_v2
from torchvision.models.mobilenetv2 import InvertedResidual

FROZEN_BLOCKS = 3
WARM_UP = 2


def conv(cin, cout, kernel=1, stride=1, groups=1):
    return nn.Sequential(
        nn.Conv2d(cin, cout, kernel, stride, kernel // 2, groups=groups, bias=False),
        nn.BatchNorm2d(cout),
        nn.ReLU6(inplace=True),
    )


class Head(nn.Module):
    def __init__(self, channels, values, per_cell=6):
        super().__init__()
        self.values = values
        self.layers = nn.Sequential(
            conv(channels, channels, 3, groups=channels), nn.Conv2d(channels, per_cell * values, 1)
        )

    def forward(self, x):
        out = self.layers(x).permute(0, 2, 3, 1)
        return out.reshape(out.shape[0], -1, self.values)


class Detector(nn.Module):
    def __init__(self, class_outputs=4):
        super().__init__()
        self.features = mobilenet_v2(weights=None).features
        self.extras = nn.ModuleList()
        channels = [192, 576, 1280]
        last = 1280
        for reduce, grow in [(256, 512), (128, 256), (64, 128)]:
            self.extras.append(
                nn.Sequential(conv(last, reduce), conv(reduce, reduce, 3, 2, reduce), conv(reduce, grow))
            )
            last = grow
            channels.append(grow)
        self.classes = nn.ModuleList(Head(c, class_outputs) for c in channels)
        self.boxes = nn.ModuleList(Head(c, 4) for c in channels)

    def forward(self, x, frozen=0):
        maps = []
        with torch.no_grad() if frozen else torch.enable_grad():
            for layer in self.features[:frozen]:
                x = layer(x)
        for index, layer in enumerate(self.features[frozen:], frozen):
            if index in (7, 14) and isinstance(layer, InvertedResidual):
                widened = layer.conv[0](x)
                maps.append(widened)
                out = layer.conv[1:](widened)
                x = x + out if layer.use_res_connect else out
            else:
                x = layer(x)
        maps.append(x)
        for extra in self.extras:
            maps.append(extra(maps[-1]))
        logits = torch.cat([head(m) for head, m in zip(self.classes, maps)], 1)
        offsets = torch.cat([head(m) for head, m in zip(self.boxes, maps)], 1)
        return logits, offsets


def loss_of(logits, offsets, classes, truth):
    """Multibox loss with three hard negatives for each positive."""
    rows = nn.functional.cross_entropy(logits.flatten(0, 1), classes.flatten(), reduction="none")
    positive = classes.flatten() > 0
    count = int(positive.sum())
    negatives = rows[~positive].topk(3 * count).values
    boxes = nn.functional.smooth_l1_loss(offsets.flatten(0, 1)[positive], truth.flatten(0, 1)[positive], reduction="sum")
    return (rows[positive].sum() + negatives.sum() + boxes) / max(count, 1)


def median_seconds(mode, batch, steps):
    torch.manual_seed(1)
    network = Detector().to(memory_format=torch.channels_last).train()
    if mode != "batch-statistics":
        for module in network.modules():
            if isinstance(module, nn.BatchNorm2d):
                module.eval()
    # The first layer and the first blocks.
    frozen = 1 + FROZEN_BLOCKS if mode == "first-blocks-frozen" else 0
    for layer in network.features[:frozen]:
        layer.requires_grad_(False)
    optimizer = torch.optim.AdamW((p for p in network.parameters() if p.requires_grad), lr=1e-4, weight_decay=1e-4)
    boxes = 6 * (28**2 + 14**2 + 7**2 + 4**2 + 2**2 + 1)
    times = []
    for step in range(WARM_UP + steps):
        pictures = torch.rand(batch, 3, 224, 224) * 2 - 1
        classes = torch.zeros(batch, boxes, dtype=torch.long)
        for picture in classes:
            picture[torch.randint(boxes, (12,))] = torch.randint(1, 4, (12,))
        truth = torch.rand(batch, boxes, 4)
        start = time.perf_counter()
        logits, offsets = network(pictures.to(memory_format=torch.channels_last), frozen)
        loss = loss_of(logits, offsets, classes, truth)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        if step >= WARM_UP:
            times.append(time.perf_counter() - start)
    return statistics.median(times)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mode", required=True)
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--steps", type=int, default=7)
    parser.add_argument("--threads", type=int, default=0)
    args = parser.parse_args()
    if args.threads:
        torch.set_num_threads(args.threads)
    median = median_seconds(args.mode, args.batch, args.steps)
    print(
        json.dumps(
            {
                "mode": args.mode,
                "operators": f"torch {torch.__version__}",
                "batch": args.batch,
                "threads": torch.get_num_threads(),
                "median_ms": median * 1000,
                "pictures_per_second": args.batch / median,
            }
        )
    )


if __name__ == "__main__":
    main()
