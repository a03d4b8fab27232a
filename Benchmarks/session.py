#!/usr/bin/env python3
"""session.py PARE BUNDLE [--moves 100] [--seed N] [--peer-moves 25] [--sensitivity]: a session, beside what people do today.

Moves as a person makes them, drawn from a seed by `pare replay --random`, with the person's pauses: from each move to
the exact result on all samples. ONNX Runtime and PyTorch do the same moves as a script would: weights changed in
NumPy, `quantize_static` where bits are set, a new session, all samples; some of the moves, evenly spaced. All on as
many threads.
"""
import argparse
import importlib.util
import json
import logging
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np
import onnx
from onnx import numpy_helper

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "Tests" / "Python"))

import peers  # noqa: E402
from reference import read_bundle  # noqa: E402

BATCH = 100


def lines(command, threads):
    done = subprocess.run(
        command, capture_output=True, text=True, env=os.environ | {"OMP_NUM_THREADS": str(threads)})
    if done.returncode:
        sys.exit(f"{' '.join(command)} exited with {done.returncode}: {done.stderr.strip()}")
    return [json.loads(line) for line in done.stdout.splitlines()]


class Script:
    """What a script does for one move: from the model's file and a recipe to all samples seen."""

    def __init__(self, pare, model, x, threads):
        self.model, self.x, self.threads = onnx.load(model), x, threads
        (inspected,) = lines([pare, "inspect", str(model), "--json"], threads)
        self.weights = {each["name"]: each["weight"] for each in inspected["layers"]}
        readers = {name: node.name for node in self.model.graph.node for name in node.input}
        self.nodes = {layer: readers[weight] for layer, weight in self.weights.items()}
        self.input = self.model.graph.input[0].name

    def changed(self, recipe):
        """The model with the recipe's weights, by NumPy."""
        model = onnx.ModelProto()
        model.CopyFrom(self.model)
        constants = {each.name: each for each in model.graph.initializer}
        quantization = recipe.get("quantization", {})
        for rule in recipe.get("pruning", []):
            for layer in rule["layers"]:
                constant = constants[self.weights[layer]]
                weight = numpy_helper.to_array(constant).copy()
                if rule["unit"] == "weight":
                    count = round(rule["amount"] * weight.size)
                    order = np.argpartition(np.abs(weight).ravel(), max(count - 1, 0))
                    weight.ravel()[order[:count]] = 0
                else:
                    norms = np.abs(weight.reshape(len(weight), -1)).sum(1)
                    weight[np.argsort(norms)[: round(rule["amount"] * len(weight))]] = 0
                constant.CopyFrom(numpy_helper.from_array(weight, constant.name))
        for rule in quantization.get("weights", []):
            for layer in rule["layers"]:
                constant = constants[self.weights[layer]]
                weight = numpy_helper.to_array(constant)
                axes = tuple(range(1, weight.ndim))
                top = 2 ** (rule["bits"] - 1) - 1
                scale = np.maximum(np.abs(weight).max(axes, keepdims=True), 1e-12) / np.float32(top)
                rounded = (np.clip(np.round(weight / scale), -top, top) * scale).astype(np.float32)
                constant.CopyFrom(numpy_helper.from_array(rounded, constant.name))
        return model

    def quantized(self, model, recipe):
        from onnxruntime import quantization as q

        quantization = recipe.get("quantization", {})
        layers = {layer for kind in quantization.values() if isinstance(kind, list)
                  for rule in kind for layer in rule["layers"]}
        if not layers:
            return model
        batches = iter([{self.input: self.x[start : start + BATCH]} for start in range(0, 512, BATCH)])

        class Reader(q.CalibrationDataReader):
            def get_next(self):
                return next(batches, None)

        with tempfile.TemporaryDirectory() as directory:
            path = f"{directory}/quantized.onnx"
            q.quantize_static(
                model, path, Reader(), quant_format=q.QuantFormat.QDQ, per_channel=True,
                nodes_to_quantize=[self.nodes[layer] for layer in layers])
            return onnx.load(path)

    def onnxruntime(self, recipe):
        model = self.quantized(self.changed(recipe), recipe)
        peers.onnxruntime_pass(model.SerializeToString(), BATCH, self.threads)(self.x)

    def torch(self, recipe):
        with tempfile.TemporaryDirectory() as directory:
            path = f"{directory}/changed.onnx"
            onnx.save(self.changed(recipe), path)
            peers.torch_pass(path, BATCH, self.threads)(self.x)


