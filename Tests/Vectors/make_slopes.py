#!/usr/bin/env python3
"""Writes slopes.json: gradients of single operators by torch.autograd in float32, where conventions decide: at corners, in
ties, at the ends of ranges, and in recurrent layers, whose gates ONNX has in another order. Needs PyTorch.

Each case is an ONNX node, by `op`, its attributes and its inputs (null where one is left out); `learning`
are the inputs that get gradients. The gradient of output `k` is `outputs[k]`'s `arriving`.
"""
import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from vectors import rounded, write

random = np.random.default_rng(5)


def numbers(*shape, scale=1.0):
    return rounded(random.normal(0, scale, shape), 2)


def array(values):
    values = np.asarray(values, np.float32)
    return {"shape": list(values.shape), "values": values}


def case(name, op, compute, inputs, learning, attributes=None):
    tensors = [None if x is None else torch.tensor(np.asarray(x, np.float32), requires_grad=i in learning)
               for i, x in enumerate(inputs)]
    results = compute(*tensors)
    results = results if isinstance(results, tuple) else (results,)
    arriving = [numbers(*each.shape) for each in results]
    torch.autograd.backward(results, [torch.tensor(each) for each in arriving])
    return {"name": name,
            "input": {"op": op, "attributes": attributes or {},
                      "inputs": [None if x is None else array(x) for x in inputs], "learning": learning},
            "expected": {"outputs": [{"arriving": array(a), "value": array(r.detach().numpy())}
                                     for a, r in zip(arriving, results)],
                         "gradients": [array(tensors[i].grad.numpy()) for i in learning]}}


def recurrent(op, directions, hidden, torch_order, module, attributes):
    """A layer whose parameters are cut out of ONNX's inside, so that gradients come back in ONNX's layout."""
    steps, samples, width = 5, 2, 3
    gates = len(torch_order)

    def rows(values):
        parts = values.split(hidden)
        return torch.cat([parts[each] for each in torch_order])

    def compute(x, w, r, b, _, h, c=None):
        layer = module(width, hidden, bidirectional=directions == 2)
        named = {}
        for d in range(directions):
            suffix = "_reverse" if d else ""
            named |= {f"weight_ih_l0{suffix}": rows(w[d]), f"weight_hh_l0{suffix}": rows(r[d]),
                      f"bias_ih_l0{suffix}": rows(b[d, : gates * hidden]),
                      f"bias_hh_l0{suffix}": rows(b[d, gates * hidden :])}
        state = h if c is None else (h, c)
        y, last = torch.func.functional_call(layer, named, (x, state))
        y = y.reshape(steps, samples, directions, hidden).transpose(1, 2)
        return (y, last) if c is None else (y, *last)

    inputs = [numbers(steps, samples, width), numbers(directions, gates * hidden, width, scale=0.5),
              numbers(directions, gates * hidden, hidden, scale=0.5), numbers(directions, 2 * gates * hidden), None,
              numbers(directions, samples, hidden)]
    if op == "LSTM":
        inputs.append(numbers(directions, samples, hidden))
    learning = [i for i, x in enumerate(inputs) if x is not None]
    attributes = attributes | {"hidden_size": hidden, "direction": "bidirectional" if directions == 2 else "forward"}
    return case(f"{op} in {directions}", op, compute, inputs, learning, attributes)


def main():
    corners = np.array([-6, -3, -1, -0.5, 0, 0, 0.5, 1, 3, 6, 7], np.float32)
    ties = np.array([[0, 0, 1, 1], [0, 0, 1, 0], [2, 3, -1, -2], [3, 3, -2, -1]], np.float32).reshape(1, 1, 4, 4)
    pool = {"kernel_shape": [2, 2], "strides": [2, 2]}
    overlapping = {"kernel_shape": [3, 3], "strides": [1, 1], "pads": [1, 1, 1, 1]}
    write("slopes.json", f"torch {torch.__version__}", [
        case("Relu at 0", "Relu", F.relu, [corners], [0]),
        case("LeakyRelu at 0", "LeakyRelu", lambda x: F.leaky_relu(x, 0.1), [corners], [0], {"alpha": 0.1}),
        case("relu6 at its ends", "Clip", lambda x, *_: F.relu6(x), [corners, 0, 6], [0]),
        case("HardSwish at its corners", "HardSwish", F.hardswish, [corners], [0]),
        case("HardSigmoid at its corners", "HardSigmoid", F.hardsigmoid, [corners], [0], {"alpha": 1 / 6, "beta": 0.5}),
        case("Max in a tie", "Max", torch.maximum, [corners, np.abs(corners)], [0, 1]),
        case("MaxPool in ties", "MaxPool", lambda x: F.max_pool2d(x, 2), [ties], [0], pool),
        case("MaxPool in overlapping ties", "MaxPool", lambda x: F.max_pool2d(x, 3, 1, 1), [ties], [0], overlapping),
        case("AveragePool beside its padding", "AveragePool",
             lambda x: F.avg_pool2d(x, 3, 1, 1, count_include_pad=False), [numbers(1, 2, 4, 5)], [0], overlapping),
        case("Softmax far apart", "Softmax", lambda x: F.softmax(x, -1), [numbers(3, 5, scale=30)], [0], {"axis": -1}),
        case("LogSoftmax far apart", "LogSoftmax", lambda x: F.log_softmax(x, -1), [numbers(3, 5, scale=30)], [0],
             {"axis": -1}),
        case("Gelu far out", "Gelu", F.gelu, [np.array([-20, -6, -3, 0, 3, 6, 20], np.float32)], [0]),
        recurrent("GRU", 1, 4, (1, 0, 2), nn.GRU, {"linear_before_reset": 1}),
        recurrent("GRU", 2, 4, (1, 0, 2), nn.GRU, {"linear_before_reset": 1}),
        recurrent("LSTM", 1, 4, (0, 2, 3, 1), nn.LSTM, {}),
        recurrent("LSTM", 2, 4, (0, 2, 3, 1), nn.LSTM, {}),
    ])


if __name__ == "__main__":
    main()
