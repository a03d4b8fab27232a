#!/usr/bin/env python3
"""compare_static.py PARE BUNDLE: a recipe of the mode `onnxruntime` writes what `quantize_static` writes.

On the bundle's model and on four seeded ones (a residual network with batch normalization, depthwise
convolutions with clamps, a transformer block, one that moves and selects values) ONNX Runtime's quantizer and `pare compress` find ranges by the
same samples. Of every tensor that one of them quantizes, both must have the same type, scale, zero point and
integers, biases included; so the sets of tensors are the same too. Ranges are of sums in float32, which the
two add up in different orders: a scale may differ by ULPS units in the last place there, and with it the zero point
by one where it lies between two integers, and a bias's integers by their share. Weights, and all that is
measured at the model's input, must be equal to the last bit, and everything must be where ONNX Runtime's quantizer
is given the ranges that pare found. Then both files run in ONNX Runtime, and must predict the same for AGREE of the
samples.

ONNX Runtime's calibration by entropy chooses among 128 bins for as many levels, and so equals min-max.
"""
import contextlib
import io
import json
import logging
import pathlib
import sys
import tempfile

import numpy as np
import onnx
from onnx import numpy_helper
from onnxruntime.quantization import (
    CalibrationDataReader, CalibrationMethod, QuantFormat, QuantType, quantize_static)
from onnxruntime.quantization.calibrate import TensorData, TensorsData, save_tensors_data

import reference
from classifiers import CLASSES, finish, start
from program import Tally, succeed_json

SAMPLES, BATCH, ULPS, AGREE = 256, 64, 64, 0.99
# A weight whose scale grows with that of its input, so that its bias fits into 32 bits.
GROWING = "b1.pw.weight"
WAYS = {
    "default": {},
    "per channel": {"channel": True},
    "unsigned": {"signed": False},
    "unsigned per channel": {"signed": False, "channel": True},
    "symmetric activations": {"symmetric": True},
    "reduced range": {"reduced": True, "channel": True},
    "percentile": {"calibration": "percentile"},
    "percentile 99": {"calibration": "percentile", "percentile": 99.0, "channel": True},
    "entropy": {"calibration": "entropy"},
}


def residual():
    b, x = start(17, [1, 28, 28], 31)
    x = b("Relu", b.norm(b.conv(x, "stem", (1, 8), [3, 3], bias=False, strides=[2, 2]), "bn", 8))
    for name in ("one", "two"):
        y = b("Relu", b.conv(x, f"{name}.a", (8, 8), [3, 3], pads=[1] * 4))
        y = b.norm(b.conv(y, f"{name}.b", (8, 8), [3, 3], bias=False, pads=[1] * 4), f"{name}.bn", 8)
        x = b("Relu", b("Add", y, x))
    x = b("MaxPool", x, kernel_shape=[2, 2], strides=[2, 2])
    x = b("Flatten", b("GlobalAveragePool", b("Concat", x, b("Sigmoid", x), axis=1)))
    return finish(b, b.dense(x, "fc", 16, CLASSES))


def depthwise():
    b, x = start(13, [1, 28, 28], 32)
    six = b.constant(np.float32(0), "low"), b.constant(np.float32(6), "high")
    x = b("Clip", b.conv(x, "stem", (1, 8), [3, 3], strides=[2, 2]), *six)
    for name, channels, stride in (("b1", (8, 16), 1), ("b2", (16, 24), 2)):
        x = b.conv(x, f"{name}.dw", (channels[0],) * 2, [3, 3], group=channels[0], strides=[stride] * 2)
        x = b("Clip", x, *six)
        x = b("Clip", b.conv(x, f"{name}.pw", channels, [1, 1]), *six)
    x = b("Pad", x, b.ints(0, 0, 1, 1, 0, 0, 1, 1))
    x = b("AveragePool", x, kernel_shape=[3, 3], strides=[2, 2])
    x = b("Flatten", b("LeakyRelu", x, alpha=0.1))
    # Channels whose weights are so small that their scales have to grow for their biases.
    for tensor in b.initializers:
        if tensor.name == GROWING:
            values = numpy_helper.to_array(tensor).copy()
            values[:3] *= np.float32([[[[1e-7]]], [[[1e-9]]], [[[0]]]])
            tensor.CopyFrom(numpy_helper.from_array(values, tensor.name))
    return finish(b, b.dense(x, "fc", 24 * 9, CLASSES))


