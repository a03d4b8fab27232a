#!/usr/bin/env python3
"""Trains the sample's network on Fashion-MNIST and writes it as ONNX.

Never needed to use Pare. It takes PyTorch (CPU), NumPy, onnx and onnxruntime, and
Debian's package dataset-fashion-mnist:

    python3 train.py [--epochs 14] [--seed 0] [--threads 2] [--data DIR]

The 60,000 training images alone are trained on. The 10,000 test images are looked at
once, at the end, and choose nothing.
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


def read_idx(path):
    """A gzipped IDX file of unsigned bytes, with the shape its header gives."""
    with gzip.open(path) as file:
        data = file.read()
    rank = data[3]
    shape = np.frombuffer(data, ">u4", rank, 4)
    return np.frombuffer(data, np.uint8, offset=4 + 4 * rank).reshape(shape)


def read_set(directory, name):
    """Images as float32 [N, 1, 28, 28] in 0..1, and labels as int64 [N]."""
    images = read_idx(directory / f"{name}-images-idx3-ubyte.gz")
    labels = read_idx(directory / f"{name}-labels-idx1-ubyte.gz")
    return images[:, None].astype(np.float32) * SCALE, labels.astype(np.int64)


class LeNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 20, 5)
        self.conv2 = nn.Conv2d(20, 50, 5)
        self.fc1 = nn.Linear(800, 500)
        self.fc2 = nn.Linear(500, 10)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        x = F.relu(self.fc1(x.flatten(1)))
        # Dropout is a matter of training: it is not in the exported file.
        return self.fc2(F.dropout(x, 0.4, self.training))


def train(model, images, labels, epochs, batch=128):
    steps = (len(images) + batch - 1) // batch
    optimizer = torch.optim.AdamW(model.parameters(), lr=2e-3, weight_decay=1e-2)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, epochs * steps)
    for epoch in range(epochs):
        start, total = time.perf_counter(), 0.0
        model.train()
        order = torch.randperm(len(images))
        for step in range(steps):
            chosen = order[step * batch : (step + 1) * batch]
            x, y = images[chosen], labels[chosen]
            flip = torch.rand(len(x)) < 0.5
            x = torch.where(flip[:, None, None, None], x.flip(3), x)
            loss = F.cross_entropy(model(x), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            total += loss.item()
        seconds = time.perf_counter() - start
        print(f"epoch {epoch + 1:2}  loss {total / steps:.4f}  {seconds:.1f} s", flush=True)


def to_onnx(model):
    """The network as ONNX, one node an operation, named as PyTorch's modules are."""
    def node(operator, name, inputs, output, **attributes):
        return helper.make_node(operator, inputs, [output], name=name, **attributes)

    def layer(operator, name, x, y, **attributes):
        inputs = [x, f"{name}.weight", f"{name}.bias"]
        return node(operator, f"/{name}/{operator}", inputs, y, **attributes)

    window = dict(kernel_shape=[5, 5], strides=[1, 1], pads=[0, 0, 0, 0], dilations=[1, 1], group=1)
    pool = dict(kernel_shape=[2, 2], strides=[2, 2])
    nodes = [
        layer("Conv", "conv1", "input", "conv1", **window),
        node("Relu", "/relu1/Relu", ["conv1"], "relu1"),
        node("MaxPool", "/pool1/MaxPool", ["relu1"], "pool1", **pool),
        layer("Conv", "conv2", "pool1", "conv2", **window),
        node("Relu", "/relu2/Relu", ["conv2"], "relu2"),
        node("MaxPool", "/pool2/MaxPool", ["relu2"], "pool2", **pool),
        node("Flatten", "/flatten/Flatten", ["pool2"], "flatten", axis=1),
        layer("Gemm", "fc1", "flatten", "fc1", transB=1),
        node("Relu", "/relu3/Relu", ["fc1"], "relu3"),
        layer("Gemm", "fc2", "relu3", "logits", transB=1),
    ]
    graph = helper.make_graph(
        nodes,
        "lenet-fashion",
        [helper.make_tensor_value_info("input", TensorProto.FLOAT, ["N", 1, 28, 28])],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["N", 10])],
        [numpy_helper.from_array(t.numpy(), name) for name, t in model.state_dict().items()],
    )
    opset = helper.make_opsetid("", 17)
    file = helper.make_model(graph, opset_imports=[opset], ir_version=8, producer_name="train.py")
    onnx.checker.check_model(file, full_check=True)
    return file


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--epochs", type=int, default=14)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--data", type=pathlib.Path, default="/usr/share/datasets/fashion-mnist")
    arguments = parser.parse_args()

    torch.manual_seed(arguments.seed)
    torch.set_num_threads(arguments.threads)
    model = LeNet()
    images, labels = read_set(arguments.data, "train")
    train(model, torch.from_numpy(images), torch.from_numpy(labels), arguments.epochs)

    path = HERE / "lenet-fashion.onnx"
    onnx.save(to_onnx(model), path)
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    images, labels = read_set(arguments.data, "t10k")
    batches = [session.run(None, {"input": x})[0] for x in np.split(images, 100)]
    correct = int((np.concatenate(batches).argmax(1) == labels).sum())
    print(f"{path.name}: {correct} of {len(labels)} right, by ONNX Runtime")


if __name__ == "__main__":
    main()
