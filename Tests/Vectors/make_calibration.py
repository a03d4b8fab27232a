#!/usr/bin/env python3
"""Writes calibration.json: the ranges that ONNX Runtime's calibraters find for batches of values."""
import contextlib
import io

import numpy as np
import onnxruntime
from onnxruntime.quantization.calibrate import HistogramCollector, MinMaxCalibrater, TensorData

from vectors import bits, rounded, write


def percentile(batches, percent):
    collector = HistogramCollector("percentile", True, 2048, 2048, percent, "same")
    with contextlib.redirect_stdout(io.StringIO()):
        collector.collect({"x": batches})
        low, high = collector.compute_collection_result()["x"][:2]
    return low, high


def moving_average(batches):
    """The calibrater's own merging of ranges, without a model."""
    calibrater = MinMaxCalibrater.__new__(MinMaxCalibrater)
    calibrater.moving_average, calibrater.averaging_constant = True, 0.01
    known = None
    for batch in batches:
        # Widened to 0, as the quantizer widens the range in the end.
        low, high = np.minimum(batch.min(), np.float32(0)), np.maximum(batch.max(), np.float32(0))
        known = calibrater.merge_range(known, {"x": TensorData(lowest=low, highest=high)})
    return known["x"].range_value


def cases():
    generator = np.random.default_rng(5)
    tensors = {
        "normal": rounded(generator.normal(size=(4, 64, 3)), 2),
        "rectified": rounded(np.maximum(generator.normal(size=(3, 64, 4)), 0), 2),
        "one outlier": rounded(np.append(generator.normal(size=255) * 0.1, 9.9), 2).reshape(2, 64, 2),
        "negative": -rounded(generator.uniform(0.5, 3, (2, 64, 2)), 2),
    }
    for name, values in tensors.items():
        batches = [batch.astype(np.float32) for batch in values]
        inputs = {"shape": [values.shape[0] * 64, values.shape[2]], "values": values}
        for percent in (99.999, 99.0, 90.0, 50.0):
            low, high = percentile(batches, percent)
            yield {
                "name": f"{name}, percentile {percent}", "input": inputs | {"percentile": percent},
                # What quantizing makes of it: the range with 0.
                "expected": {"range_bits": bits([min(low, np.float32(0)), max(high, np.float32(0))])}}
        yield {"name": f"{name}, moving average", "input": inputs,
               "expected": {"range_bits": bits(list(moving_average(batches)))}}


if __name__ == "__main__":
    write("calibration.json", f"onnxruntime {onnxruntime.__version__}", cases())