def transformer():
    b, x = start(17, [1, 28, 28], 33)
    width, heads = 32, 4
    x = b("Reshape", x, b.ints(-1, 28, 28))

    def dense(x, name, inputs, outputs):
        return b("Add", b("MatMul", x, b.weight(inputs, outputs, name=f"{name}.weight")),
                 b.weight(outputs, name=f"{name}.bias"))

    def norm(x, name):
        return b("LayerNormalization", x, b.constant(np.float32(b.random.uniform(0.5, 1.5, width)), f"{name}.weight"),
                 b.constant(np.float32(b.random.uniform(-0.5, 0.5, width)), f"{name}.bias"), axis=-1)

    def split(x, name, perm):
        return b("Transpose", b("Reshape", dense(x, name, width, width), b.ints(0, 28, heads, width // heads)), perm=perm)

    x = norm(dense(x, "embed", 28, width), "norm1")
    q, k, v = split(x, "q", [0, 2, 1, 3]), split(x, "k", [0, 2, 3, 1]), split(x, "v", [0, 2, 1, 3])
    scores = b("Softmax", b("Mul", b("MatMul", q, k), b.constant(np.float32((width // heads) ** -0.5), "scale")), axis=-1)
    y = b("Reshape", b("Transpose", b("MatMul", scores, v), perm=[0, 2, 1, 3]), b.ints(0, 28, width))
    x = norm(b("Add", x, dense(y, "o", width, width)), "norm2")
    x = b("Add", x, dense(b("Relu", dense(x, "up", width, 64)), "down", 64, width))
    x = b("ReduceMean", x, axes=[1], keepdims=0)
    return finish(b, b.dense(x, "fc", width, CLASSES))


def movers():
    b, x = start(17, [1, 28, 28], 34)
    x = b("Relu", b.conv(x, "stem", (1, 12), [3, 3], strides=[2, 2]))
    one, two, three = b.parts("Split", x, b.ints(4, 4, 4), outputs=3, axis=1)
    one = b("Resize", b.conv(one, "one", (4, 4), [3, 3], strides=[2, 2]), "", b.floats(1, 1, 2, 2), mode="nearest")
    two = b("Slice", b.conv(two, "two", (4, 4), [1, 1]), b.ints(0), b.ints(12), b.ints(2))
    two = b("Slice", two, b.ints(12), b.ints(0), b.ints(3), b.ints(-1))
    three = b("Slice", b("Sigmoid", three), b.ints(1, 1), b.ints(1000, 13), b.ints(-2, -1))
    x = b("Add", b("Add", one, two), three)
    best, _ = b.parts("TopK", b("Flatten", b.conv(x, "last", (4, 1), [1, 1])), b.ints(32), outputs=2)
    return finish(b, b.dense(best, "fc", 32, CLASSES))


class Reader(CalibrationDataReader):
    def __init__(self, name, x):
        self.batches = iter([{name: x[i : i + BATCH]} for i in range(0, len(x), BATCH)])

    def get_next(self):
        return next(self.batches, None)


def static(model, x, way, output, **options):
    """What ONNX Runtime makes of it."""
    kind = QuantType.QInt8 if way.get("signed", True) else QuantType.QUInt8
    extra = {"ActivationSymmetric": way.get("symmetric", False)}
    if "percentile" in way:
        extra["CalibPercentile"] = way["percentile"]
    method = {"percentile": "Percentile", "entropy": "Entropy"}.get(way.get("calibration"), "MinMax")
    name = onnx.load(model).graph.input[0].name
    with contextlib.redirect_stdout(io.StringIO()):
        quantize_static(
            str(model), str(output), Reader(name, x), quant_format=QuantFormat.QDQ,
            per_channel=way.get("channel", False), reduce_range=way.get("reduced", False),
            activation_type=kind, weight_type=kind, calibrate_method=CalibrationMethod[method],
            extra_options=extra, **options)


def write_ranges(model, ranges, path):
    """Ranges as ONNX Runtime's calibration keeps them; those of tensors that get no pair are not asked for."""
    names = {name for node in onnx.load(model).graph.node for name in (*node.input, *node.output)}
    known = {name: TensorData(lowest=np.float32(low), highest=np.float32(high))
             for name, (low, high) in ranges.items()}
    rest = {name: TensorData(lowest=np.float32(0), highest=np.float32(1)) for name in names - set(ranges)}
    path.unlink(missing_ok=True)
    save_tensors_data(TensorsData(CalibrationMethod.MinMax, known | rest), path)


def recipe(way):
    """The same as a recipe."""
    signed, channel = way.get("signed", True), way.get("channel", False)
    weights = {"layers": ["*"], "bits": 8, "signed": signed, "granularity": "channel" if channel else "tensor",
               "scheme": "symmetric" if signed or channel else "affine"}
    if way.get("reduced"):
        weights["range"] = "reduced"
    activations = {"layers": ["*"], "bits": 8, "signed": signed, "samples": SAMPLES,
                   "scheme": "symmetric" if way.get("symmetric") else "affine"}
    if way.get("calibration") == "percentile":
        activations["calibration"] = "percentile"
        activations["percentile"] = way.get("percentile", 99.999)
    return {"pare": 1, "quantization": {
        "mode": "onnxruntime", "weights": [weights], "activations": [activations]}}


def quantized(path):
    """All quantized tensors of a file by their names in the float model: integers (None for values), scale, zero point."""
    graph = onnx.load(path).graph
    constants = {each.name: numpy_helper.to_array(each) for each in graph.initializer}
    outputs = {each.name for each in graph.output}
    written = {node.input[0]: node.output[0] for node in graph.node if node.op_type == "DequantizeLinear"}
    found = {}
    for node in graph.node:
        if node.op_type not in ("QuantizeLinear", "DequantizeLinear"):
            continue
        scale = constants[node.input[1]].reshape(-1)
        zero = constants[node.input[2]].reshape(-1) if len(node.input) > 2 else None
        if node.op_type == "QuantizeLinear":
            name = written[node.output[0]] if written[node.output[0]] in outputs else node.input[0]
            found[name] = (None, scale, zero)
        elif node.input[0] in constants:
            integers = constants[node.input[0]]
            name = node.input[0].removesuffix("_quantized")
            found[name] = (integers, scale, np.zeros(len(scale), integers.dtype) if zero is None else zero)
    return found


def ulps(a, b):
    return int(np.abs(a.view(np.int32).astype(np.int64) - b.view(np.int32)).max())


def check(ours, theirs, graph_input, ulps_allowed):
    """The number of tensors, of equal scales, the furthest scales, and the zero points that are one apart."""
    one, two = quantized(ours), quantized(theirs)
    assert set(one) == set(two), (
        f"only pare quantizes {sorted(set(one) - set(two))}, only ONNX Runtime {sorted(set(two) - set(one))}")
    worst, steps, exact = 0, 0, 0
    for name, (integers, scale, zero) in one.items():
        other, other_scale, other_zero = two[name]
        assert scale.shape == other_scale.shape and zero.dtype == other_zero.dtype, (
            f"{name}: {scale.shape} {zero.dtype}, ONNX Runtime has {other_scale.shape} {other_zero.dtype}")
        measured = (
            integers is None or integers.dtype == np.int32 or name == GROWING) and name != graph_input
        apart = ulps(scale, other_scale)
        assert apart <= (ulps_allowed if measured else 0), (
            f"{name}: scales {scale[:3]} and {other_scale[:3]}, {apart} ulps apart")
        zeros = int(np.abs(zero.astype(int) - other_zero.astype(int)).max())
        assert zeros <= (apart > 0), f"{name}: zero points {zero[:3]} and {other_zero[:3]}"
        worst, exact, steps = max(worst, apart), exact + (apart == 0), steps + zeros
        if integers is None:
            continue
        assert other is not None and integers.dtype == other.dtype, f"{name}: {integers.dtype} integers here only"
        away = np.abs(integers.astype(np.int64) - other.reshape(integers.shape)).max()
        share = 0 if apart == 0 else 1 + np.abs(integers.astype(np.int64)).max() * apart * 2.0**-22
        assert away <= share, f"{name}: integers differ by {away}"
    return len(one), exact, worst, steps


def compare(binary, model, x, way, directory):
    file, ours, theirs, same, data, cache = (
        directory / name
        for name in ("recipe.json", "ours.onnx", "theirs.onnx", "same.onnx", "x.npz", "ranges.json"))
    file.write_text(json.dumps(recipe(way)))
    np.savez(data, x=x, y=np.zeros(len(x), np.int64))
    told = succeed_json(binary, "compress", model, "--recipe", file, "--output", ours, "--data", data, "--json")
    onnx.checker.check_model(str(ours), full_check=True)
    graph_input = onnx.load(model).graph.input[0].name
    static(model, x, way, theirs)
    count, exact, worst, steps = check(ours, theirs, graph_input, ULPS)
    write_ranges(model, told["ranges"], cache)
    static(model, x, way | {"calibration": None}, same, calibration_cache_path=cache)
    check(ours, same, graph_input, 0)
    equal = (reference.predictions(ours, x) == reference.predictions(theirs, x)).mean()
    assert equal >= AGREE, f"only {equal:.1%} of the predictions are equal"
    return (f"{count} tensors, {exact} scales equal, all with the same ranges; others within {worst} ulps,"
            f" {steps} zero points by one, {equal:.1%} predicted the same")


def main(binary, bundle):
    logging.disable(logging.WARNING)
    sample, x, _ = reference.read_bundle(bundle)
    x = x[:SAMPLES]
    tally = Tally()
    with tempfile.TemporaryDirectory() as directory:
        directory = pathlib.Path(directory)
        models = {"sample": sample}
        for make in (residual, depthwise, transformer, movers):
            models[make.__name__] = directory / f"{make.__name__}.onnx"
            onnx.save(make().model(make.__name__), models[make.__name__])
        for name, model in models.items():
            for way, options in WAYS.items():
                tally.check(f"{name}, {way}", compare, binary, model, x, options, directory)
    tally.finish()


if __name__ == "__main__":
    main(sys.argv[1], pathlib.Path(sys.argv[2]))
