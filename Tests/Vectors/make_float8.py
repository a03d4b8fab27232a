#!/usr/bin/env python3
"""Writes float8.json: what torch makes of 8-bit floats and of numbers that become such.

What is too large is clamped before, as ONNX's Cast has it unless told otherwise. Where it is told,
ml_dtypes says what comes of it, infinity or not-a-number; torch does it differently for each type.
"""
import ml_dtypes
import numpy as np
import torch

from vectors import bits, write

TYPES = {
    "float8_e4m3": (torch.float8_e4m3fn, ml_dtypes.float8_e4m3fn),
    "float8_e5m2": (torch.float8_e5m2, ml_dtypes.float8_e5m2),
}


def codes(values, dtype):
    return torch.tensor(values).to(dtype).view(torch.uint8).numpy()


def numbers(dtype, generator):
    """Edges between codes, what lies beside them, and numbers of all magnitudes."""
    decoded = torch.arange(256, dtype=torch.uint8).view(dtype).float().numpy()
    finite = np.unique(decoded[np.isfinite(decoded)])
    # Where the next number would be beyond the largest.
    finite = np.append(finite, finite[-1] + (finite[-1] - finite[-2]))
    middle = ((finite[1:].astype(np.float64) + finite[:-1]) / 2).astype(np.float32)
    beside = [np.nextafter(middle, np.float32(side)) for side in (-np.inf, np.inf)]
    random = generator.normal(size=300) * 2.0 ** generator.integers(-24, 20, 300)
    others = np.array([0, -0.0, np.inf, -np.inf, np.nan, 1e30, -1e30, 1e-30, 1e-42], np.float32)
    return np.concatenate([middle, *beside, random.astype(np.float32), others])


def cases():
    generator = np.random.default_rng(0)
    for name, (dtype, unsaturated) in TYPES.items():
        values = numbers(dtype, generator)
        largest = torch.finfo(dtype).max
        saturated = codes(np.clip(values, -largest, largest), dtype)
        free = values.astype(unsaturated).view(np.uint8)
        # There are several codes for not-a-number.
        free[np.isnan(values)] = saturated[np.isnan(values)]
        decoded = torch.arange(256, dtype=torch.uint8).view(dtype).float().numpy()
        yield {
            "name": name,
            "input": {"values": bits(values)},
            "expected": {
                "decoded": bits(decoded), "codes": free.tolist(), "saturated": saturated.tolist()},
        }


if __name__ == "__main__":
    write("float8.json", f"torch {torch.__version__}, ml_dtypes {ml_dtypes.__version__}", cases())
