"""Parameters and multiply-adds of every preset, counted by PyTorch with a hook on each convolution of an
independent network: torchvision's ssd300_vgg16 and mobilenet_v2, and plain PyTorch layers.

Run:  python tests/golden/architectures/make.py > tests/golden/architectures/figures.json
Made with torch 2.15.0 and torchvision 0.29.2 (the versions are written into the file).
"""

import json

import torch
import torchvision
from torch import nn


def layer(inputs, outputs, kernel, stride=1, groups=1):
    convolution = nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, groups=groups, bias=False)
    return nn.Sequential(convolution, nn.BatchNorm2d(outputs), nn.ReLU6())


def divisible(channels):
    return torchvision.models._utils._make_divisible(channels, 8)


class Checkout(nn.Module):
    """MobileNetV2 with SSDLite heads."""

    def __init__(self, per_cell, classes=4, width=1.0):
        super().__init__()
        self.features = torchvision.models.mobilenet_v2(width_mult=width).features
        extras = [(divisible(a * width), divisible(b * width)) for a, b in [(256, 512), (128, 256), (64, 128)]]
        last = self.features[18][0].out_channels
        inputs = [last, extras[0][1], extras[1][1]]
        self.extras = nn.ModuleList(
            nn.Sequential(layer(i, r, 1), layer(r, r, 3, 2, r), layer(r, g, 1)) for i, (r, g) in zip(inputs, extras))
        channels = [self.features[7].conv[0][0].out_channels, self.features[14].conv[0][0].out_channels, last]
        channels += [g for _, g in extras]
        self.heads = nn.ModuleList(
            nn.Sequential(layer(c, c, 3, 1, c), nn.Conv2d(c, per_cell * values, 1))
            for c in channels for values in (classes, 4))

    def forward(self, x):
        maps = []
        for index, block in enumerate(self.features):
            # The widened map is also computed inside the block; the hook must count it once.
            if index in (7, 14):
                widened = block.conv[0](x)
                maps.append(widened)
                x = block.conv[1:](widened) if not block.use_res_connect else x + block.conv[1:](widened)
            else:
                x = block(x)
        maps.append(x)
        for extra in self.extras:
            maps.append(extra(maps[-1]))
        return [head(maps[index // 2]) for index, head in enumerate(self.heads)]


class Cifar(nn.Module):
    def __init__(self, improved, classes=11):
        super().__init__()
        features = torchvision.models.mobilenet_v2().features
        self.features = features[:11]
        pairs = [(64, 256, 512), (512, 128, 256), (256, 128, 256), (256, 128, 256)]
        self.extras = nn.ModuleList(
            nn.Sequential(nn.Conv2d(i, r, 1, bias=False), nn.ReLU(), nn.Conv2d(r, g, 3, 2, 1, bias=False), nn.ReLU())
            for i, r, g in pairs)
        maps = [(64, 3), (512, 3), (256, 3), (256, 3), (256, 3)]
        if improved:
            maps = [(32, 4), (64, 6), (512, 6), (256, 6), (256, 4), (256, 4)]
        self.improved = improved
        self.heads = nn.ModuleList(
            nn.Conv2d(c, n * values, 3, padding=1, bias=False) for c, n in maps for values in (classes, 4))

    def forward(self, x):
        maps = []
        for index, block in enumerate(self.features):
            x = block(x)
            if self.improved and index == 6:
                maps.append(x)
        maps.append(x)
        for extra in self.extras:
            maps.append(extra(maps[-1]))
        return [head(maps[index // 2]) for index, head in enumerate(self.heads)]


class Ena24(nn.Module):
    def __init__(self, classes=24):
        super().__init__()
        conv = lambda i, o, k, s=1: nn.Sequential(nn.Conv2d(i, o, k, s, k // 2), nn.BatchNorm2d(o), nn.ReLU())
        self.stem = nn.ModuleList([conv(3, 200, 3), conv(3, 100, 5), conv(3, 50, 7)])
        self.body = nn.Sequential(
            conv(350, 300, 1), conv(300, 350, 3, 2), conv(350, 400, 3, 2), conv(400, 450, 3, 2), conv(450, 500, 3, 2))
        self.classes = nn.Conv2d(500, 9 * classes, 3, padding=1)
        plain = lambda i, o: nn.Sequential(nn.Conv2d(i, o, 3, padding=1), nn.ReLU())
        self.boxes = nn.Sequential(
            plain(500, 380), plain(380, 220), plain(220, 120), nn.Conv2d(120, 36, 3, padding=1))

    def forward(self, x):
        x = self.body(torch.cat([branch(x) for branch in self.stem], 1))
        return self.classes(x), self.boxes(x)


class Ssd300(nn.Module):
    """torchvision's detector without its own pre- and post-processing."""

    def __init__(self):
        super().__init__()
        whole = torchvision.models.detection.ssd300_vgg16(weights=None, weights_backbone=None, num_classes=21)
        self.backbone, self.head = whole.backbone, whole.head

    def forward(self, x):
        return self.head(list(self.backbone(x).values()))


def count(network, side):
    total = 0

    def hook(module, inputs, output):
        nonlocal total
        kernel = module.kernel_size[0] * module.kernel_size[1] * module.in_channels // module.groups
        total += output.numel() * kernel

    for module in network.modules():
        if isinstance(module, nn.Conv2d):
            module.register_forward_hook(hook)
    network.eval()
    with torch.no_grad():
        network(torch.zeros(1, 3, side, side))
    trainable = sum(p.numel() for p in network.parameters())
    statistics = sum(b.numel() for name, b in network.named_buffers() if "running" in name)
    return {"parameters": trainable + statistics, "trainable_parameters": trainable, "multiply_adds": total}


def main():
    networks = [
        ("checkout", {}, Checkout(5), 224),
        ("checkout-dense", {}, Checkout(6), 224),
        ("checkout", {"width": 0.5, "input": 320}, Checkout(5, width=0.5), 320),
        ("checkout", {"width": 1.4, "input": 300}, Checkout(5, width=1.4), 300),
        ("checkout", {"width": 0.35, "input": 224}, Checkout(5, width=0.35), 224),
        ("ssd300-vgg16", {}, Ssd300(), 300),
        ("mobilenetv2-ssd-cifar", {}, Cifar(False), 224),
        ("mobilenetv2-ssd-cifar-improved", {}, Cifar(True), 224),
        ("ena24", {}, Ena24(), 200),
    ]
    print(json.dumps({
        "torch": torch.__version__.split("+")[0],
        "torchvision": torchvision.__version__.split("+")[0],
        "networks": [{"preset": name, **settings, **count(network, side)} for name, settings, network, side in networks],
    }, indent=1))


if __name__ == "__main__":
    main()
