#!/usr/bin/env python3
"""make_models.py OUTDIR: writes small ONNX models of many kinds, with data for them.

For each NAME: NAME.onnx; an input NAME.INPUT.npy for every input; and for classifiers NAME.npz
with x and y. Everything is seeded: the same versions write the same values.
"""
import pathlib
import sys

import numpy as np
import onnx

import classifiers
import operators
from reference import predictions

SAMPLES = 173  # No multiple of a likely batch size.


def values(value_info, count, random):
    """Multiples of 1/16, which are exact in sums with the weights of the quantized models."""
    shape = [each.dim_value or count for each in value_info.type.tensor_type.shape.dim]
    if value_info.type.tensor_type.elem_type == onnx.TensorProto.INT64:
        return random.integers(0, 9, shape)
    return (np.round(random.normal(size=shape) * 16) / 16).astype(np.float32)


def inputs(model):
    weights = {each.name for each in model.graph.initializer}
    return [each for each in model.graph.input if each.name not in weights]


def labels(model, x, random):
    """What the model finds, for about two thirds of the samples: an accuracy worth checking."""
    found = predictions(model.SerializeToString(), x)
    chance = random.integers(0, classifiers.CLASSES, len(x))
    return np.where(random.random(len(x)) < 0.6, found, chance).astype(np.int64)


def main(directory):
    directory.mkdir(parents=True, exist_ok=True)
    for make in classifiers.ALL + operators.ALL:
        name, random = make.__name__, np.random.default_rng(99)
        model = make().model(name)
        onnx.save(model, directory / f"{name}.onnx")
        for each in inputs(model):
            file = each.name.replace("/", "_").replace(":", "_")
            np.save(directory / f"{name}.{file}.npy", values(each, 5, random))
        if make in classifiers.ALL:
            shape = inputs(model)[0]
            shape.type.tensor_type.shape.dim[0].dim_value = SAMPLES
            x = values(shape, SAMPLES, random)
            model = onnx.load(directory / f"{name}.onnx")
            np.savez(directory / f"{name}.npz", x=x, y=labels(model, x, random))


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
