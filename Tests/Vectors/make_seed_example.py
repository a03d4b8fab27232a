#!/usr/bin/env python3
"""Writes seed_example.json: the seed's pruning example on the sample, by torch. Needs PyTorch.

Global L1 over conv1 and conv2 at 0.5; then L2-structured over axis 0 of fc1 and of fc2 at 0.5.

torch masks by multiplying, which leaves -0.0 where a negative weight went. `sha256` is of the
little-endian float32 bytes with those as +0.0; `sha256_torch` of the bytes as torch has them.
`mask` is one bit a weight in row-major order, 1 kept, the first in a byte's highest bit, in hex.
"""
import hashlib

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch.nn.utils import prune

from vectors import HERE, write

MODEL = HERE.parents[1] / "SampleModels/lenet-fashion/lenet-fashion.onnx"
LAYERS = ("conv1", "conv2", "fc1", "fc2")


def sha256(values):
    return hashlib.sha256(values.astype("<f4").tobytes()).hexdigest()


def margin(scores, removed):
    """How far the cut is from a tie: the gap between its two sides, over their size."""
    below, above = np.sort(scores.ravel().astype(np.float64))[removed - 1 : removed + 1]
    return (above - below) / above


def main():
    weights = {
        each.name.removesuffix(".weight"): numpy_helper.to_array(each)
        for each in onnx.load(MODEL).graph.initializer if each.name.endswith(".weight")
    }
    modules = {}
    for name in LAYERS:
        modules[name] = torch.nn.Module()
        modules[name].register_parameter("weight", torch.nn.Parameter(torch.tensor(weights[name])))
    prune.global_unstructured(
        [(modules["conv1"], "weight"), (modules["conv2"], "weight")],
        pruning_method=prune.L1Unstructured, amount=0.5)
    for name in ("fc1", "fc2"):
        prune.ln_structured(modules[name], "weight", amount=0.5, n=2, dim=0)

    # No tie may decide anything here, else other implementations could rightly differ.
    both = np.abs(np.concatenate([weights["conv1"].ravel(), weights["conv2"].ravel()]))
    assert margin(both, both.size // 2) > 0
    for name in ("fc1", "fc2"):
        norms = np.sqrt((weights[name].astype(np.float64) ** 2).sum(1))
        assert margin(norms, len(norms) // 2) > 1e-5

    def case(name):
        masked = modules[name].weight.detach().numpy()
        mask = modules[name].weight_mask.numpy() != 0
        expected = {
            "nonzero": int(np.count_nonzero(masked)),
            "mask": np.packbits(mask.ravel()).tobytes().hex(),
            "sha256": sha256(masked + np.float32(0)),
            "sha256_torch": sha256(masked),
        }
        if name.startswith("fc"):
            del expected["mask"]
            expected["rows_kept"] = np.flatnonzero(mask.any(1)).tolist()
        shape = list(weights[name].shape)
        return {"name": name, "input": {"shape": shape, "sha256": sha256(weights[name])},
                "expected": expected}

    write("seed_example.json", f"torch {torch.__version__.split('+')[0]}", map(case, LAYERS))


if __name__ == "__main__":
    torch.set_num_threads(1)
    main()
