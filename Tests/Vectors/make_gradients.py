#!/usr/bin/env python3
"""Writes gradients.json: gradients of a distillation loss on each sample model, by torch.autograd. Needs PyTorch.

The networks are those of the samples' own train.py with the weights of their ONNX files, in float64 and without
dropout. Element `i` of a float input is `(7919 i + 13) mod 256 / 255`, a token `(31 i + 7 i i) mod 63`, a teacher's logit
`(48271 i + 11) mod 1000 / 250 - 2`. The loss is T² times the mean over samples (and tokens) of the divergence
KL(teacher || student), both softened by T = 4. Of each gradient, by the names and in the layouts of the ONNX file,
there are the norm, the largest magnitude and every `step`-th element; of a batch normalisation that trains, its running
statistics after one step too.
"""
import importlib.util

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch.nn import functional as F

from vectors import HERE, write

SAMPLES = HERE.parents[1] / "SampleModels"
TEMPERATURE = 4.0


def module(name):
    spec = importlib.util.spec_from_file_location(name.replace("-", "_"), SAMPLES / name / "train.py")
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    loaded.F.dropout = lambda x, *_: x
    return loaded


def constants(name):
    graph = onnx.load(SAMPLES / name / f"{name}.onnx").graph
    return {each.name: numpy_helper.to_array(each) for each in graph.initializer}


def gates(values, order=(1, 0, 2)):
    """A GRU's rows in another order of the gates; torch has reset, update, new, and ONNX update, reset, new."""
    return np.concatenate([np.split(values, 3)[each] for each in order])


class Twin:
    """A torch model, and how its parameters are those of the ONNX file."""

    def __init__(self, name, model, values):
        self.name, self.model, self.values = name, model.double(), values
        own = dict(self.model.named_parameters()) | dict(self.model.named_buffers())
        for key, value in values.items():
            if key in own:
                own[key].data = torch.tensor(value, dtype=torch.float64)

    def gradients(self):
        return {k: p.grad.numpy() for k, p in self.model.named_parameters() if k in self.values}

    def statistics(self):
        return {k: b.numpy() for k, b in self.model.named_buffers() if k in self.values}


class GPTTwin(Twin):
    def __init__(self, name, model, values):
        super().__init__(name, model, values)
        blocks = [f"blocks.{b}.{part}.weight" for b in range(3)
                  for part in ("attention.qkv", "attention.proj", "up", "down")]
        matrices = sorted(each for each in values if "MatMul" in each)
        self.transposed = dict(zip(matrices, blocks + ["head.weight"], strict=True))
        own = dict(self.model.named_parameters())
        for key, target in self.transposed.items():
            own[target].data = torch.tensor(values[key].T.copy(), dtype=torch.float64)

    def gradients(self):
        own = dict(self.model.named_parameters())
        return super().gradients() | {k: own[t].grad.numpy().T for k, t in self.transposed.items()}


class GRUTwin(Twin):
    def __init__(self, name, model, values):
        super().__init__(name, model, values)
        self.keys = sorted(each for each in values if "GRU" in each)
        weight, recurrent, bias = (values[each][0] for each in self.keys)
        gru = self.model.gru
        for parameter, value in ((gru.weight_ih_l0, weight), (gru.weight_hh_l0, recurrent),
                                 (gru.bias_ih_l0, bias[:192]), (gru.bias_hh_l0, bias[192:])):
            parameter.data = torch.tensor(gates(value), dtype=torch.float64)

    def gradients(self):
        gru = self.model.gru
        weight, recurrent, first, second = (
            gates(each.grad.numpy())
            for each in (gru.weight_ih_l0, gru.weight_hh_l0, gru.bias_ih_l0, gru.bias_hh_l0))
        parts = weight[None], recurrent[None], np.concatenate([first, second])[None]
        return super().gradients() | dict(zip(self.keys, parts))


def values_like(shape, kind):
    i = np.arange(np.prod(shape), dtype=np.int64)
    if kind == "token":
        return torch.tensor((31 * i + 7 * i * i) % 63).reshape(shape)
    numbers = ((7919 * i + 13) % 256).astype(np.float32) / np.float32(255)
    return torch.tensor(numbers.astype(np.float64)).reshape(shape)


def teacher(shape):
    i = np.arange(np.prod(shape), dtype=np.int64)
    return torch.tensor(((48271 * i + 11) % 1000) / 250 - 2).reshape(shape)


def selected(values):
    values = np.asarray(values, np.float64)
    step = max(values.size // 12, 1)
    return {"norm": float(f"{np.linalg.norm(values):.8g}"), "largest": float(f"{np.abs(values).max():.8g}"),
            "step": step, "values": [float(f"{each:.8g}") for each in values.ravel()[::step]]}


def case(twin, shape, kind, is_training):
    model = twin.model.train(is_training)
    logits = model(values_like(shape, kind))
    student = F.log_softmax(logits.flatten(0, -2) / TEMPERATURE, 1)
    wanted = F.softmax(teacher(logits.shape).flatten(0, -2) / TEMPERATURE, 1)
    loss = TEMPERATURE**2 * F.kl_div(student, wanted, reduction="batchmean")
    loss.backward()
    gradients = {k: selected(v) for k, v in sorted(twin.gradients().items())}
    statistics = {k: selected(v) for k, v in sorted(twin.statistics().items())} if is_training else {}
    return {"name": twin.name + (", training" if is_training else ""),
            "input": {"model": twin.name, "shape": list(shape), "kind": kind, "training": is_training},
            "expected": {"loss": float(f"{loss.item():.8g}"), "gradients": gradients, "statistics": statistics}}


def main():
    def make(name, kind, build):
        return lambda: kind(name, build(module(name)), constants(name))

    lenet = make("lenet-fashion", Twin, lambda m: m.LeNet())
    resnet = make("resnet-fashion", Twin, lambda m: m.Network())
    gpt = make("gpt-text", GPTTwin, lambda m: m.GPT(63))
    gru = make("gru-motion", GRUTwin, lambda m: m.Network(7))
    write("gradients.json", f"torch {torch.__version__}", [
        case(lenet(), (4, 1, 28, 28), "float", False),
        case(resnet(), (4, 1, 28, 28), "float", False),
        case(resnet(), (4, 1, 28, 28), "float", True),
        case(gpt(), (2, 20), "token", False),
        case(gru(), (4, 6, 100), "float", False),
    ])


if __name__ == "__main__":
    main()
