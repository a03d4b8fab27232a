"""Models of one operator in many variants: an output a variant. Only for `pare run`."""
import numpy as np
from onnx import TensorProto

from graphs import Builder


def many(opset, shape, seed, variants):
    """`variants(b, x)` yields the names that become outputs."""
    b = Builder(opset, seed)
    x = b.input("x", shape)
    for name in variants(b, x):
        b.output(name)
    return b


def convolutions():
    def variants(b, x):
        conv = lambda **options: b.conv(x, "w", (4, 8), [3, 3], **options)
        yield conv()
        yield conv(bias=False)
        yield conv(group=2)
        yield conv(group=4)
        yield conv(strides=[2, 3])
        yield conv(dilations=[2, 1], pads=[2, 1, 2, 1])
        yield conv(pads=[0, 1, 2, 3])
        yield conv(auto_pad="VALID")
        for mode in ("SAME_UPPER", "SAME_LOWER"):
            yield conv(auto_pad=mode)
            yield conv(auto_pad=mode, strides=[2, 2])
            yield b.conv(x, "w", (4, 4), [2, 4], auto_pad=mode, group=4)
        yield b.conv(x, "w", (4, 3), [1, 1])
        yield b("Relu", b.conv(x, "w", (4, 5), [5, 1], pads=[2, 0, 2, 0]))

    return many(17, ["N", 4, 11, 14], 21, variants)


def pools():
    def variants(b, x):
        for kind, options in (("MaxPool", {}), ("AveragePool", {}), ("AveragePool", {"count_include_pad": 1})):
            pool = lambda **more: b(kind, x, **options, **more)
            yield pool(kernel_shape=[2, 2])
            yield pool(kernel_shape=[2, 2], strides=[2, 2])
            yield pool(kernel_shape=[3, 3], strides=[2, 2], ceil_mode=1)
            yield pool(kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1])
            yield pool(kernel_shape=[3, 2], strides=[3, 2], pads=[0, 1, 2, 0])
            yield pool(kernel_shape=[3, 3], strides=[2, 2], auto_pad="SAME_UPPER")
            yield pool(kernel_shape=[2, 2], strides=[1, 1], auto_pad="SAME_LOWER")
            yield pool(kernel_shape=[4, 4], strides=[3, 3], auto_pad="VALID")
        yield b("GlobalAveragePool", x)

    return many(17, ["N", 5, 12, 13], 22, variants)


def products():
    def variants(b, x):
        plain, turned = b.weight(12, 7), b.weight(7, 12)
        yield b("Gemm", x, plain)
        yield b("Gemm", x, turned, transB=1, alpha=0.5)
        yield b("Gemm", x, plain, b.weight(7), alpha=1.5, beta=-2.0)
        yield b("Gemm", x, plain, b.weight(1, 7))
        yield b("Gemm", x, plain, b.weight(5, 1))
        yield b("Gemm", x, plain, b.weight(1), beta=0.5)
        yield b("Gemm", x, plain, b.weight(5, 7))
        yield b("Gemm", b("Transpose", x), turned, transA=1, transB=1)
        yield b("MatMul", x, plain)
        yield b("MatMul", b.weight(3, 5), x)
        yield b("MatMul", x, b.weight(12))
        cube = b("Reshape", x, b.ints(5, 3, 4))
        yield b("MatMul", cube, b.weight(4, 6))
        yield b("MatMul", cube, b.weight(5, 4, 2))
        yield b("MatMul", b.weight(2, 1, 6, 3), cube)
        yield b("MatMul", cube, b("Transpose", cube, perm=[0, 2, 1]))

    return many(17, [5, 12], 23, variants)


def elementwise():
    def variants(b, x):
        for kind in ("Add", "Sub", "Mul", "Div"):
            for shape in ([], [4], [3, 1], [2, 3, 4], [1, 3, 1], [5, 1, 1, 1]):
                values = b.random.uniform(0.5, 2, shape).astype(np.float32)
                yield b(kind, x, b.constant(values))
            yield b(kind, b.floats(1, 2, 3, 4), x)
        for kind in ("Relu", "LeakyRelu", "Sigmoid", "Tanh", "Erf", "Identity"):
            yield b(kind, x)
        yield b("LeakyRelu", x, alpha=0.3)
        low, high = b.constant(np.float32(-0.5)), b.constant(np.float32(0.75))
        yield b("Clip", x)
        yield b("Clip", x, low)
        yield b("Clip", x, "", high)
        yield b("Clip", x, low, high)
        for axis in (0, 1, -1):
            yield b("Softmax", x, axis=axis)
        yield b("LayerNormalization", x, b.weight(4), b.weight(4))
        yield b("LayerNormalization", x, b.weight(3, 4), axis=1, epsilon=0.1)

    return many(17, [2, 3, 4], 24, variants)


