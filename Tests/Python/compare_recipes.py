#!/usr/bin/env python3
"""compare_recipes.py PARE BUNDLE: what `pare evaluate` finds is what the exported file does.

For recipes of different kinds the exported ONNX file, run in ONNX Runtime, must predict what
pare predicted, sample for sample. A sample may differ only where ONNX Runtime's two largest
logits are a tie, a difference of at most TIE of the sample's range: sums in another order round
otherwise. Where activations are quantized such a rounding can also move an activation by a whole
step (PyTorch and ONNX Runtime: in 22 of 10,000 samples, and the logits by up to 0.8 % of their
range), so there up to STEPS samples more may differ, where STEP of the range decides. Both are
counted and printed.
"""
import json
import pathlib
import sys
import tempfile

import numpy as np
import onnx

import recipes
import reference
from program import Tally, succeed, succeed_json

TIE, STEP, STEPS = 1e-4, 1e-2, 2
FIELDS = (
    "samples correct accuracy interval loss seconds size_bytes parameters nonzero_parameters macs"
    " effective_macs").split()


def margins(logits):
    """The gap between the two largest logits, over the range of all, sample for sample."""
    ordered = np.sort(logits.astype(np.float64), axis=1)
    spread = ordered[:, -1] - ordered[:, 0]
    return (ordered[:, -1] - ordered[:, -2]) / np.where(spread > 0, spread, 1)


def compare(binary, bundle, recipe, x, y, directory):
    file, output, dump = (directory / name for name in ("recipe.json", "out.onnx", "predictions.npy"))
    file.write_text(json.dumps(recipe))
    result = succeed_json(
        binary, "evaluate", bundle, "--recipe", file, "--json", "--predictions", dump)
    missing = [field for field in FIELDS if field not in result]
    assert not missing, f"evaluate --json lacks {', '.join(missing)}"
    found = np.load(dump)
    assert found.shape == y.shape and found.dtype == np.int64, f"{found.dtype}{found.shape} predicted"
    assert result["samples"] == len(y) and result["correct"] == int((found == y).sum()), (
        f"counts {result['correct']} of {result['samples']}, predicted {int((found == y).sum())}")

    succeed(binary, "compress", bundle, "--recipe", file, "--output", output)
    onnx.checker.check_model(str(output), full_check=True)
    logits = reference.logits(output, x)
    differ = found != logits.argmax(1)
    gaps = margins(logits)[differ]
    ties, others = int((gaps <= TIE).sum()), gaps[gaps > TIE]
    allowed = STEPS if recipe.get("quantization", {}).get("activations") else 0
    assert len(others) <= allowed and (others <= STEP).all(), (
        f"{len(others)} predictions differ that are no ties (gaps {np.sort(others)[-5:]});"
        f" first at {np.flatnonzero(differ)[:5].tolist()}")
    optimized = (reference.predictions(output, x, optimized=True) == found).mean()
    assert optimized >= 0.99, f"only {optimized:.2%} equal with graph optimizations on"
    return (
        f"{result['accuracy']:.4f}, {result['size_bytes']} bytes, {ties} ties and {len(others)} steps"
        f" differ, optimized {optimized:.2%} equal")


def renewed(bundle, directory, opset):
    """The bundle with its model in a newer operator set, which changes none of its operators."""
    directory.mkdir()
    for file in bundle.iterdir():
        if file.suffix == ".onnx":
            model = onnx.load(file)
            model.opset_import[0].version, model.ir_version = opset, 10
            onnx.save(model, directory / file.name)
        else:
            (directory / file.name).symlink_to(file.resolve())
    return directory


def main(binary, bundle):
    _, x, y = reference.read_bundle(bundle)
    tally = Tally()
    with tempfile.TemporaryDirectory() as directory:
        # Before operator set 19 such a weight is a list of values and indices.
        directory, name = pathlib.Path(directory), "8-bit floats"
        newer = renewed(bundle, directory / "newer", 21)
        tally.check(
            f"{name}, operator set 21", compare, binary, newer, recipes.ALL[name], x, y, directory)
    for name, recipe in recipes.ALL.items():
        with tempfile.TemporaryDirectory() as directory:
            tally.check(name, compare, binary, bundle, recipe, x, y, pathlib.Path(directory))
    tally.finish()


if __name__ == "__main__":
    main(sys.argv[1], pathlib.Path(sys.argv[2]))
