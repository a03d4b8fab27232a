#!/usr/bin/env python3
"""compare_recipes.py PARE BUNDLE [BUNDLE...]: what `pare evaluate` finds is what the exported file does.

For recipes of different kinds for the first bundle, and for those that lie in each bundle's directory `recipes`,
the exported ONNX file, run in ONNX Runtime, must predict what
pare predicted, sample for sample. A sample may differ only where ONNX Runtime's two largest
logits are a tie, a difference of at most TIE of the sample's range: sums in another order round
otherwise. Where activations are quantized such a rounding can also move an activation by a whole
step (PyTorch and ONNX Runtime: in 22 of 10,000 samples, and the logits by up to 0.8 % of their
range), so there up to STEPS samples more may differ, where STEP of the range decides. Both are
counted and printed.

Of a model of text the number of tokens that are right is compared, and the mean cross-entropy: by
ties the number may differ, the cross-entropy by LOSS, both by more where activations are quantized.
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
# Of the cross-entropy; and of tokens and of it with quantized activations.
LOSS, TOKENS, STEPPED_LOSS = 1e-6, 2e-4, 1e-4
FIELDS = (
    "samples correct accuracy interval loss seconds size_bytes parameters nonzero_parameters macs"
    " effective_macs").split()


def margins(logits):
    """The gap between the two largest logits, over the range of all, sample for sample."""
    ordered = np.sort(logits.astype(np.float64), axis=-1)
    spread = ordered[..., -1] - ordered[..., 0]
    return (ordered[..., -1] - ordered[..., -2]) / np.where(spread > 0, spread, 1)


def evaluated(binary, bundle, file, *options, but=()):
    result = succeed_json(binary, "evaluate", bundle, "--recipe", file, "--json", *options)
    missing = [field for field in FIELDS if field not in result and field not in but]
    assert not missing, f"evaluate --json lacks {', '.join(missing)}"
    return result


def rounds_activations(recipe):
    return bool(recipe.get("quantization", {}).get("activations"))


def compare_tokens(binary, bundle, recipe, x, y, directory):
    """As `compare`, of a model that says each token's successor: y is all tokens but the first."""
    file, output = directory / "recipe.json", directory / "out.onnx"
    file.write_text(json.dumps(recipe))
    result = evaluated(binary, bundle, file, but=["accuracy"])
    succeed(binary, "compress", bundle, "--recipe", file, "--output", output)
    onnx.checker.check_model(str(output), full_check=True)
    logits = reference.logits(output, x)[:, :-1].astype(np.float64)
    right = int((logits.argmax(-1) == y).sum())
    logits -= logits.max(-1, keepdims=True)
    of_labels = np.take_along_axis(logits, y[..., None], -1)[..., 0]
    loss = float((np.log(np.exp(logits).sum(-1)) - of_labels).mean())
    steps = rounds_activations(recipe)
    ties = int((margins(logits) <= TIE).sum())
    allowed = ties + (int(TOKENS * y.size) if steps else 0)
    assert abs(result["correct"] - right) <= allowed, (
        f"{result['correct']} tokens right, in ONNX Runtime {right}, with {ties} ties")
    assert abs(result["loss"] - loss) <= (STEPPED_LOSS if steps else LOSS), (
        f"cross-entropy {result['loss']:.6f}, in ONNX Runtime {loss:.6f}")
    return (
        f"{result['correct'] / y.size:.4f}, {result['size_bytes']} bytes, {right} tokens right there,"
        f" {result['correct']} here, {ties} ties, cross-entropy {result['loss'] - loss:+.1e}")


def compare(binary, bundle, recipe, x, y, directory):
    file, output, dump = (directory / name for name in ("recipe.json", "out.onnx", "predictions.npy"))
    file.write_text(json.dumps(recipe))
    result = evaluated(binary, bundle, file, "--predictions", dump)
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
    allowed = STEPS if rounds_activations(recipe) else 0
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


def own_recipes(bundle):
    """Those that lie in a bundle, by name."""
    files = sorted((bundle / "recipes").glob("*.json"))
    return {f"{bundle.name}/{file.stem}": json.loads(file.read_text()) for file in files}


def main(binary, bundles):
    tally = Tally()

    def check(name, bundle, recipe, x, y):
        test = compare if y.ndim == 1 else compare_tokens
        with tempfile.TemporaryDirectory() as directory:
            tally.check(name, test, binary, bundle, recipe, x, y, pathlib.Path(directory))

    for number, bundle in enumerate(bundles):
        _, x, y = reference.read_bundle(bundle)
        if number == 0:
            with tempfile.TemporaryDirectory() as directory:
                # Before operator set 19 such a weight is a list of values and indices.
                name = "8-bit floats"
                newer = renewed(bundle, pathlib.Path(directory) / "newer", 21)
                check(f"{name}, operator set 21", newer, recipes.ALL[name], x, y)
            for name, recipe in recipes.ALL.items():
                check(name, bundle, recipe, x, y)
        for name, recipe in own_recipes(bundle).items():
            check(name, bundle, recipe, x, y)
    tally.finish()


if __name__ == "__main__":
    main(sys.argv[1], [pathlib.Path(bundle) for bundle in sys.argv[2:]])
