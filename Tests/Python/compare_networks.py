#!/usr/bin/env python3
"""compare_networks.py PARE [NAME...]: networks that others trained, against ONNX Runtime.

Each runs by ONNX Runtime, unoptimised, and by `pare run`, on seeded inputs of several sizes. An
output may be off by 1e-4 of its own largest magnitude; whole numbers and truths may not be off.
`pare inspect` must list every node that multiplies by constant weights, under names of its own;
it may list those too whose weights other nodes make of constants.
"""
import collections
import json
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
import onnx

import real_networks
import reference
from compare_run import file_name
from program import Tally, run, succeed, succeed_json

TOLERANCE = 1e-4

# Where a node has weights: the places of its inputs.
WEIGHTS = {
    "Conv": (1,), "ConvTranspose": (1,), "Gemm": (0, 1), "MatMul": (0, 1),
    "RNN": (1, 2), "GRU": (1, 2), "LSTM": (1, 2),
}


def constants(graph, known, folding):
    """The names of a graph's constants of two and more axes, and of those that it knows from outside.

    With `folding`, also of what nodes make of constants alone, whatever its axes."""
    named = set(known) | {each.name for each in graph.initializer if folding or len(each.dims) >= 2}
    for node in graph.node:
        values = [each.t for each in node.attribute if node.op_type == "Constant" and each.name == "value"]
        if any(folding or len(each.dims) >= 2 for each in values):
            named.update(node.output)
        elif (folding or node.op_type == "Identity") and node.op_type != "Constant":
            given = [each for each in node.input if each]
            if given and named.issuperset(given):
                named.update(node.output)
    return named


def subgraphs(node):
    for attribute in node.attribute:
        if attribute.type == onnx.AttributeProto.GRAPH:
            yield attribute.g
        yield from attribute.graphs


def layers(graph, folding, known=frozenset()):
    """How many constant weights the nodes of each operator have, in all branches and bodies."""
    known, found = constants(graph, known, folding), collections.Counter()
    for node in graph.node:
        for place in WEIGHTS.get(node.op_type, ()):
            if place < len(node.input) and node.input[place] in known:
                found[node.op_type] += 1
        for inner in subgraphs(node):
            found += layers(inner, folding, known)
    return found


def compare_case(binary, model, feeds, directory):
    """How far off the worst output is, as a part of its largest magnitude."""
    options = []
    for name, value in feeds.items():
        file = directory / f"in.{file_name(name)}.npy"
        np.save(file, value)
        options += ["--input", f"{name}={file}"]
    succeed(binary, "run", model, *options, "--output", directory)
    worst = 0.0
    for name, value in reference.outputs(model, feeds).items():
        got = np.load(directory / f"{file_name(name)}.npy")
        same = got.shape == value.shape and got.dtype == value.dtype
        assert same, f"{name} is {got.dtype}{list(got.shape)}, not {value.dtype}{list(value.shape)}"
        if value.dtype.kind != "f":
            assert (got == value).all(), f"{name} differs in {(got != value).sum()} of {value.size} places"
            continue
        finite = np.isfinite(value)
        alike = np.array_equal(got[~finite], value[~finite], equal_nan=True)
        assert alike and np.isfinite(got[finite]).all(), f"{name} is not finite elsewhere"
        gap = np.abs(got[finite].astype(np.float64) - value[finite]).max(initial=0)
        # Runtime's own Sigmoid is off by 1e-7 near zero, so a tiny output is compared with 0.001.
        off = gap / max(np.abs(value[finite]).max(initial=0), 1e-3)
        assert off <= TOLERANCE, f"{name} {list(value.shape)} is off by {off:.1e} of its largest magnitude"
        worst = max(worst, off)
    return worst


def missing(binary, model):
    """What Pare says it does not know of the model's operators, for a message."""
    code, out, _ = run(binary, "inspect", "--json", model)
    names = json.loads(out)["unsupported"] if code == 0 else []
    return f"does not know {names[0]}; " if names else ""


def compare_outputs(binary, network, directory):
    model, worst = real_networks.unpack(network, directory), 0.0
    for index, case in enumerate(network.cases):
        feeds = real_networks.feeds(case, index)
        with tempfile.TemporaryDirectory() as arrays:
            try:
                worst = max(worst, compare_case(binary, model, feeds, pathlib.Path(arrays)))
            except (AssertionError, OSError, subprocess.TimeoutExpired) as error:
                raise AssertionError(f"{missing(binary, model)}case {index + 1}: {error}") from error
    return f"{len(network.cases)} cases, off by {worst:.1e} of the largest at most"


def compare_layers(binary, network, directory):
    model = real_networks.unpack(network, directory)
    listed = succeed_json(binary, "inspect", "--json", model)["layers"]
    names = [each["name"] for each in listed]
    twice = [name for name, count in collections.Counter(names).items() if count > 1]
    assert not twice, f"{len(twice)} names stand for several layers, as {twice[0]}"
    graph = onnx.load(model).graph
    least, most = layers(graph, folding=False), layers(graph, folding=True)
    got = collections.Counter(each["operator"] for each in listed if each["operator"] in WEIGHTS)
    assert least <= got <= most, f"lists {dict(got)}, not {dict(least)} (folded {dict(most)})"
    return f"{sum(got.values())} layers"


RECIPE = {
    "pare": 1,
    "pruning": [{"layers": ["*"], "scope": "layer", "unit": "weight", "norm": 1, "amount": 0.3}],
    "quantization": {
        "weights": [{"layers": ["*"], "bits": 8, "scheme": "symmetric", "granularity": "tensor"}]},
}


def compare_compressed(binary, network, directory):
    """All layers pruned and in 8 bits: the exported model gives in ONNX Runtime what Pare says it gives."""
    model = real_networks.unpack(network, directory)
    with tempfile.TemporaryDirectory() as place:
        place = pathlib.Path(place)
        recipe, small = place / "recipe.json", place / "small.onnx"
        recipe.write_text(json.dumps(RECIPE))
        succeed(binary, "compress", model, "--recipe", recipe, "--output", small)
        listed = succeed_json(binary, "inspect", "--json", small)["layers"]
        before = succeed_json(binary, "inspect", "--json", model)["layers"]
        assert len(listed) == len(before), f"has {len(listed)} layers, not {len(before)}"
        worst = compare_case(binary, small, real_networks.feeds(network.cases[0], 0), place)
    return f"off by {worst:.1e} of the largest at most"


def main(binary, wanted):
    tally = Tally()
    with tempfile.TemporaryDirectory() as directory:
        for network in real_networks.NETWORKS:
            if wanted and network.name not in wanted:
                continue
            tally.check(f"run {network.name}", compare_outputs, binary, network, directory)
            tally.check(f"layers {network.name}", compare_layers, binary, network, directory)
            tally.check(f"compress {network.name}", compare_compressed, binary, network, directory)
    tally.finish()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
