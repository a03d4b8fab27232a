#!/usr/bin/env python3
"""compare_run.py PARE [DIR]: `pare run` and `pare evaluate` against ONNX Runtime.

On the models that make_models.py writes, into DIR where it is given.
"""
import pathlib
import sys
import tempfile

import numpy as np

import make_models
import reference
from program import Tally, succeed, succeed_json


def file_name(name):
    return name.replace("/", "_").replace(":", "_")


def compare_outputs(binary, model, directory):
    feeds, options = {}, []
    for each in reference.session(model).get_inputs():
        file = model.with_name(f"{model.stem}.{file_name(each.name)}.npy")
        feeds[each.name] = np.load(file)
        options += ["--input", f"{each.name}={file}"]
    succeed(binary, "run", model, *options, "--output", directory)
    wrong, worst, expected = [], 0.0, reference.outputs(model, feeds)
    for name, value in expected.items():
        got = np.load(directory / f"{file_name(name)}.npy")
        if got.shape != value.shape or got.dtype != value.dtype:
            wrong.append(f"{name} is {got.dtype}{got.shape}, not {value.dtype}{value.shape}")
            continue
        gap = np.abs(got.astype(np.float64) - value.astype(np.float64))
        worst = max(worst, gap.max(initial=0))
        close = 1e-5 + 1e-4 * np.abs(value) if value.dtype.kind == "f" else 0
        if not (gap <= close).all():
            wrong.append(f"{name} is off by up to {gap.max():.2g}")
    assert not wrong, "; ".join(wrong)
    return f"{len(expected)} outputs, off by {worst:.1e} at most"


def compare_evaluation(binary, model):
    data = np.load(model.with_suffix(".npz"))
    with tempfile.TemporaryDirectory() as directory:
        file = pathlib.Path(directory) / "predictions.npy"
        result = succeed_json(
            binary, "evaluate", model, "--data", model.with_suffix(".npz"), "--predictions", file, "--json")
        found = np.load(file)
    expected = reference.predictions(model, data["x"])
    differing = np.flatnonzero(found != expected)
    assert len(differing) == 0, f"samples {differing[:5]} are predicted otherwise"
    correct = int((expected == data["y"]).sum())
    assert result["samples"] == len(data["y"]), f"{result['samples']} samples, not {len(data['y'])}"
    assert result["correct"] == correct, f"{result['correct']} right, not {correct}"
    return f"{correct} of {len(data['y'])} right, every prediction the same"


def main(binary, directory):
    make_models.main(directory)
    tally = Tally()
    for model in sorted(directory.glob("*.onnx")):
        with tempfile.TemporaryDirectory() as outputs:
            tally.check(f"run {model.stem}", compare_outputs, binary, model, pathlib.Path(outputs))
        if model.with_suffix(".npz").exists():
            tally.check(f"evaluate {model.stem}", compare_evaluation, binary, model)
    tally.finish()


if __name__ == "__main__":
    if len(sys.argv) > 2:
        main(sys.argv[1], pathlib.Path(sys.argv[2]))
    else:
        with tempfile.TemporaryDirectory() as made:
            main(sys.argv[1], pathlib.Path(made))
