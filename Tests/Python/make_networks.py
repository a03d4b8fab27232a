#!/usr/bin/env python3
"""make_networks.py OUTDIR [SIZE]: writes the networks that channels are removed from, as ONNX.

ResNet-18 and -50, MobileNetV2 and DenseNet-121 as torchvision has them, with seeded weights, for
images of SIZE x SIZE (224 unless told); and a block of BERT and of GPT-2, for vectors of tokens.
"""
import pathlib
import sys

import numpy as np
import onnx

from graphs import Builder


def start(seed, size):
    b = Builder(17, seed)
    return b, b.input("x", ["N", 3, size, size])


def finish(b, x, channels, name):
    x = b("Flatten", b("GlobalAveragePool", x))
    b("Identity", b.dense(x, "fc", channels, 1000), named="logits")
    b.output("logits", ["N", 1000])
    return b.model(name)


def conv(b, x, name, channels, kernel, stride=1, group=1, activation="Relu", normed=True):
    """A convolution without bias, a normalisation, and an activation."""
    x = b.conv(x, name, channels, [kernel] * 2, group=group, bias=False, strides=[stride] * 2,
               pads=[kernel // 2] * 4)
    if normed:
        x = b.norm(x, f"{name}.bn", channels[1])
    return activate(b, x, activation)


def activate(b, x, activation):
    if activation == "Clip":
        return b("Clip", x, "zero", "six")
    return b(activation, x) if activation else x


def resnet(b, x, units, bottleneck):
    x = conv(b, x, "conv1", (3, 64), 7, 2)
    x = b("MaxPool", x, kernel_shape=[3, 3], strides=[2, 2], pads=[1] * 4)
    inputs = 64
    for stage, count in enumerate(units):
        width = 64 << stage
        outputs = width * 4 if bottleneck else width
        for unit in range(count):
            name = f"layer{stage + 1}.{unit}"
            stride = 2 if stage > 0 and unit == 0 else 1
            if bottleneck:
                y = conv(b, x, f"{name}.conv1", (inputs, width), 1)
                y = conv(b, y, f"{name}.conv2", (width, width), 3, stride)
                y = conv(b, y, f"{name}.conv3", (width, outputs), 1, activation=None)
            else:
                y = conv(b, x, f"{name}.conv1", (inputs, width), 3, stride)
                y = conv(b, y, f"{name}.conv2", (width, outputs), 3, activation=None)
            if stride > 1 or inputs != outputs:
                x = conv(b, x, f"{name}.downsample", (inputs, outputs), 1, stride, activation=None)
            x = b("Relu", b("Add", y, x))
            inputs = outputs
    return x, inputs


def resnet18(size):
    b, x = start(18, size)
    return finish(b, *resnet(b, x, [2, 2, 2, 2], False), "resnet18")


def resnet50(size):
    b, x = start(50, size)
    return finish(b, *resnet(b, x, [3, 4, 6, 3], True), "resnet50")


def mobilenet2(size):
    b, x = start(2, size)
    b.constant(np.float32(0), "zero")
    b.constant(np.float32(6), "six")
    x = conv(b, x, "stem", (3, 32), 3, 2, activation="Clip")
    inputs, number = 32, 0
    for factor, outputs, count, stride in (
            (1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2),
            (6, 320, 1, 1)):
        for unit in range(count):
            name, y, hidden = f"block{number}", x, inputs * factor
            if factor > 1:
                y = conv(b, y, f"{name}.expand", (inputs, hidden), 1, activation="Clip")
            y = conv(b, y, f"{name}.depthwise", (hidden, hidden), 3, stride if unit == 0 else 1, hidden, "Clip")
            y = conv(b, y, f"{name}.project", (hidden, outputs), 1, activation=None)
            x = b("Add", x, y) if unit > 0 else y
            inputs, number = outputs, number + 1
    x = conv(b, x, "head", (inputs, 1280), 1, activation="Clip")
    return finish(b, x, 1280, "mobilenet2")


def densenet121(size):
    b, x = start(121, size)
    x = conv(b, x, "conv0", (3, 64), 7, 2)
    x = b("MaxPool", x, kernel_shape=[3, 3], strides=[2, 2], pads=[1] * 4)
    channels = 64

    def before(x, name, channels):
        return b("Relu", b.norm(x, name, channels))

    for block, count in enumerate((6, 12, 24, 16)):
        for unit in range(count):
            name = f"block{block + 1}.{unit}"
            y = before(x, f"{name}.norm1", channels)
            y = conv(b, y, f"{name}.conv1", (channels, 128), 1)
            y = conv(b, y, f"{name}.conv2", (128, 32), 3, normed=False, activation=None)
            x = b("Concat", x, y, axis=1)
            channels += 32
        if block < 3:
            name = f"transition{block + 1}"
            x = before(x, f"{name}.norm", channels)
            x = conv(b, x, f"{name}.conv", (channels, channels // 2), 1, normed=False, activation=None)
            x = b("AveragePool", x, kernel_shape=[2, 2], strides=[2, 2])
            channels //= 2
    return finish(b, before(x, "norm5", channels), channels, "densenet121")


TOKENS, WIDTH, HEADS = 16, 96, 6


def linear(b, x, name, inputs, outputs):
    x = b("MatMul", x, b.weight(inputs, outputs, name=f"{name}.weight"))
    return b("Add", x, b.weight(outputs, name=f"{name}.bias"))


def attention(b, x, causal):
    def split(name, order):
        y = linear(b, x, name, WIDTH, WIDTH)
        y = b("Reshape", y, b.ints(0, TOKENS, HEADS, WIDTH // HEADS))
        return b("Transpose", y, perm=order)

    q, k, v = split("q", [0, 2, 1, 3]), split("k", [0, 2, 3, 1]), split("v", [0, 2, 1, 3])
    y = b("Div", b("MatMul", q, k), b.constant(np.float32((WIDTH // HEADS) ** 0.5)))
    if causal:
        later = np.triu(np.full((TOKENS, TOKENS), -1e9, np.float32), 1)
        y = b("Add", y, b.constant(later, "mask"))
    y = b("MatMul", b("Softmax", y, axis=-1), v)
    y = b("Reshape", b("Transpose", y, perm=[0, 2, 1, 3]), b.ints(0, 0, WIDTH))
    return linear(b, y, "out", WIDTH, WIDTH)


def gelu(b, x, by_tanh):
    one, half = b.constant(np.float32(1)), b.constant(np.float32(0.5))
    if by_tanh:
        cube = b("Mul", b("Mul", b("Mul", x, x), x), b.constant(np.float32(0.044715)))
        y = b("Tanh", b("Mul", b("Add", x, cube), b.constant(np.float32(0.7978845608))))
    else:
        y = b("Erf", b("Div", x, b.constant(np.float32(2 ** 0.5))))
    return b("Mul", b("Mul", x, b("Add", y, one)), half)


def layer_norm(b, x, name):
    parameters = [b.weight(WIDTH, name=f"{name}.{part}") for part in ("weight", "bias")]
    return b("LayerNormalization", x, *parameters)


def feed_forward(b, x, by_tanh):
    x = gelu(b, linear(b, x, "up", WIDTH, 4 * WIDTH), by_tanh)
    return linear(b, x, "down", 4 * WIDTH, WIDTH)


def block(seed, name, make):
    b = Builder(17, seed)
    x = make(b, b.input("x", ["N", TOKENS, WIDTH]))
    b("Identity", x, named="y")
    b.output("y", ["N", TOKENS, WIDTH])
    return b.model(name)


def bert(size):
    """Normalised behind each sum."""
    def make(b, x):
        x = layer_norm(b, b("Add", attention(b, x, False), x), "norm1")
        return layer_norm(b, b("Add", feed_forward(b, x, False), x), "norm2")

    return block(3, "bert", make)


def gpt(size):
    """Normalised before each branch; no token sees a later one."""
    def make(b, x):
        x = b("Add", x, attention(b, layer_norm(b, x, "norm1"), True))
        return b("Add", x, feed_forward(b, layer_norm(b, x, "norm2"), True))

    return block(4, "gpt", make)


IMAGES = [resnet18, resnet50, mobilenet2, densenet121]
BLOCKS = [bert, gpt]
ALL = IMAGES + BLOCKS


if __name__ == "__main__":
    directory = pathlib.Path(sys.argv[1])
    directory.mkdir(parents=True, exist_ok=True)
    for make in ALL:
        onnx.save(make(int(sys.argv[2]) if len(sys.argv) > 2 else 224), directory / f"{make.__name__}.onnx")