def timed(run, moves):
    run(moves[0]["recipe"])
    times = []
    for move in moves:
        start = time.perf_counter()
        run(move["recipe"])
        times.append(1000 * (time.perf_counter() - start))
    return times


def sensitivity(arguments, script):
    """All layers at ten amounts each: beside passes of Pare's own with nothing kept, and beside the script, which starts anew
    for each."""
    amounts = "0.1,0.2,0.3,0.4,0.5,0.6,0.7,0.8,0.9,0.95"
    command = [arguments.pare, "sensitivity", str(arguments.bundle), "--amounts", amounts, "--json"]
    *points, total = lines(command, arguments.threads)
    recipes = [{"recipe": {"pruning": [{"layers": [each["layer"]], "unit": "weight", "amount": each["amount"]}]}}
               for each in points]
    its = statistics.mean(timed(script.onnxruntime, recipes[:: max(1, len(recipes) // 10)])) * len(points) / 1000
    print(f"  sensitivity, {len(points)} points {total['seconds']:.2f} s; with nothing kept "
          f"{total['seconds_from_scratch']:.2f} s (1/{total['seconds_from_scratch'] / total['seconds']:.1f}), "
          f"ONNX Runtime script {its:.2f} s (1/{its / total['seconds']:.1f})")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("pare")
    parser.add_argument("bundle", type=pathlib.Path)
    parser.add_argument("--moves", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--peer-moves", type=int, default=25)
    parser.add_argument("--sensitivity", action="store_true", help="that of each layer, too")
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    arguments = parser.parse_args()
    # What quantize_static advises each time.
    logging.disable(logging.WARNING)
    command = [arguments.pare, "replay", str(arguments.bundle), "--random", str(arguments.moves),
               "--seed", str(arguments.seed), "--pauses", "--json"]
    moves = lines(command, arguments.threads)
    exact = [move["exact_ms"] for move in moves]
    sure = sorted(move["first_within_2_points_ms"] for move in moves)
    print(f"{arguments.bundle.name}: {len(moves)} moves, seed {arguments.seed}, {arguments.threads} threads")
    print(f"  move to exact       mean {statistics.mean(exact):8.1f} ms, median {statistics.median(exact):.1f}, "
          f"longest {max(exact):.1f}; under 2 ms {sum(time < 2 for time in exact)}")
    print(f"  within 2 points     {sum(time <= 50 for time in sure)} of {len(sure)} in 50 ms, "
          f"95 % in {sure[int(0.95 * (len(sure) - 1))]:.1f} ms")

    model, x, _ = read_bundle(arguments.bundle)
    script = Script(arguments.pare, model, x, arguments.threads)
    chosen = moves[:: max(1, len(moves) // arguments.peer_moves)]
    rivals = [("ONNX Runtime", script.onnxruntime)]
    operators = {node.op_type for node in script.model.graph.node}
    if importlib.util.find_spec("torch") and operators <= {"Conv", "Gemm", "MaxPool", "Relu", "Flatten"}:
        rivals.append(("PyTorch", script.torch))
    for name, run in rivals:
        times = timed(run, chosen)
        print(f"  {name:<12} script mean {statistics.mean(times):8.1f} ms; Pare's time over it "
              f"{statistics.mean(exact) / statistics.mean(times):.3f} (1/{statistics.mean(times) / statistics.mean(exact):.1f})")
    if arguments.sensitivity:
        sensitivity(arguments, script)


if __name__ == "__main__":
    main()
