#!/usr/bin/env python3
"""compare_scaling.py PARE [SIZE]: networks whose channels are scaled compute what they did.

The networks are those of make_networks.py, for images of SIZE x SIZE (64 unless told), exported equalised, smoothed, and
both. Behind the transformers' blocks comes a mean of all tokens, so that there are samples with labels for them.
"""
import json
import pathlib
import sys
import tempfile

import numpy as np
import onnx
from onnx import helper

import make_networks
import reference
from program import Tally, run, succeed

RECIPES = {
    "equalised": {"equalize": True}, "smoothed": {"smooth": 0.5}, "both": {"equalize": True, "smooth": 0.8}}
# What a BERT normalises goes to a sum too, and of a GPT only normalisations make what layers alone read.
TRANSFORMERS = {"bert", "gpt"}
UNCHANGED = {("bert", "smoothed")}


def classifier(model):
    """With logits [N, classes], where it has vectors of tokens."""
    graph = model.graph
    if len(graph.output[0].type.tensor_type.shape.dim) == 2:
        return model
    graph.node.append(helper.make_node("ReduceMean", [graph.output[0].name], ["logits"], axes=[1], keepdims=0))
    del graph.output[:]
    graph.output.append(helper.make_tensor_value_info("logits", onnx.TensorProto.FLOAT, ["N", None]))
    return model


def compare(binary, network, recipe, directory):
    x, output, arguments = prepare(network, recipe, directory)
    succeed(binary, *arguments)
    onnx.checker.check_model(str(output), full_check=True)
    before, after = ({each.name: each for each in onnx.load(path).graph.initializer}
                     for path in (network, output))
    changed = sum(before[name].SerializeToString() != each.SerializeToString() for name, each in after.items())
    expected, found = reference.logits(str(network), x), reference.logits(str(output), x)
    error = np.abs(found - expected).max() / np.abs(expected).max()
    assert error < 1e-4, f"outputs differ by {error:.1e}"
    return changed, f"{changed} constants scaled, outputs within {error:.1e}"


def prepare(network, recipe, directory):
    """Samples, and the arguments of the command with files that hold them and the recipe."""
    model = onnx.load(network)
    shape = [each.dim_value or 8 for each in model.graph.input[0].type.tensor_type.shape.dim]
    x = np.random.default_rng(1).normal(size=shape).astype(np.float32)
    data, file, output = (directory / name for name in ("data.npz", "recipe.json", "scaled.onnx"))
    np.savez(data, x=x, y=np.zeros(len(x), np.int64))
    file.write_text(json.dumps({"pare": 1, "quantization": recipe}))
    return x, output, ["compress", network, "--recipe", file, "--data", data, "--output", output]


def refuse(binary, network, recipe, directory):
    code, _, message = run(binary, *prepare(network, recipe, directory)[2])
    assert code == 1 and "no two layers of the model follow each other" in message, message
    return "refused: there is nothing to equalise"


def check(binary, network, name, recipe, directory):
    if network.stem in TRANSFORMERS and "equalize" in recipe:
        return refuse(binary, network, recipe, directory)
    changed, remark = compare(binary, network, recipe, directory)
    expected = (network.stem, name) not in UNCHANGED
    assert (changed > 0) == expected, remark
    return remark


def main(binary, size):
    tally = Tally()
    with tempfile.TemporaryDirectory() as directory:
        directory = pathlib.Path(directory)
        for make in make_networks.ALL:
            network = directory / f"{make.__name__}.onnx"
            onnx.save(classifier(make(size)), network)
            for name, recipe in RECIPES.items():
                tally.check(f"{make.__name__}, {name}", check, binary, network, name, recipe, directory)
    tally.finish()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 64)
