#!/usr/bin/env python3
"""compare_removal.py PARE [SIZE]: networks without half of their channels compute what they should.

The networks are those of make_networks.py, for images of SIZE x SIZE (64 unless told). From every
layer that can lose them, channels are removed; the file must pass onnx.checker and run in ONNX Runtime,
with the outputs of the whole network in which the removed channels are zero. Which ones these are
is found from the file: what is left of a normalisation's parameters, beside all of them. Every
channel of these networks passes a normalisation before it is read, so to set its scale and shift
to zero there is to set the channel to zero. In the transformer blocks, which lose heads of the
attention and hidden units, it is a dense layer's columns and biases.

In the transformer blocks heads of the attention are then set to zero by the program itself, which must
be what the network computes without them.

At the end ResNet-18's figures beside those of Torch-Pruning, which counts no running statistics.
"""
import json
import pathlib
import sys
import tempfile

import numpy as np
import onnx
from onnx import numpy_helper

import make_networks
import reference
from program import Tally, succeed, succeed_json

# Torch-Pruning at a ratio of 0.5: parameters, and multiply-accumulates with biases.
TORCH_PRUNING = 3.056e6, 0.487e9
RULES = {
    "half": {"amount": 0.5},
    "a third to eights": {"amount": 0.3, "round_to": 8},
    "global": {"amount": 0.1, "scope": "global", "round_to": 4},
}

HEADS = {
    "half of the heads": {"layers": ["q"], "amount": 0.5},
    "heads by chance": {"layers": ["k", "v"], "amount": 4, "criterion": "random", "seed": 5},
}


def constants(model):
    return {each.name: numpy_helper.to_array(each) for each in model.graph.initializer}


def removed(before, after):
    """Positions of `before` that are left out in `after`, which is in the same order."""
    gone, at = [], 0
    for position, value in enumerate(before):
        if at < len(after) and after[at] == value:
            at += 1
        else:
            gone.append(position)
    assert at == len(after), "what is left is no part of what there was"
    return gone


def masked(model, after):
    """`model` with zeros where `after` has lost channels, and how many these are."""
    result, before, after, count = onnx.ModelProto(), constants(model), constants(after), 0
    result.CopyFrom(model)
    zeroed = {}
    for node in model.graph.node:
        if node.op_type != "BatchNormalization":
            continue
        losses = [removed(before[name], after[name]) for name in node.input[1:5]]
        assert all(each == losses[0] for each in losses), f"{node.name} lost {losses}"
        count += len(losses[0])
        for name in node.input[1:3]:
            zeroed[name] = before[name].copy()
            zeroed[name][losses[0]] = 0
    for name in before:
        weight = name.removesuffix(".bias") + ".weight"
        if name.endswith(".bias") and weight in before and before[weight].ndim == 2 and weight != "fc.weight":
            losses = removed(before[name], after[name])
            count += len(losses)
            zeroed[name], zeroed[weight] = before[name].copy(), before[weight].copy()
            zeroed[name][losses] = 0
            zeroed[weight][:, losses] = 0
    for each in result.graph.initializer:
        if each.name in zeroed:
            each.CopyFrom(numpy_helper.from_array(zeroed[each.name], each.name))
    return result, count


def compress(binary, network, rule, directory):
    """The file that a rule makes of a network: by default one that removes channels wherever that can be."""
    layers = [each["name"] for each in succeed_json(binary, "inspect", network, "--json")["layers"]]
    # What a residual stream of a transformer is made of goes on to its normalisation or output.
    layers = [each for each in layers if each not in ("fc", "out", "down")]
    rule = {"layers": layers, "unit": "channel", "remove": True, **rule}
    if "criterion" not in rule:
        rule["norm"] = 2
    file, output = directory / "recipe.json", directory / "compressed.onnx"
    file.write_text(json.dumps({"pare": 1, "pruning": [rule]}))
    succeed(binary, "compress", network, "--recipe", file, "--output", output)
    onnx.checker.check_model(str(output), full_check=True)
    return output


def compare(binary, network, rule):
    model = onnx.load(network)
    shape = [each.dim_value or 2 for each in model.graph.input[0].type.tensor_type.shape.dim]
    with tempfile.TemporaryDirectory() as directory:
        output = compress(binary, network, rule, pathlib.Path(directory))
        small = onnx.load(output)
        whole, count = masked(model, small)
        x = np.random.default_rng(1).normal(size=shape).astype(np.float32)
        expected = reference.logits(whole.SerializeToString(), x)
        found = reference.logits(output, x)
    multiple = rule.get("round_to", 1)
    for name, weight in constants(small).items():
        if weight.ndim == 4:
            assert weight.shape[0] % multiple == 0, f"{name} is {weight.shape}"
    scale = np.abs(expected).max()
    error = np.abs(found - expected).max() / scale
    assert count > 0 and error < 1e-5, f"{count} channels removed, outputs differ by {error:.1e}"
    return f"{count} channels removed, outputs within {error:.1e}"


def compare_heads(binary, network, rule):
    x = np.random.default_rng(2).normal(size=(2, make_networks.TOKENS, make_networks.WIDTH))
    found, parameters = [], []
    for remove in (False, True):
        with tempfile.TemporaryDirectory() as directory:
            output = compress(
                binary, network, {"unit": "head", "remove": remove, **rule}, pathlib.Path(directory))
            found.append(reference.logits(output, x.astype(np.float32)))
            parameters.append(sum(each.size for each in constants(onnx.load(output)).values()))
    whole = reference.logits(network, x.astype(np.float32))
    scale = np.abs(whole).max()
    error, change = (np.abs(found[0] - each).max() / scale for each in (found[1], whole))
    assert parameters[1] < parameters[0] and change > 1e-3, "no head went"
    assert error < 1e-5, f"outputs with silent heads and without them differ by {error:.1e}"
    return f"{parameters[0] - parameters[1]} parameters removed, outputs within {error:.1e}"


def figures(binary, directory):
    network = directory / "resnet18.onnx"
    onnx.save(make_networks.resnet18(224), network)
    output = compress(binary, network, RULES["half"], directory)
    before, after = (succeed_json(binary, "inspect", each, "--json") for each in (network, output))
    parameters, old = (
        sum(each.size for name, each in constants(onnx.load(file)).items()
            if not name.endswith((".mean", ".var"))) for file in (output, network))
    assert round(parameters / 1e6, 3) == TORCH_PRUNING[0] / 1e6, f"{parameters} parameters"
    assert abs(after["macs"] / TORCH_PRUNING[1] - 1) < 0.01, f"{after['macs']} MACs"
    return (
        f"{old / 1e6:.3f} M to {parameters / 1e6:.3f} M parameters (Torch-Pruning: 3.056 M),"
        f" {before['macs'] / 1e9:.3f} G to {after['macs'] / 1e9:.3f} G MACs (with biases: 0.487 G)")


def main(binary, size):
    tally = Tally()
    with tempfile.TemporaryDirectory() as directory:
        directory = pathlib.Path(directory)
        for make in make_networks.ALL:
            network = directory / f"{make.__name__}.onnx"
            onnx.save(make(size), network)
            for name, rule in RULES.items():
                tally.check(f"{make.__name__}, {name}", compare, binary, network, rule)
        for make in make_networks.BLOCKS:
            for name, rule in HEADS.items():
                network = directory / f"{make.__name__}.onnx"
                tally.check(f"{make.__name__}, {name}", compare_heads, binary, network, rule)
        tally.check("resnet18, figures", figures, binary, directory)
    tally.finish()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 64)
