"""Golden values of the update rules: three steps of PyTorch's optimisers on given gradients.

Run with PyTorch 2.15 installed: python tests/golden/optimizer/make.py
"""

import json
from pathlib import Path

import torch

START = [0.5, -1.25, 3.0, 0.0, -0.001]
GRADIENTS = [
    [0.1, -2.0, 0.03, 1.0, 0.0],
    [-0.4, 0.5, 0.03, -1.0, 1e-6],
    [0.25, 8.0, 0.02, 0.125, -3.0],
]
CASES = [
    ("sgd:0.9", 0.1, 0.0),
    ("sgd:0.9", 0.01, 0.0005),
    ("sgd:0.0", 0.05, 0.01),
    ("adam", 0.001, 0.0),
    ("adam", 0.01, 0.05),
    ("adamw", 0.001, 0.01),
    ("adamw", 0.02, 0.1),
]


def optimizer(name, weights, rate, decay):
    if name.startswith("sgd:"):
        return torch.optim.SGD([weights], lr=rate, momentum=float(name[4:]), weight_decay=decay)
    kind = {"adam": torch.optim.Adam, "adamw": torch.optim.AdamW}[name]
    return kind([weights], lr=rate, weight_decay=decay)


def main():
    cases = []
    for name, rate, decay in CASES:
        weights = torch.nn.Parameter(torch.tensor(START))
        rule = optimizer(name, weights, rate, decay)
        steps = []
        for gradient in GRADIENTS:
            weights.grad = torch.tensor(gradient)
            rule.step()
            steps.append(weights.detach().tolist())
        cases.append({"optimizer": name, "rate": rate, "decay": decay, "weights": steps})
    golden = {"torch": torch.__version__, "start": START, "gradients": GRADIENTS, "cases": cases}
    Path(__file__).with_name("steps.json").write_text(json.dumps(golden, indent=1) + "\n")


main()
