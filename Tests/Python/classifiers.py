"""Classifiers of different shapes and ages: each a function that returns a builder.

Input `x`, output `logits` [N, 10]. Together with operators.py they cover every operator.
"""
import numpy as np
from onnx import TensorProto

from graphs import Builder

CLASSES = 10


def start(opset, shape, seed, batch="N", **options):
    builder = Builder(opset, seed, **options)
    return builder, builder.input("x", [batch, *shape])


def finish(b, x, batch="N"):
    b("Identity", x, named="logits")
    b.output("logits", [batch, CLASSES])
    return b


def cnn():
    b, x = start(17, [3, 16, 16], 1)
    x = b("Relu", b.conv(x, "conv1", (3, 12), [5, 5]))
    x = b("MaxPool", x, kernel_shape=[2, 2], strides=[2, 2])
    x = b("Relu", b.conv(x, "conv2", (12, 20), [3, 3], pads=[1, 1, 1, 1]))
    x = b("AveragePool", x, kernel_shape=[2, 2], strides=[2, 2])
    x = b("Relu", b.dense(b("Flatten", x), "fc1", 180, 40))
    return finish(b, b.dense(x, "fc2", 40, CLASSES))


def resnet():
    b, x = start(13, [3, 16, 16], 2)

    def unit(x, name, channels, stride):
        one = b.conv(x, f"{name}.conv1", channels, [3, 3], bias=False, pads=[1] * 4, strides=[stride] * 2)
        one = b("Relu", b.norm(one, f"{name}.bn1", channels[1], epsilon=1e-3))
        two = b.conv(one, f"{name}.conv2", (channels[1],) * 2, [3, 3], bias=False, pads=[1] * 4)
        two = b.norm(two, f"{name}.bn2", channels[1])
        if stride > 1:
            x = b.conv(x, f"{name}.down", channels, [1, 1], bias=False, strides=[stride] * 2)
            x = b.norm(x, f"{name}.bn3", channels[1])
        return b("Relu", b("Add", two, x))

    x = b("Relu", b.norm(b.conv(x, "stem", (3, 8), [3, 3], bias=False, pads=[1] * 4), "bn", 8))
    x = unit(x, "layer1", (8, 8), 1)
    x = unit(x, "layer2", (8, 16), 2)
    x = b("Flatten", b("GlobalAveragePool", x))
    return finish(b, b.dense(x, "fc", 16, CLASSES))


def mobilenet():
    b, x = start(11, [3, 17, 17], 3)
    six = b.constant(np.float32(0)), b.constant(np.float32(6))
    x = b.norm(b.conv(x, "stem", (3, 8), [3, 3], bias=False, strides=[2, 2], pads=[1] * 4), "bn", 8)
    x = b("Clip", x, *six)
    for name, channels, stride in (("b1", (8, 16), 1), ("b2", (16, 24), 2)):
        x = b.conv(x, f"{name}.dw", (channels[0],) * 2, [3, 3], group=channels[0], bias=False,
                   strides=[stride] * 2, auto_pad="SAME_UPPER")
        x = b("Clip", b.norm(x, f"{name}.bn1", channels[0]), *six)
        x = b.conv(x, f"{name}.pw", channels, [1, 1], bias=False)
        x = b("Clip", b.norm(x, f"{name}.bn2", channels[1]), *six)
    x = b("ReduceMean", x, axes=[2, 3], keepdims=0)
    return finish(b, b.dense(x, "fc", 24, CLASSES))


def mlp():
    """Weights in Constant nodes with a machine's names, and probabilities for an output."""
    b, x = start(13, [4, 7], 4, constants=True)
    x = b("Reshape", x, b.ints(0, -1))
    for inputs, outputs, activation in ((28, 32, "Tanh"), (32, 24, "Sigmoid")):
        w = b.weight(inputs, outputs, name="onnx::MatMul")
        x = b(activation, b("Add", b.weight(outputs, name="bias"), b("MatMul", x, w)))
    x = b("MatMul", x, b.weight(24, CLASSES, name="onnx::MatMul"))
    return finish(b, b("Softmax", x))


def conv1d():
    b, x = start(17, [6, 50], 5)
    x = b("LeakyRelu", b.conv(x, "conv1", (6, 16), [7], pads=[3, 3], strides=[2]), alpha=0.1)
    x = b("MaxPool", x, kernel_shape=[3], strides=[2], pads=[1, 1])
    x = b("LeakyRelu", b.conv(x, "conv2", (16, 24), [3], dilations=[2], group=2))
    x = b("GlobalAveragePool", x)
    x = b("Squeeze", x, b.ints(2))
    return finish(b, b.dense(x, "fc", 24, CLASSES))


def opset7():
    """Attributes where later versions have inputs; initializers that are inputs too."""
    b, x = start(7, [2, 11, 11], 6)
    x = b.conv(x, "conv1", (2, 8), [4, 4], auto_pad="SAME_LOWER", strides=[2, 2])
    x = b("Clip", b.norm(x, "bn", 8), min=-0.5, max=2.0)
    x = b("Dropout", x, ratio=0.3)
    x = b("MaxPool", x, kernel_shape=[2, 2], auto_pad="SAME_UPPER", strides=[2, 2])
    x = b("Reshape", x, b.ints(0, -1))
    w, c = b.weight(72, CLASSES, name="fc.weight"), b.weight(CLASSES, name="fc.bias")
    return finish(b, b("Gemm", x, w, c, alpha=0.5, beta=2.0))


