#!/usr/bin/env python3
"""check_inputs.py PARE BUNDLE: whatever is wrong with a file gives one clear sentence.

Every run must exit with the code asked for (a crash has a negative one), within LIMIT seconds,
with one line on standard error that names the file or the thing, and nothing on standard output.
"""
import json
import pathlib
import sys
import tempfile

import numpy as np

import recipes
from broken import Files
from pathological import HUGE, Pathological
from program import Tally, run, succeed, succeed_json

LIMIT = 5


def refuses(binary, arguments, *names, code=1):
    got, out, error = run(binary, *arguments, timeout=LIMIT)
    lines = error.splitlines()
    assert got >= 0, f"crashed with signal {-got}: {error[-200:]}"
    assert got in (code if isinstance(code, tuple) else (code,)), f"exit {got}: {error.strip()[:200]}"
    assert len(lines) == 1, f"{len(lines)} lines on standard error: {error[:300]!r}"
    assert not out, f"wrote to standard output: {out[:100]!r}"
    for name in names:
        assert str(name) in error, f"does not name {name}: {error.strip()}"
    return lines[0]


def inspects_unknown(binary, path):
    unsupported = succeed_json(binary, "inspect", path, "--json")["unsupported"]
    assert any("Frobnicate" in json.dumps(each) for each in unsupported), f"says {unsupported}"
    succeed(binary, "inspect", path)


def absent(path):
    assert not path.exists(), f"{path.name} was written"


def helps(binary, *arguments):
    assert "usage" in succeed(binary, *arguments, "--help", timeout=LIMIT).lower(), "no usage"


def models(files):
    yield "truncated model", files.truncated()
    yield "empty model", files.bytes("empty.onnx", b"")
    yield "text for a model", files.bytes("text.onnx", b"This is no model.\n" * 20)
    yield "lying length, 4 GB", files.lying(1 << 32, "lying4.onnx")
    yield "lying length, 2^63 - 1", files.lying((1 << 63) - 1, "lying63.onnx")
    yield "lying length, 2^64 - 1", files.lying((1 << 64) - 1, "lying64.onnx")
    yield "graphs in graphs", files.deep()
    yield "weight of 2^50 rows", files.huge_weight()
    yield "weight whose size overflows", files.overflowing_weight()
    yield "weight too short", files.short_weight()
    yield "model that is not there", files.directory / "missing.onnx"


def graphs(files):
    yield "input from nowhere", files.dangling(), "nowhere"
    yield "cycle", files.cycle(), "cycle.onnx"
    yield "layers that do not fit", files.mismatched(), "fc2"


def claims(made):
    """Models that claim more than there is, and the word that the refusal has."""
    for dims in ([HUGE], [HUGE, 4], [1 << 31, 1 << 31], [HUGE, 0], [-1], [1 << 40]):
        yield f"weight of {dims}", made.initializer(dims), "'w'"
    yield "constant of 2^62", made.constant(), "'value'"
    for length in (HUGE, (1 << 63) - 1, 1 << 70, -1, 17):
        yield f"outside, length {length}", made.external(length), "weights.bin" if 0 < length < 1 << 63 else "'w'"
    yield "outside, 2^62 elements", made.external_dims(), "'w'"
    for dims in ([HUGE], [1 << 31, 1 << 31], [1 << 33]):
        yield f"sparse weight of {dims}", made.sparse(dims), "'w'"
    for dims in ([HUGE], [1, HUGE], [HUGE, HUGE], [1, 1 << 31, 1 << 31]):
        yield f"input of {dims}", made.input(*dims), "'x'"
    yield "functions that double", made.doubling_functions(), "250000 nodes"
    yield "Ifs in Ifs", made.nested_if(), "nested"
    yield "Loops in Loops", made.nested_loop(), "nested"
    yield "Loops in Loops, 5", made.nested_loop(5), "nested"


def many(made):
    """Good models with very many nodes, and what comes of ones."""
    yield "chain", made.chain(), 1
    yield "chain, last node first", made.backwards(), 1
    yield "sum of 10000", made.wide("Sum"), 10_000
    yield "most of 10000", made.wide("Max"), 1
    yield "10000 side by side", made.wide("Concat", axis=1), 1
    yield "functions in functions", made.nested_functions(), 1
    yield "Ifs in Ifs, 20", made.nested_if(20), 1
    yield "Loops in Loops, 4", made.nested_loop(4), 1


def large(made):
    """Good models with very many layers."""
    yield "chain of layers", made.chain_of_layers()
    yield "residual layers", made.residual_layers()
    yield "layers side by side, added", made.wide_layers("Sum")
    yield "layers side by side, joined", made.wide_layers("Concat", axis=1)


