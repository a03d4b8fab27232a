#!/usr/bin/env python3
"""sliders.py PARE: sliders on a model of 110 million weights.

Writes a model of BERT-base's size, twelve blocks of six matrices and one for its words, with seeded
normal weights, to a temporary directory, lets `pare bench MODEL --sliders` move its sliders over
some hundred amounts each, and prints what is demanded beside what was measured.
"""
import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

BLOCKS, WIDTH, INNER, WORDS = 12, 768, 3072, 32768
FRAME = 16  # Milliseconds.


def model():
    random = np.random.default_rng(1)
    nodes, weights, value = [], [], "x"
    shapes = ([(WIDTH, WIDTH)] * 4 + [(WIDTH, INNER), (INNER, WIDTH)]) * BLOCKS + [(WIDTH, WORDS)]
    for index, shape in enumerate(shapes):
        weight = random.standard_normal(shape, dtype=np.float32) * np.float32(0.02)
        weights.append(numpy_helper.from_array(weight, f"block{index // 6}.matrix{index % 6}.weight"))
        nodes.append(helper.make_node("MatMul", [value, weights[-1].name], [f"y{index}"]))
        value = f"y{index}"
    graph = helper.make_graph(
        nodes, "words", [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["N", WIDTH])],
        [helper.make_tensor_value_info(value, TensorProto.FLOAT, ["N", WORDS])], weights)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


def row(name, measured, demanded, holds):
    print(f"{name:<44} {measured:>16}   {demanded:<28} {'holds' if holds else 'MISSED'}")


def report(found):
    """Of moves the median, the 99th percentile, and that of the processor time, which other work does not add to."""
    weights, size = found["weights"], found["weight_bytes"]
    row("weights", f"{weights / 1e6:.1f} million", "110 million", weights >= 110e6)
    preparation, sort = found["preparation_s"], found["sort_s"]
    row("preparing", f"{preparation:.2f} s", f"to sort once: {sort:.2f} s", preparation <= sort)
    for name, key in (("kept", "ranking_bytes"), ("kept, resident", "resident_bytes"),
                      ("most while preparing", "peak_bytes"),
                      ("kept after all that follows", "ranking_bytes_after_all")):
        row(f"memory {name}", f"{found[key] / 1e6:.0f} MB", f"half the weights: {size / 2e6:.0f} MB",
            found[key] <= size / 2)
    for slider in found["sliders"]:
        p99 = slider["p99_ms"]
        times = f"{slider['median_ms']:.1f} {p99:.1f} {slider['p99_processor_ms']:.1f} ms"
        row(f"move {slider['name']}", times, f"99 % within {FRAME} ms", p99 <= FRAME)
    for rule in found["quantizing"]:
        speed, copy = rule["gb_per_s"], rule["copy_gb_per_s"]
        row(f"quantizing {rule['scheme']} by {rule['granularity']}", f"{speed:.1f} GB/s",
            f"a third of copying: {copy:.1f} / 3", speed >= copy / 3)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("pare")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        path = pathlib.Path(directory) / "words.onnx"
        onnx.save(model(), path)
        command = [arguments.pare, "bench", str(path), "--sliders"]
        done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(command)} exited with {done.returncode}: {done.stderr.strip()}")
    report(json.loads(done.stdout))


if __name__ == "__main__":
    main()
