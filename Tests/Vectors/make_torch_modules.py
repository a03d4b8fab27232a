#!/usr/bin/env python3
"""Writes torch_modules.json: the sample as torch's FX graph mode quantizes it, by 128 of its images. Needs PyTorch.

Activations by `MinMaxObserver(reduce_range=True)`, the x86 default but for the histogram; weights by torch's
`default_per_channel_weight_observer`. `checksum` is the sum of a weight's integers, each times one more than its
index modulo 251.
"""
import gzip
import json
import warnings

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch.ao.quantization import QConfig, QConfigMapping
from torch.ao.quantization.observer import MinMaxObserver, default_per_channel_weight_observer
from torch.ao.quantization.quantize_fx import convert_fx, prepare_fx
from torch.nn import functional

from vectors import HERE, bits, write

BUNDLE = HERE.parents[1] / "SampleModels/lenet-fashion"
IMAGES = 128
# What each module writes, by its name in the ONNX file.
OUTPUTS = {"conv1": "relu1", "conv2": "relu2", "fc1": "relu3", "fc2": "logits"}


class LeNet(torch.nn.Module):
    def __init__(self, weights):
        super().__init__()
        for name in OUTPUTS:
            w, b = (torch.tensor(weights[f"{name}.{part}"]) for part in ("weight", "bias"))
            make = torch.nn.Conv2d(w.shape[1], w.shape[0], w.shape[2]) if w.dim() == 4 else torch.nn.Linear(*w.shape[::-1])
            make.weight.data, make.bias.data = w, b
            setattr(self, name, make)

    def forward(self, x):
        x = functional.max_pool2d(functional.relu(self.conv1(x)), 2)
        x = functional.max_pool2d(functional.relu(self.conv2(x)), 2)
        return self.fc2(functional.relu(self.fc1(torch.flatten(x, 1))))


def images():
    manifest = json.loads((BUNDLE / "pare.json").read_text())
    raw = gzip.decompress((BUNDLE / manifest["validation"]["images"]).read_bytes())
    x = np.frombuffer(raw, np.uint8, IMAGES * 784, 16).reshape(-1, 1, 28, 28).astype(np.float32)
    return torch.from_numpy(x * np.float32(manifest["preprocessing"]["scale"]))


def main():
    graph = onnx.load(BUNDLE / "lenet-fashion.onnx").graph
    model = LeNet({each.name: numpy_helper.to_array(each) for each in graph.initializer}).eval()
    activation = MinMaxObserver.with_args(reduce_range=True)
    config = QConfigMapping().set_global(QConfig(activation, default_per_channel_weight_observer))
    x = images()
    prepared = prepare_fx(model, config, (x,))
    with torch.no_grad():
        prepared(x)
    converted = convert_fx(prepared)

    def case(name, scale, zero, **more):
        return {"name": name, "input": {"images": IMAGES},
                "expected": {"scale_bits": bits(np.float32(scale)), "zero_point": int(zero), **more}}

    yield case("input", converted.conv1_input_scale_0, converted.conv1_input_zero_point_0)
    for name, output in OUTPUTS.items():
        module = getattr(converted, name)
        yield case(output, module.scale, module.zero_point)
        w = module.weight()
        q = w.int_repr().numpy().astype(np.int64).ravel()
        yield case(f"{name}.weight", w.q_per_channel_scales().numpy(), 0,
                   checksum=int((q * (np.arange(q.size) % 251 + 1)).sum()))


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    torch.set_num_threads(1)
    write("torch_modules.json", f"torch {torch.__version__.split('+')[0]}", main())
