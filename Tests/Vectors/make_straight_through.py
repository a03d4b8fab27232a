#!/usr/bin/env python3
"""Writes straight_through.json: gradients through rounding, by torch's own differentiation in float64.

  step_size  s clip(round(v / s), qmin, qmax) with round(x) as x + (round(x) - x).detach() and the scale behind LSQ's
             gradient scale, 1 / sqrt(n qmax), as the paper's pseudocode has it
  codebook   weights as codebook[codes], a weight with code -1 is 0
"""
import numpy as np
import torch

from vectors import rounded, write

torch.set_default_dtype(torch.float64)
random = np.random.default_rng(3)


def digits(values):
    return [float(f"{value:.9g}") for value in np.ravel(values)]


def step_size(name, qmin, qmax, scale, low, high, size=24):
    values, upstream = rounded(random.uniform(low, high, size), 3), rounded(random.normal(size=size), 3)
    # No quotient lies on a tie or on a bound, where float32 might go another way.
    quotient = values.astype(np.float64) / np.float32(scale)
    values[np.abs(quotient * 2 - np.rint(quotient * 2)) < 0.02] += np.float32(0.03 * scale)
    v = torch.tensor(values.astype(np.float64), requires_grad=True)
    s = torch.tensor(float(np.float32(scale)), requires_grad=True)
    factor = 1 / np.sqrt(size * qmax)
    inner = (s - s * factor).detach() + s * factor
    clipped = (v / inner).clamp(qmin, qmax)
    result = (clipped + (clipped.round() - clipped).detach()) * inner
    (result * torch.tensor(upstream.astype(np.float64))).sum().backward()
    return {"name": name, "input": {"kind": "step_size", "values": values, "upstream": upstream, "qmin": qmin,
                                    "qmax": qmax, "scale": np.float32(scale)},
            "expected": {"gradient": digits(v.grad), "scale_gradient": float(f"{s.grad.item():.9g}")}}


def codebook(name, count, size, zeros):
    book = torch.tensor(rounded(random.normal(size=count), 3).astype(np.float64), requires_grad=True)
    codes = random.integers(0, count, size)
    codes[random.random(size) < zeros] = -1
    upstream = rounded(random.normal(size=size), 3)
    kept = torch.tensor(codes >= 0)
    weights = torch.where(kept, book[torch.tensor(codes).clamp(min=0)], torch.zeros(()))
    (weights * torch.tensor(upstream.astype(np.float64))).sum().backward()
    return {"name": name, "input": {"kind": "codebook", "values": book.detach().numpy().astype(np.float32),
                                    "upstream": upstream, "codes": codes.tolist()},
            "expected": {"gradient": digits(book.grad), "weights": digits(weights.detach())}}


write("straight_through.json", f"torch {torch.__version__}", [
    step_size("8 bits, all within", -127, 127, 0.02, -1, 1),
    step_size("4 bits, some beyond", -8, 7, 0.1, -1.2, 1.2),
    step_size("2 bits, most beyond", -1, 1, 0.2, -1, 1),
    step_size("unsigned activations", 0, 15, 0.125, -0.5, 2.5),
    codebook("a codebook of 4", 4, 20, 0.0),
    codebook("a codebook of 16 and pruned weights", 16, 40, 0.5),
])
