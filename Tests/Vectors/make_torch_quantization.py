#!/usr/bin/env python3
"""Writes torch_quantization.json: what torch.ao.quantization's observers find and torch rounds. Needs PyTorch."""
import warnings

import numpy as np
import torch
from torch.ao.quantization.observer import (
    MinMaxObserver, MovingAverageMinMaxObserver, PerChannelMinMaxObserver)

from vectors import bits, rounded, write

TYPES = {"int8": torch.qint8, "uint8": torch.quint8}


def answer(observer, values, dtype, axis):
    scale, zero = observer.calculate_qparams()
    scale, zero = scale.float(), zero.int()
    if axis is None:
        q = torch.quantize_per_tensor(values, scale, zero, dtype)
    else:
        q = torch.quantize_per_channel(values, scale, zero, axis, dtype)
    return {"scale_bits": bits(scale.numpy()), "zero_point": zero.tolist(),
            "quantized": q.int_repr().numpy().astype(np.int32)}


def case(name, values, type, symmetric, reduced=False, axis=None):
    values = torch.from_numpy(np.asarray(values, np.float32))
    scheme = f"per_{'tensor' if axis is None else 'channel'}_{'symmetric' if symmetric else 'affine'}"
    options = {"dtype": TYPES[type], "qscheme": getattr(torch, scheme), "reduce_range": reduced}
    observer = (
        MinMaxObserver(**options) if axis is None else PerChannelMinMaxObserver(ch_axis=axis, **options))
    observer(values)
    where = "" if axis is None else f", axis {axis}"
    return {
        "name": f"{type} {'symmetric' if symmetric else 'affine'}{', reduced' if reduced else ''}{where}: {name}",
        "input": {
            "shape": list(values.shape), "values": values.numpy(), "bits": 8, "symmetric": symmetric,
            "signed": type == "int8", "reduced": reduced, "axis": axis, "batch": None},
        "expected": answer(observer, values, TYPES[type], axis)}


def moving(name, batches):
    observer = MovingAverageMinMaxObserver()
    for batch in batches:
        observer(torch.from_numpy(batch))
    values = torch.from_numpy(np.concatenate(batches))
    return {
        "name": f"moving average: {name}",
        "input": {
            "shape": list(values.shape), "values": values.numpy(), "bits": 8, "symmetric": False, "signed": False,
            "reduced": False, "axis": None, "batch": len(batches[0])},
        "expected": answer(observer, values, torch.quint8, None)}


def cases():
    generator = np.random.default_rng(21)
    tensors = {
        "normal": rounded(generator.normal(size=(4, 24))),
        "all zero": np.zeros((2, 2)),
        "positive": rounded(generator.uniform(0.5, 3, (2, 6))),
        "negative": -rounded(generator.uniform(0.5, 3, (2, 6))),
        "a row of zeros": np.array([[0, 0, 0], [0.3, -0.1, 0.2]]),
        "below the observers' epsilon": generator.normal(size=(2, 4)) * 1e-7,
    }
    # Enough of them that division and multiplication with the reciprocal part ways.
    tensors |= {f"random {i}": generator.normal(size=(3, 50)) * 10.0 ** generator.integers(-3, 3) for i in range(3)}
    for name, values in tensors.items():
        for type in TYPES:
            for symmetric in (True, False):
                # torch has no reduced range for symmetric uint8.
                for reduced in (False,) if symmetric and type == "uint8" else (False, True):
                    yield case(name, values, type, symmetric, reduced)
        for axis in (0, 1):
            yield case(name, values, "int8", True, axis=axis)
        yield case(name, values, "int8", False, axis=0)
    yield case("convolution", rounded(generator.normal(size=(3, 2, 3, 3))), "int8", True, axis=0)
    for name, low in (("normal", None), ("positive", 0.2), ("first above zero, then below", -0.4)):
        batches = [np.float32(rounded(generator.normal(size=(64, 2)), 2)) for _ in range(4)]
        if low is not None:
            batches = [np.abs(batch) + np.float32(0.1) for batch in batches]
            batches[2:] = [batch + np.float32(low) for batch in batches[2:]]
        yield moving(name, batches)


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    torch.set_num_threads(1)
    write("torch_quantization.json", f"torch {torch.__version__.split('+')[0]}", cases())
