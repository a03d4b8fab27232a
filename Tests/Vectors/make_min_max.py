#!/usr/bin/env python3
"""Writes min_max.json: W_q = round((W - min) / (max - min) * (2^b - 1)), as torch computes it in float32."""
import numpy as np
import torch

from vectors import rounded, write


def case(name, values, bits):
    w = torch.tensor(values)
    low, high = w.min(), w.max()
    quantized = torch.round((w - low) / (high - low) * (2**bits - 1))
    back = quantized.double() / (2**bits - 1) * (high.double() - low.double()) + low.double()
    return {
        "name": f"{name}, {bits} bits",
        "input": {"weight": {"shape": list(values.shape), "values": values}, "bits": bits},
        "expected": {"quantized": quantized.int().reshape(-1).tolist(), "weight": back.reshape(-1).tolist()},
    }


def cases():
    generator = np.random.default_rng(31)
    weights = {
        "around zero": rounded(generator.normal(size=(6, 7)), 4),
        "above zero": rounded(generator.uniform(2, 3, size=(5, 8)), 4),
        "from zero": np.concatenate([[0], rounded(generator.uniform(0, 1, size=23), 4)]).reshape(4, 6).astype(np.float32),
    }
    return [case(name, values, bits) for name, values in weights.items() for bits in range(2, 9)]


write("min_max.json", f"torch {torch.__version__}", cases())
