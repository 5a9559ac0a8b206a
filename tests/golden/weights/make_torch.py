"""Weight files as torchvision and torch write them, of very narrow networks, and what the networks give.

Run:  python tests/golden/weights/make_torch.py        (in the repository's root)
Made with torch 2.15.0, torchvision 0.29.2 and safetensors (the versions are written into torch.json).

Writes mobilenet.safetensors (float), mobilenet.pth and vgg.pth (half precision, as is read too), torch.json.
"""

import json
import pathlib
import sys

import torch
import torchvision
from safetensors.torch import save_file
from torch import nn

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "ssd300"))
from make import made_up, summary  # noqa: E402


def randomise(network):
    """Every value random, of half precision, so that both kinds of file hold the same."""
    with torch.no_grad():
        for name, tensor in network.state_dict().items():
            if "num_batches" in name:
                continue
            value = torch.randn_like(tensor) * 0.1
            if name.endswith("running_var"):
                value = torch.rand_like(tensor) + 0.5
            elif tensor.dim() > 1:
                value = torch.randn_like(tensor) * (2.0 / tensor[0].numel()) ** 0.5
            elif name.endswith("weight"):
                value = torch.rand_like(tensor) + 0.5
            tensor.copy_(value.half().float())
    return network.eval()


def halves(network):
    return {name: tensor.half() if tensor.is_floating_point() else tensor
            for name, tensor in network.state_dict().items()}


def mobilenet():
    network = randomise(torchvision.models.MobileNetV2(num_classes=5, width_mult=0.05))
    torch.save(halves(network), HERE / "mobilenet.pth")
    save_file({name: tensor.contiguous() for name, tensor in network.state_dict().items()},
              HERE / "mobilenet.safetensors")
    outputs, x = [], made_up("input", (1, 3, 64, 64), 1.0)
    for block in network.features:
        x = block(x)
        outputs.append(summary(x, 40))
    return outputs


def vgg():
    plan = [2, 2, "M", 4, 4, "M", 8, 8, 8, "M", 16, 16, 16, "M", 16, 16, 16, "M"]
    network = torchvision.models.VGG(torchvision.models.vgg.make_layers(plan))
    network.classifier = nn.Sequential(
        nn.Linear(16 * 49, 64), nn.ReLU(), nn.Dropout(), nn.Linear(64, 64), nn.ReLU(), nn.Dropout(), nn.Linear(64, 5))
    randomise(network)
    torch.save(halves(network), HERE / "vgg.pth")
    outputs, x = [], made_up("input", (1, 3, 300, 300), 1.0)
    # As torchvision's own SSD does it: the third pool rounds up, the fifth keeps the size.
    network.features[16].ceil_mode = True
    for index, layer in enumerate(network.features[:30]):
        x = layer(x)
        if isinstance(layer, (nn.ReLU, nn.MaxPool2d)):
            outputs.append(summary(x, 30))
    x = nn.functional.max_pool2d(x, 3, 1, 1)
    outputs.append(summary(x, 30))
    # Liu et al. 2016, section 3: of the fully connected layers every second output (here 64 to 32) and input,
    # and of the 7 x 7 cells every third.
    fc6, fc7 = network.classifier[0], network.classifier[3]
    weight = fc6.weight.reshape(64, 16, 7, 7)[::2, :, ::3, ::3]
    x = nn.functional.conv2d(x, weight, fc6.bias[::2], padding=6, dilation=6).relu()
    outputs.append(summary(x, 30))
    x = nn.functional.conv2d(x, fc7.weight[::2, ::2, None, None], fc7.bias[::2]).relu()
    outputs.append(summary(x, 30))
    return outputs


def main():
    torch.manual_seed(1)
    with torch.no_grad():
        document = {
            "torch": torch.__version__.split("+")[0],
            "torchvision": torchvision.__version__.split("+")[0],
            "mobilenet": mobilenet(),
            "vgg": vgg(),
        }
    (HERE / "torch.json").write_text(json.dumps(document) + "\n")


if __name__ == "__main__":
    main()
