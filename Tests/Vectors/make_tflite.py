#!/usr/bin/env python3
"""Writes tflite.json: TensorFlow Lite's 8-bit rules, by NumPy in float32.

What is computed, exactly, after TensorFlow's "8-bit quantization specification" and the arithmetic of its
lite/tools/optimize/quantization_utils.cc. Rounding is half away from zero.

  activation lo = min(0, min x), hi = max(0, max x); s = (hi - lo) / 255; zero point round(-128 - lo / s),
             not beyond -128 and 127.
  weight     a = max |w| of the channel, or of all; s = a / 127; q = clip(round(w * (127 / a)), -127, 127), 0 where a
             is 0.
  bias       s = s_x * s_w; q = round(b * float32(1 / s)), the reciprocal in float64 first, no further from 0
             than 2^31 - 1. Where |b| >= s / 2 * (2^31 - 1), or the largest |b| >= s / 2 * 2^31 where there is one s_w, a becomes
             2 |b| / (2^31 - 1) * (127 / s_x) beforehand, in float64 but for the last quotient.
"""
import numpy as np

from vectors import bits, rounded, write

F = np.float32
LIMIT = 2**31 - 1


def away(x):
    return np.trunc(x + np.copysign(x.dtype.type(0.5), x)) if x.dtype == np.float64 else np.float32(
        np.trunc(np.float64(x) + np.copysign(0.5, x)))


def activation(x):
    lo, hi = min(F(0), x.min()), max(F(0), x.max())
    scale = F(hi - lo) / F(255)
    zero = away(F(-128) - lo / scale)
    return scale, int(np.clip(zero, -128, 127))


def weight(w, ranges):
    """`ranges`: the largest magnitude of each row, or one of all."""
    ranges = np.asarray(ranges, F)
    scale = ranges / F(127)
    with np.errstate(divide="ignore"):
        inverse = np.where(ranges == 0, F(0), F(127) / ranges)
    factor = inverse[:, None] if ranges.ndim else inverse
    return scale, np.clip(away(F(w * factor)), -127, 127).astype(np.int32)


def layer(name, w, b, x, channel):
    """A dense layer with rows of outputs."""
    w, b, x = (np.asarray(each, F) for each in (w, b, x))
    input_scale, zero = activation(x)
    ranges = np.abs(w).max(1) if channel else np.abs(w).max()
    largest = np.abs(b) if channel else np.abs(b).max()
    scale = ranges / F(127)
    limit = LIMIT if channel else LIMIT + 1
    grows = (np.float64(largest) >= 0.5 * np.float64(input_scale) * np.float64(scale) * limit) & (largest != 0)
    grown = F(2.0 * np.float64(largest) / LIMIT * np.float64(F(127) / input_scale))
    scale, q = weight(w, np.where(grows, grown, ranges))
    bias_scale = F(input_scale * scale)
    with np.errstate(divide="ignore"):
        inverse = F(np.where(bias_scale == 0, 0, 1 / np.float64(bias_scale)))
    bias = np.clip(np.float64(away(F(b * inverse))), -LIMIT, LIMIT).astype(np.int64)
    return {
        "name": f"{name}, {'each channel' if channel else 'one scale'}",
        "input": {
            "weight": {"shape": list(w.shape), "values": w}, "bias": {"shape": list(b.shape), "values": b},
            "data": {"shape": list(x.shape), "values": x}, "channel": channel},
        "expected": {
            "input_scale": bits(input_scale), "input_zero_point": zero, "scale": bits(scale), "quantized": q,
            "bias_scale": bits(bias_scale), "bias": bias, "grows": bool(np.any(grows))},
    }


def cases():
    generator = np.random.default_rng(22)
    for number in range(8):
        size = 10.0 ** generator.integers(-3, 3)
        x = generator.normal(size=(6, 20)) * 10.0 ** generator.integers(-2, 3)
        w, b = generator.normal(size=(5, 20)) * size, generator.normal(size=5) * size
        for channel in (True, False):
            yield layer(f"random {number}", w, b, x, channel)
    x = rounded(generator.uniform(0.5, 3, (4, 6)))
    w, b = rounded(generator.normal(size=(3, 6))), rounded(generator.normal(size=3))
    halves = np.append(np.arange(-6, 5) + 0.5, 127)[None]
    for channel in (True, False):
        yield layer("positive data", w, b, x, channel)
        yield layer("negative data", w, b, -x, channel)
        yield layer("a row of zeros", w * [[1], [0], [1]], b * [1, 0, 1], x, channel)
        # A range of 127: every weight is half-way between two integers.
        yield layer("halves", halves, [0.25], rounded(generator.normal(size=(3, 12))), channel)
        yield layer("a bias beyond 32 bits", w * [[1], [1e-9], [1]], b, x, channel)
        yield layer("biases beyond 32 bits", w * 1e-9, b, x, channel)


if __name__ == "__main__":
    write("tflite.json", f"numpy {np.__version__}", cases())
