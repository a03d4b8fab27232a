#!/usr/bin/env python3
"""Writes taylor.json: first-order Taylor importances of weights by PyTorch's gradients, in float64.

The mean over batches of 16 of (w g)², g being the gradient of the cross entropy against the network's own answers, or
against labels."""
import numpy as np
import torch
from torch.nn import functional as F

from vectors import rounded, write

BATCH = 16


def normal(seed, *shape, decimals=4):
    return rounded(np.random.default_rng(seed).normal(size=shape), decimals)


def network(weights, x):
    hidden = F.relu(F.conv2d(x, weights["conv"], padding=1))
    return F.max_pool2d(hidden, 2).flatten(1) @ weights["dense"]


def case(name, samples, labelled):
    weights = {"conv": normal(1, 4, 2, 3, 3), "dense": normal(2, 16, 3)}
    x = normal(3, samples, 2, 4, 4, decimals=2)
    labels = np.random.default_rng(4).integers(0, 3, samples)
    tensors = {key: torch.tensor(value, requires_grad=True) for key, value in weights.items()}
    scores = {key: torch.zeros_like(value) for key, value in tensors.items()}
    batches = samples // BATCH
    for start in range(0, batches * BATCH, BATCH):
        logits = network(tensors, torch.tensor(x[start : start + BATCH]))
        answers = torch.tensor(labels[start : start + BATCH]) if labelled else logits.argmax(1)
        gradients = torch.autograd.grad(F.cross_entropy(logits, answers), list(tensors.values()))
        for key, gradient in zip(tensors, gradients):
            scores[key] += (tensors[key] * gradient).detach() ** 2 / batches

    def tensor(values):
        return {"shape": list(values.shape), "values": [float(f"{v:.8g}") for v in values.reshape(-1).tolist()]}

    return {
        "name": name,
        "input": {"x": tensor(x), "labels": labels.tolist() if labelled else None,
                  **{key: tensor(value) for key, value in weights.items()}},
        "expected": {key: tensor(value) for key, value in scores.items()},
    }


torch.set_default_dtype(torch.float64)
write("taylor.json", f"torch {torch.__version__}", [case("own answers", 40, False), case("labels", 32, True)])