def opset9():
    b, x = start(9, [3, 12, 12], 7)
    x = b("Pad", x, mode="constant", pads=[0, 0, 1, 2, 0, 0, 3, 0], value=0.25)
    x = b("Relu", b.conv(x, "conv1", (3, 8), [3, 3], dilations=[2, 2]))
    x = b("AveragePool", x, kernel_shape=[3, 3], strides=[2, 2], pads=[1] * 4, count_include_pad=1)
    x = b("Transpose", b("Flatten", x), perm=[1, 0])
    w = b.weight(CLASSES, 240, name="fc.weight")
    return finish(b, b("Gemm", x, w, b.weight(1, CLASSES, name="fc.bias"), transA=1, transB=1))


def opset11():
    """The chain that exporters write for x.view(x.size(0), -1)."""
    b, x = start(11, [3, 13, 13], 8)
    pads = b.ints(0, 0, 1, 0, 0, 0, 0, 1)
    x = b("Pad", x, pads, b.constant(np.float32(-0.5)))
    x = b("Relu", b.conv(x, "conv1", (3, 10), [3, 3]))
    x = b("MaxPool", x, kernel_shape=[3, 3], strides=[2, 2], ceil_mode=1)
    size = b("Gather", b("Shape", x), b.constant(np.int64(0)), axis=0)
    size = b("Unsqueeze", size, axes=[0])
    x = b("Reshape", x, b("Concat", size, b.ints(-1), axis=0))
    return finish(b, b.dense(x, "fc", 360, CLASSES))


def opset17():
    """Branches that meet in Concat, as in Inception; Dropout that does nothing."""
    b, x = start(17, [4, 10, 10], 9)
    one = b("Relu", b.conv(x, "one", (4, 6), [1, 1]))
    three = b("Relu", b.conv(x, "three", (4, 8), [3, 3], pads=[1] * 4))
    pool = b("MaxPool", x, kernel_shape=[3, 3], pads=[1] * 4)
    x = b("Concat", one, three, pool, axis=1)
    x = b("Dropout", b("Identity", x), b.constant(np.float32(0.4)))
    x = b("Mul", b("Sub", x, b.floats(0.25)), b.constant(np.full((1, 18, 1, 1), 1.5, np.float32)))
    x = b("Div", x, b.floats(0.7))
    size = b("Gather", b("Shape", x), b.ints(0), axis=0)
    x = b("Reshape", x, b("Concat", size, b.ints(18), b.ints(-1), axis=0))
    x = b("ReduceMean", x, axes=[-1], keepdims=0)
    return finish(b, b.dense(x, "fc", 18, CLASSES))


def opset18():
    """Axes as inputs."""
    b, x = start(18, [5, 20], 10)
    x = b("Unsqueeze", x, b.ints(1))
    x = b("Pad", x, b.ints(1, 2), b.constant(np.float32(0)), b.ints(2), mode="constant")
    x = b("Relu", b.conv(x, "conv1", (1, 12), [3, 3]))
    x = b("ReduceMean", x, b.ints(2, 3), keepdims=1)
    x = b("Squeeze", x, b.ints(2, 3))
    return finish(b, b.dense(x, "fc", 12, CLASSES))


def exact(b, *shape, type=np.int8, low=-8, high=8):
    return b.constant(b.random.integers(low, high, shape).astype(type), "quantized")


def qdq():
    """Quantized as exporters do it: activations uint8 and int8, weights int8 for every channel.

    Inputs (see make_models.py), weights and scales are small multiples of powers of two, so that
    sums are exact in any order, many values are half-way between two integers, and no rounding
    is left to the order of summing.
    """
    b, x = start(13, [2, 8, 8], 11)
    through = lambda x, scale, zero: b(
        "DequantizeLinear",
        b("QuantizeLinear", x, b.constant(np.float32(scale), "scale"), zero),
        b.constant(np.float32(scale), "scale"), zero)
    unsigned, signed = b.constant(np.uint8(128), "zero"), b.constant(np.int8(-3), "zero")
    x = through(x, 0.125, unsigned)
    scales = b.constant(np.tile(np.float32([0.25, 0.125]), 3), "scale")
    w = b("DequantizeLinear", exact(b, 6, 2, 3, 3), scales, b.constant(np.zeros(6, np.int8), "zero"), axis=0)
    bias = b("DequantizeLinear", exact(b, 6, type=np.int32), b.constant(np.float32(0.125)))
    x = b("Relu", b("Conv", x, w, bias, kernel_shape=[3, 3]))
    x = b("Flatten", through(x, 0.25, signed))
    w = b("DequantizeLinear", exact(b, 216, CLASSES), b.constant(np.full(CLASSES, 0.125, np.float32)),
          b.constant(np.arange(CLASSES, dtype=np.int8) - 5, "zero"), axis=1)
    x = b("Add", b("MatMul", x, w), b.constant(b.random.integers(-9, 9, CLASSES).astype(np.float32) / 32))
    return finish(b, x)


def int4():
    b, x = start(21, [32], 12)
    zero = b.constant(np.array([5], np.int8), "zero")
    x = b("DequantizeLinear", b("QuantizeLinear", x, b.floats(0.125), zero),
          b.floats(0.125), zero)
    w = b.constant(b.random.integers(-8, 8, (CLASSES, 32)), type=TensorProto.INT4)
    w = b("DequantizeLinear", w, b.constant(np.full(CLASSES, 0.25, np.float32)), axis=0)
    return finish(b, b("Gemm", x, w, transB=1))


def batch1():
    """A model that was exported for one sample, as many are."""
    b, x = start(13, [1, 9, 9], 13, batch=1)
    x = b("Relu", b.conv(x, "conv1", (1, 6), [3, 3]))
    x = b("Reshape", x, b.ints(1, 294))
    return finish(b, b.dense(x, "fc", 294, CLASSES), batch=1)


ALL = [
    cnn, resnet, mobilenet, mlp, conv1d, opset7, opset9, opset11, opset17, opset18, qdq, int4, batch1]