def softmax11():
    """Before version 13, Softmax took all axes from `axis` on as one."""
    return many(11, [2, 3, 4], 25, lambda b, x: [b("Softmax", x), b("Softmax", x, axis=2)])


def normalization():
    def variants(b, x):
        yield b.norm(x, "one", 6)
        yield b.norm(x, "two", 6, epsilon=0.1)
        yield b("Relu", b.norm(b.conv(x, "conv", (6, 4), [3, 3]), "three", 4))
        yield b.norm(b("Reshape", x, b.ints(0, 6, -1)), "four", 6)
        yield b.norm(b("ReduceMean", x, axes=[2, 3], keepdims=0), "five", 6)

    return many(17, ["N", 6, 5, 7], 26, variants)


def shapes():
    def variants(b, x):
        for target in ([0, -1], [-1, 4], [0, 2, 6], [2, 0, 2, 2], [-1]):
            yield b("Reshape", x, b.ints(*target))
        for axis in (0, 1, 2, 3, -1):
            yield b("Flatten", x, axis=axis)
        yield b("Transpose", x)
        yield b("Transpose", x, perm=[1, 0, 2])
        yield b("Unsqueeze", x, b.ints(0, -1))
        yield b("Squeeze", b("Unsqueeze", x, b.ints(1, 3)), b.ints(1, -2))
        yield b("Squeeze", b("Unsqueeze", x, b.ints(0)))
        for axis in (0, 2, -2):
            yield b("Concat", x, x, axis=axis)
        yield b("Concat", x, b("Mul", x, b.floats(2)), b.weight(2, 1, 4), axis=1)
        for axes in ([0], [1, 2], [-1]):
            for keep in (0, 1):
                yield b("ReduceMean", x, axes=axes, keepdims=keep)
        yield b("ReduceMean", x, keepdims=0)
        for indices in (np.int64(1), np.array([2, 0, -1]), np.array([[0, 1], [2, 2]])):
            yield b("Gather", x, b.constant(indices), axis=1)
        yield b("Gather", x, b.constant(np.array([1, 0], np.int32)))
        yield b("Pad", x, b.ints(0, 1, 2, 1, 0, 1), b.constant(np.float32(7)))
        yield b("Pad", x, b.ints(0, 1, 1, 0, 0, 2))
        yield b("Pad", x, b.ints(0, -1, 0, 0, 1, -2), b.constant(np.float32(1)))
        yield b("Pad", x, b.ints(0, 2, 1, 0, 1, 3), mode="reflect")
        yield b("Pad", x, b.ints(0, 1, 2, 1, 0, 1), mode="edge")

    return many(17, [2, 3, 4], 27, variants)


def types():
    """Other types than float, and names of outputs that are no names of files."""
    b = Builder(17, 28)
    x = b.input("x", ["N", 3, 4])
    i = b.input("in/dices:0", ["N", 2], TensorProto.INT64)
    whole = b("Cast", b("Mul", x, b.floats(3)), to=TensorProto.INT64)
    b.output(whole, type=TensorProto.INT64)
    b.output(b("Cast", whole, to=TensorProto.FLOAT))
    b.output(b("Cast", b("Mul", x, b.floats(5)), to=TensorProto.INT32), type=TensorProto.INT32)
    b.output(b("Add", i, b.ints(7)), type=TensorProto.INT64)
    b.output(b("Mul", i, i, named="scope/product:0"), type=TensorProto.INT64)
    b.output(b("Gather", b.weight(9, 4), i))
    size = b("Shape", x)
    b.output(size, ["rank"], TensorProto.INT64)
    count = b("Gather", size, b.constant(np.int64(2)))
    half = b("Unsqueeze", b("Div", count, b.constant(np.int64(2))), b.ints(0))
    shape = b("Concat", b.ints(0, -1), half, axis=0)
    b.output(b("Reshape", x, shape))
    return b


def quantizing():
    """Half-way values, both ends of the range, every type, one scale or one a channel."""
    b = Builder(13, 29)
    x = b.input("x", ["N", 3, 8])

    def pair(scale, zero, type, **attributes):
        scale = b.constant(np.array(scale, np.float32), "scale")
        zero = [] if zero is None else [b.constant(np.array(zero, type), "zero")]
        q = b("QuantizeLinear", x, scale, *zero, **attributes)
        b.output(q, type=TensorProto.INT8 if type is np.int8 else TensorProto.UINT8)
        b.output(b("DequantizeLinear", q, scale, *zero, **attributes))

    pair(0.125, None, np.uint8)
    for type in (np.int8, np.uint8):
        pair(0.125, 3, type)
        pair(0.01, 100, type)
        pair([0.125, 0.5, 0.25], [0, 1, 2], type, axis=1)
        pair([0.125] * 8, [7] * 8, type, axis=-1)
    return b


ALL = [
    convolutions, pools, products, elementwise, softmax11, normalization, shapes, types, quantizing]
