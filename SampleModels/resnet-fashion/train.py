#!/usr/bin/env python3
"""Trains a small residual network on Fashion-MNIST and writes it as ONNX.

Never needed to use Pare. It takes PyTorch (CPU), NumPy, onnx and onnxruntime, and
Debian's package dataset-fashion-mnist:

    python3 train.py [--epochs 12] [--seed 0] [--threads 1] [--data DIR]

The 60,000 training images alone are trained on. The test images are looked at once, at
the end, and choose nothing. The first 500 of each class, in the file's order, go into
the bundle.
"""
import argparse
import gzip
import pathlib
import time

import numpy as np
import onnx
import onnxruntime
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import nn
from torch.nn import functional as F

HERE = pathlib.Path(__file__).resolve().parent
SCALE = np.float32(1 / 255)
OF_EACH_CLASS = 500


def read_idx(path):
    """A gzipped IDX file of unsigned bytes, with the shape its header gives."""
    with gzip.open(path) as file:
        data = file.read()
    rank = data[3]
    shape = np.frombuffer(data, ">u4", rank, 4)
    return np.frombuffer(data, np.uint8, offset=4 + 4 * rank).reshape(shape)


def write_idx(path, values):
    """The same way back; no time in the header, so that the same bytes come each time."""
    header = bytes([0, 0, 8, values.ndim]) + np.array(values.shape, ">u4").tobytes()
    path.write_bytes(gzip.compress(header + values.tobytes(), 9, mtime=0))


def read_set(directory, name):
    """Images and labels, as bytes."""
    return (read_idx(directory / f"{name}-images-idx3-ubyte.gz"),
            read_idx(directory / f"{name}-labels-idx1-ubyte.gz"))


def as_input(images):
    """float32 [N, 1, 28, 28] in 0..1, by a product, as Pare has it."""
    return images[:, None].astype(np.float32) * SCALE


def balanced(labels):
    """The places of the first images of each class, in the file's order."""
    return np.sort(np.concatenate([np.flatnonzero(labels == c)[:OF_EACH_CLASS] for c in range(10)]))


class Unit(nn.Module):
    """A convolution without bias, its batch normalisation, and what follows them."""

    def __init__(self, inputs, outputs, size=1, stride=1, groups=1, activation=None):
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, size, stride, size // 2, groups=groups, bias=False)
        self.norm = nn.BatchNorm2d(outputs)
        self.activation = activation

    def forward(self, x):
        x = self.norm(self.conv(x))
        return self.activation(x) if self.activation else x


class Block(nn.Module):
    """Wider, a depthwise 3x3, narrower again; added to its input where the shapes agree."""

    def __init__(self, inputs, wide, outputs, stride, activation):
        super().__init__()
        self.expand = Unit(inputs, wide, activation=activation)
        self.depthwise = Unit(wide, wide, 3, stride, wide, activation)
        self.project = Unit(wide, outputs)
        self.adds = stride == 1 and inputs == outputs

    def forward(self, x):
        y = self.project(self.depthwise(self.expand(x)))
        return x + y if self.adds else y


class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = Unit(1, 16, 3, activation=F.relu6)
        self.down = Unit(16, 16, 3, 2, 16, F.relu6)
        self.mix = Unit(16, 32)
        self.block1 = Block(32, 64, 32, 1, F.relu6)
        self.block2 = Block(32, 96, 64, 2, F.hardswish)
        self.block3 = Block(64, 160, 64, 1, F.hardswish)
        self.block4 = Block(64, 160, 64, 1, F.hardswish)
        self.head = Unit(64, 128, activation=F.hardswish)
        self.fc = nn.Linear(128, 10)

    def forward(self, x):
        x = self.mix(self.down(self.stem(x)))
        x = self.block4(self.block3(self.block2(self.block1(x))))
        x = self.head(x).mean((2, 3))
        # Dropout is a matter of training: it is not in the exported file.
        return self.fc(F.dropout(x, 0.2, self.training))


def moved(x):
    """Half of the images mirrored, and all moved by up to two pixels."""
    flip = torch.rand(len(x)) < 0.5
    x = torch.where(flip[:, None, None, None], x.flip(3), x)
    row, column = torch.randint(0, 5, (2,)).tolist()
    return F.pad(x, (2, 2, 2, 2))[:, :, row : row + 28, column : column + 28]