def runs_right(binary, path, expected, fed):
    succeed(binary, "inspect", path, timeout=LIMIT * 2)
    arguments = fed(path)
    succeed(binary, *arguments, timeout=LIMIT * 2)
    got = np.load(arguments[-1] / "y.npy")
    assert (got == expected).all(), f"gives {got.ravel()[:4]} instead of {expected}"


def data(files):
    yield "missing data", files.directory / "missing.npz"
    yield "missing images", files.directory / "missing-images-idx3-ubyte.gz"
    yield "fewer labels than images", files.few_labels()
    yield "lying images", files.lying_images()
    yield "cut images", files.cut_images()
    yield "images of another kind", files.other_images()
    yield "images without labels", files.no_labels()
    yield "fewer y than x", files.samples("few.npz", labels=[0, 1, 2])
    yield "label too large", files.samples("large.npz", labels=[0] * 7 + [10])
    yield "negative label", files.samples("negative.npz", labels=[0] * 7 + [-1])
    yield "samples of another shape", files.samples("shape.npz", shape=(3, 32, 32))
    yield "labels of float", files.samples("float.npz", labels=[0.5] * 8)
    yield "no samples", files.samples("none.npz", count=0)
    yield "objects for x", files.npz("objects.npz", x=np.array([{}] * 2, object), y=np.zeros(2, int))
    yield "text for a npz", files.bytes("text.npz", b"This is no archive.\n")
    good = files.samples("good.npz").read_bytes()
    yield "cut npz", files.bytes("cut.npz", good[: len(good) // 2])


def bundles(files):
    good = {"pare": 1, "name": "b", "model": str(files.model.resolve()),
            "validation": {"images": str(files.images.resolve()), "labels": str(files.labels.resolve())}}
    yield "no manifest", files.directory / "empty", "empty"
    yield "manifest of no JSON", files.manifest("text", "{"), "pare.json"
    yield "manifest without a model", files.manifest("lacking", {"pare": 1}), "model"
    yield "manifest of a missing model", files.manifest("gone", good | {"model": "gone.onnx"}), "gone.onnx"
    yield "manifest of another version", files.manifest("version", good | {"pare": 99}), "99"
    yield "manifest of missing data", files.manifest(
        "dataless", good | {"validation": {"images": "gone-images", "labels": "gone-labels"}}), "gone-images"


def bad_recipes():
    rule = recipes.prune(["conv1"], 0.5)
    weights = recipes.weights(8)
    prune = lambda **change: {"pare": 1, "pruning": [rule | change]}
    quantize = lambda **change: {"pare": 1, "quantization": {"weights": [weights | change]}}
    yield "recipe of no JSON", "{", ()
    yield "recipe of another version", {"pare": 99}, ("99",)
    yield "unknown field", {"pare": 1, "prunning": []}, ("prunning",)
    yield "unknown field of a rule", prune(amuont=0.5), ("amuont",)
    yield "layer that matches nothing", prune(layers=["conv9"]), ("conv9",)
    yield "weights of a layer of none", quantize(layers=["fc9"]), ("fc9",)
    yield "amount 1.5", prune(amount=1.5), ("amount", "1.5")
    yield "amount -0.5", prune(amount=-0.5), ("amount", "-0.5")
    yield "amount of text", prune(amount="half"), ("amount",)
    yield "bits 1", quantize(bits=1), ("bits", "1")
    yield "bits 64", quantize(bits=64), ("bits", "64")
    yield "bits 4.5", quantize(bits=4.5), ("bits",)
    yield "unknown scheme", quantize(scheme="sideways"), ("sideways",)
    yield "unknown unit", prune(unit="neuron"), ("neuron",)
    yield "remove with weights", prune(remove=True), ("remove",)
    yield "axis out of range", prune(unit="channel", axis=7), ("axis", "7")


def usage(bundle):
    yield "unknown subcommand", ["frobnicate"], "frobnicate", (1, 2)
    yield "unknown flag", ["evaluate", bundle, "--frobnicate"], "--frobnicate", 2
    yield "no path", ["evaluate"], "", 2
    yield "option without its value", ["evaluate", bundle, "--limit"], "--limit", 2
    yield "limit of text", ["evaluate", bundle, "--limit", "many"], "many", 2
    yield "compress without a recipe", ["compress", bundle, "--output", "x.onnx"], "--recipe", 2
    yield "compress without an output", ["compress", bundle, "--recipe", "r.json"], "--output", 2
    yield "second path", ["inspect", bundle, "another"], "another", 2


def runs(files):
    good = files.directory / "good.npy"
    np.save(good, np.zeros((2, 1, 28, 28), np.float32))
    np.save(files.directory / "flat.npy", np.zeros((2, 784), np.float32))
    files.bytes("text.npy", b"no array")
    files.bytes("cut.npy", good.read_bytes()[:200])
    for name in ("flat", "text", "cut", "missing"):
        yield f"run on {name}.npy", f"input={files.directory / name}.npy", name if name != "flat" else "input"
    yield "run on an unknown input", f"frobnicate={good}", "frobnicate"


def main(binary, bundle, directory):
    files, tally = Files(directory, bundle), Tally()
    (directory / "empty").mkdir()
    check = lambda name, arguments, *words, code=1: tally.check(
        name, lambda: refuses(binary, arguments, *words, code=code))

    for name, path in models(files):
        check(name, ["inspect", path], path.name)
        check(f"{name}, evaluated", ["evaluate", path, "--data", bundle], path.name)
    for name, path, word in graphs(files):
        check(name, ["evaluate", path, "--data", bundle], word)
    unknown = files.unknown_operator()
    tally.check("unknown operator, inspected", inspects_unknown, binary, unknown)
    check("unknown operator", ["evaluate", unknown, "--data", bundle], "Frobnicate", "/relu1/Frobnicate")
    made, ones = Pathological(directory), directory / "ones.npy"
    np.save(ones, np.ones((1, 4), np.float32))
    fed = lambda path: ["run", path, "--input", f"x={ones}", "--output", directory / "fed"]
    for name, path, word in claims(made):
        check(name, ["inspect", path], word)
    for path, word in made.shapes():
        check(path.stem, fed(path), word)
    for trips in (HUGE, (1 << 63) - 1):
        check(f"Loop of {trips} rounds", fed(made.long_loop(trips)), "rounds")
        check(f"Loop of {trips} slices", fed(made.long_loop(trips, collect=True)), "rounds")
    for name, path, expected in many(made):
        tally.check(name, runs_right, binary, path, expected, fed)
    for name, path in large(made):
        tally.check(name, lambda: succeed(binary, "inspect", path, timeout=LIMIT * 2) and None)
        tally.check(f"{name}, on the screen", lambda: succeed(binary, path, "--dump-frame", "80x24") and None)
    for name, path in data(files):
        check(name, ["evaluate", files.model, "--data", path], path.name)
    check("no data", ["evaluate", files.model, "--task", "classification"], "--data", code=(1, 2))
    lacking = files.npz("lacking.npz", x=np.zeros((4, 1, 28, 28), np.float32))
    check("no y", ["evaluate", files.model, "--data", lacking, "--task", "classification"], lacking.name)
    for name, path, word in bundles(files):
        check(name, ["evaluate", path], word)

    output = directory / "out.onnx"
    for name, value, words in bad_recipes():
        recipe = files.json("recipe.json", value)
        for command in (["evaluate", bundle], ["compress", bundle, "--output", output]):
            check(f"{name}, {command[0]}", [*command, "--recipe", recipe], *words)
    tally.check("nothing written for any of them", absent, output)
    recipe = files.json("recipe.json", {"pare": 1})
    check("missing recipe", ["evaluate", bundle, "--recipe", directory / "missing.json"], "missing.json")
    check("output into a missing directory",
          ["compress", bundle, "--recipe", recipe, "--output", directory / "missing" / "o.onnx"], "missing")
    moves = files.json("moves.jsonl", '{"pare": 1}\n{"pare": 1, "prunning": []}\n')
    check("missing moves", ["replay", bundle, "--moves", directory / "missing.jsonl"], "missing.jsonl")
    tally.check("wrong second move", lambda: wrong_move(binary, bundle, moves))

    for name, given, word in runs(files):
        check(name, ["run", files.model, "--input", given, "--output", directory / "outputs"], word)
    check("run without its input", ["run", files.model, "--output", directory / "outputs"], "input")
    for name, arguments, word, code in usage(bundle):
        check(name, arguments, word, code=code)
    for command in ([], ["inspect"], ["run"], ["evaluate"], ["compress"], ["replay"]):
        tally.check(" ".join(["help", *command]), helps, binary, *command)
    tally.finish()


def wrong_move(binary, bundle, moves):
    """The first move may be answered; the second is named."""
    code, _, error = run(binary, "replay", bundle, "--moves", moves, "--json", timeout=60)
    assert code == 1, f"exit {code}"
    assert len(error.splitlines()) == 1 and "prunning" in error, f"says {error!r}"


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as made:
        main(sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(made))
