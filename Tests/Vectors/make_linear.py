#!/usr/bin/env python3
"""Writes linear.json: linear quantization of 2 to 8 bits, by NumPy.

What is computed, exactly. All rounding is half to even.

  range      lo = min(0, min x), hi = max(0, max x), float32.
             symmetric: hi = max(-lo, hi), lo = -hi.
  integers   symmetric: -(2^(b-1) - 1) ... 2^(b-1) - 1.
             affine, signed: -2^(b-1) ... 2^(b-1) - 1; unsigned: 0 ... 2^b - 1.
  scale      s = (hi - lo) / (qmax - qmin), in float64. Under the least normal float32
             (1.1754944e-38): scale 1 and zero point 0.
  zero point symmetric: 0. affine: round(qmin - lo / s), in float64, with s before it is stored.
  stored     S = float32(s).
  q          clip(round(x / S) + zero point, qmin, qmax), the quotient in float32.
  back       float32(q - zero point) * S, in float32.

At 8 bits it is ONNX Runtime's, for int8 symmetric and for int8 and uint8 affine.
"""
import numpy as np

from vectors import bits, rounded, write


def integers(width, symmetric, signed):
    half = 1 << (width - 1)
    if symmetric:
        return 1 - half, half - 1
    return (-half, half - 1) if signed else (0, 2 * half - 1)


def quantize(x, width, symmetric, signed):
    qmin, qmax = integers(width, symmetric, signed)
    lo, hi = min(np.float32(0), x.min()), max(np.float32(0), x.max())
    if symmetric:
        hi = max(-lo, hi)
        lo = -hi
    scale = (np.float64(hi) - np.float64(lo)) / (qmax - qmin)
    if scale < np.finfo(np.float32).tiny:
        scale, zero = np.float64(1), 0
    else:
        zero = 0 if symmetric else int(np.rint(qmin - np.float64(lo) / scale))
    stored = np.float32(scale)
    q = np.clip(np.rint(x / stored).astype(np.float64) + zero, qmin, qmax).astype(np.int32)
    return stored, zero, q, (q - zero).astype(np.float32) * stored


def case(name, values, width, symmetric, signed=True, axis=None):
    values = np.asarray(values, np.float32)
    slices = [values] if axis is None else [values.take(i, axis) for i in range(values.shape[axis])]
    scale, zero, q, back = zip(*(quantize(part, width, symmetric, signed) for part in slices))
    join = (lambda parts: parts[0]) if axis is None else (lambda parts: np.stack(parts, axis))
    qmin, qmax = integers(width, symmetric, signed)
    kind = "symmetric" if symmetric else "affine" if signed else "affine unsigned"
    where = "" if axis is None else f", axis {axis}"
    return {
        "name": f"{width} bits {kind}{where}: {name}",
        "input": {
            "shape": list(values.shape), "values": values, "bits": width, "symmetric": symmetric,
            "signed": signed, "axis": axis},
        "expected": {
            "qmin": qmin, "qmax": qmax, "scale": list(scale), "scale_bits": bits(scale),
            "zero_point": list(zero), "quantized": join(q), "dequantized": join(back)},
    }


def cases():
    generator = np.random.default_rng(1)
    tensors = {
        "normal": rounded(generator.normal(size=20)),
        "all zero": np.zeros(3),
        "positive": rounded(generator.uniform(0.5, 3, 8)),
        "negative": -rounded(generator.uniform(0.5, 3, 8)),
        "one value": [0.3],
        "small": generator.normal(size=6) * 1e-5,
    }
    matrix, conv = rounded(generator.normal(size=(4, 5))), rounded(generator.normal(size=(3, 2, 2, 2)))
    matrix[1] = 0
    for width in range(2, 9):
        for symmetric, signed in ((True, True), (False, True), (False, False)):
            for name, values in tensors.items():
                yield case(name, values, width, symmetric, signed)
        for symmetric in (True, False):
            for axis in (0, 1):
                yield case("matrix with a row of zeros", matrix, width, symmetric, axis=axis)
            yield case("convolution", conv, width, symmetric, axis=0)


if __name__ == "__main__":
    write("linear.json", f"numpy {np.__version__}", cases())