def train(model, images, labels, epochs, batch=96):
    steps = len(images) // batch
    optimizer = torch.optim.AdamW(model.parameters(), lr=4e-3, weight_decay=2e-2)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 6e-3, epochs * steps, pct_start=0.2)
    model.to(memory_format=torch.channels_last)
    for epoch in range(epochs):
        start, total = time.perf_counter(), 0.0
        model.train()
        order = torch.randperm(len(images))
        for step in range(steps):
            chosen = order[step * batch : (step + 1) * batch]
            x = moved(images[chosen]).contiguous(memory_format=torch.channels_last)
            loss = F.cross_entropy(model(x), labels[chosen], label_smoothing=0.05)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            total += loss.item()
        seconds = time.perf_counter() - start
        print(f"epoch {epoch + 1:2}  loss {total / steps:.4f}  {seconds:.1f} s", flush=True)
    model.to(memory_format=torch.contiguous_format)


class Writer:
    """The network as ONNX nodes, one an operation, named as PyTorch's modules are.

    Written by hand, since an exporter takes batch normalisation into the convolutions."""

    def __init__(self):
        self.nodes = []
        self.constants = {"relu6.min": np.float32(0), "relu6.max": np.float32(6)}

    def node(self, operator, name, inputs, output=None, **attributes):
        output = output or name
        path = f"/{name.replace('.', '/')}/{operator}"
        self.nodes.append(helper.make_node(operator, inputs, [output], name=path, **attributes))
        return output

    def unit(self, name, module, x):
        conv, pads = module.conv, module.conv.padding[0]
        x = self.node("Conv", f"{name}.conv", [x, f"{name}.conv.weight"],
                      kernel_shape=list(conv.kernel_size), strides=list(conv.stride), pads=[pads] * 4,
                      dilations=[1, 1], group=conv.groups)
        parameters = [f"{name}.norm.{each}" for each in ("weight", "bias", "running_mean", "running_var")]
        x = self.node("BatchNormalization", f"{name}.norm", [x, *parameters], epsilon=module.norm.eps)
        if module.activation is F.relu6:
            return self.node("Clip", f"{name}.relu6", [x, "relu6.min", "relu6.max"])
        return self.node("HardSwish", f"{name}.hardswish", [x]) if module.activation else x

    def block(self, name, module, x):
        y = x
        for part in ("expand", "depthwise", "project"):
            y = self.unit(f"{name}.{part}", getattr(module, part), y)
        return self.node("Add", f"{name}.add", [x, y]) if module.adds else y


def to_onnx(model):
    writer, x = Writer(), "input"
    for name, module in model.named_children():
        if isinstance(module, Unit):
            x = writer.unit(name, module, x)
        elif isinstance(module, Block):
            x = writer.block(name, module, x)
    x = writer.node("GlobalAveragePool", "pool", [x])
    x = writer.node("Flatten", "flatten", [x], axis=1)
    writer.node("Gemm", "fc", [x, "fc.weight", "fc.bias"], "logits", transB=1)
    # The count of batches seen is of no use to a finished network.
    constants = {name: t.numpy() for name, t in model.state_dict().items() if "num_batches" not in name}
    graph = helper.make_graph(
        writer.nodes,
        "resnet-fashion",
        [helper.make_tensor_value_info("input", TensorProto.FLOAT, ["N", 1, 28, 28])],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["N", 10])],
        [numpy_helper.from_array(value, name) for name, value in (constants | writer.constants).items()],
    )
    opset = helper.make_opsetid("", 17)
    file = helper.make_model(graph, opset_imports=[opset], ir_version=8, producer_name="train.py")
    onnx.checker.check_model(file, full_check=True)
    return file


def correct(session, images, labels):
    """How many of the images ONNX Runtime finds right."""
    batches = [session.run(None, {"input": as_input(x)})[0] for x in np.array_split(images, 50)]
    return int((np.concatenate(batches).argmax(1) == labels).sum())


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--epochs", type=int, default=12)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--data", type=pathlib.Path, default="/usr/share/datasets/fashion-mnist")
    arguments = parser.parse_args()

    torch.manual_seed(arguments.seed)
    torch.set_num_threads(arguments.threads)
    model = Network()
    print(f"{sum(p.numel() for p in model.parameters()):,} parameters")
    images, labels = read_set(arguments.data, "train")
    train(model, torch.from_numpy(as_input(images)), torch.from_numpy(labels.astype(np.int64)), arguments.epochs)

    path = HERE / "resnet-fashion.onnx"
    onnx.save(to_onnx(model.eval()), path)
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    images, labels = read_set(arguments.data, "t10k")
    chosen = balanced(labels)
    write_idx(HERE / "validation-images-idx3-ubyte.gz", images[chosen])
    write_idx(HERE / "validation-labels-idx1-ubyte.gz", labels[chosen])
    print(f"{path.name}, by ONNX Runtime:")
    print(f"  {correct(session, images[chosen], labels[chosen])} of the bundle's {len(chosen)} right")
    print(f"  {correct(session, images, labels)} of all {len(labels)} test images right")


if __name__ == "__main__":
    main()
