#!/usr/bin/env python3
"""Writes quantization.json: what ONNX Runtime's quantize_static does to a tensor."""
import numpy as np
import onnxruntime
from onnx import TensorProto
from onnxruntime.quantization import quant_utils

from vectors import bits, rounded, write

TYPES = ("int8", "uint8", "int4", "uint4", "int16", "uint16")


def case(name, values, type, symmetric, reduce_range=False, axis=None):
    values = np.asarray(values, np.float32)
    code = getattr(TensorProto, type.upper())
    low, high = quant_utils.get_qmin_qmax_for_qType(code, reduce_range, symmetric)
    slices = [values] if axis is None else [values.take(i, axis) for i in range(values.shape[axis])]
    parts = [
        quant_utils.quantize_data(part.flatten(), code, symmetric, reduce_range) for part in slices
    ]
    whole = [q.reshape(part.shape) for (_, _, q), part in zip(parts, slices)]
    quantized = whole[0] if axis is None else np.stack(whole, axis)
    scale = [np.float32(s) for _, s, _ in parts]
    return {
        "name": f"{type} {'symmetric' if symmetric else 'affine'}"
        + (", reduced" if reduce_range else "") + ("" if axis is None else f", axis {axis}")
        + f": {name}",
        "input": {
            "shape": list(values.shape), "values": values, "type": type, "symmetric": symmetric,
            "reduce_range": reduce_range, "axis": axis},
        "expected": {
            "qmin": int(low), "qmax": int(high), "scale": scale, "scale_bits": bits(scale),
            "zero_point": [int(z) for z, _, _ in parts], "quantized": quantized.astype(np.int32)},
    }


def cases():
    generator = np.random.default_rng(0)
    tensors = {
        "normal": rounded(generator.normal(size=24)),
        "all zero": np.zeros(4),
        "positive": rounded(generator.uniform(0.5, 3, 12)),
        "negative": -rounded(generator.uniform(0.5, 3, 12)),
        "one value": [0.3],
        "one negative value": [-0.3],
        "skewed": rounded(np.append(generator.normal(size=11) * 0.1, 9.9)),
        # Scale 1 for int8: every value is half-way between two integers, or beside it.
        "halves": np.append(np.arange(-6, 6) + 0.5, [127, -127]),
        "range below the least normal number": [1e-39, -1e-39],
        "range beyond float32": [3e38, -3e38, 1e38],
    }
    # Shares that leave no doubt of double or float arithmetic in the zero point.
    tensors |= {f"random range {i}": generator.normal(size=6) * 10.0 ** generator.integers(-4, 4)
                for i in range(8)}
    for name, values in tensors.items():
        for type in ("int8", "uint8"):
            for symmetric in (False, True):
                for reduce_range in (False, True):
                    yield case(name, values, type, symmetric, reduce_range)
    for type in TYPES[2:]:
        for symmetric in (False, True):
            yield case("normal", tensors["normal"], type, symmetric)
    matrix, conv = rounded(generator.normal(size=(5, 4))), rounded(generator.normal(size=(3, 2, 3, 3)))
    matrix[2] = 0
    for type in ("int8", "uint8"):
        for symmetric in (False, True):
            for axis in (0, 1):
                yield case("matrix with a row of zeros", matrix, type, symmetric, axis=axis)
            yield case("convolution", conv, type, symmetric, axis=0)


if __name__ == "__main__":
    write("quantization.json", f"onnxruntime {onnxruntime.__version__}", cases())
