#!/usr/bin/env python3
"""growth.py PARE BUNDLE [--rounds 3]: how the time of a move grows.

With the samples of a validation set; with the depth of the layer that is moved, everything before it being kept; and
with the depth of a network whose last layer is moved, beside a whole pass over it. Prints medians, with a bar for each.
"""
import argparse
import json
import pathlib
import statistics
import subprocess
import sys
import tempfile

import numpy as np
import onnx

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "Tests" / "Python"))

from graphs import Builder  # noqa: E402

WIDTH = 1024


def lines(*command):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{command} exited with {done.returncode}: {done.stderr.strip()}")
    return [json.loads(line) for line in done.stdout.splitlines()]


def show(title, rows):
    print(f"\n{title}")
    most = max(time for _, time, _ in rows)
    for name, time, note in rows:
        print(f"  {name:<12} {time:9.2f} ms  {'█' * round(40 * time / most):<40} {note}")


def moves(pare, model, layers, directory):
    """Milliseconds to the exact result of a move at each layer, once what lies before it is kept."""
    path = pathlib.Path(directory) / "moves.jsonl"
    amounts = [0.1, 0.15, 0.2, 0.25, 0.3]
    path.write_text("".join(
        json.dumps({"pare": 1, "pruning": [{"layers": [layer], "amount": amount}]}) + "\n"
        for layer in layers for amount in amounts))
    times = [move["exact_ms"] for move in lines(pare, "replay", model, "--moves", path, "--json")]
    # The first two of a layer may have to compute what the others find.
    return [statistics.median(times[start + 2 : start + len(amounts)])
            for start in range(0, len(times), len(amounts))]


def chain(depth):
    b = Builder(17, depth)
    x = b.input("x", ["N", WIDTH])
    for index in range(depth):
        x = b("Relu", b.dense(x, f"fc{index}", WIDTH, WIDTH))
    b("Identity", x, named="y")
    b.output("y", ["N", WIDTH])
    return b.model("chain")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("pare")
    parser.add_argument("bundle")
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    pare = arguments.pare

    def passes(model, *more):
        (result,) = lines(pare, "bench", model, "--rounds", arguments.rounds, "--json", *more)
        return statistics.median(result["pass_ms"])

    rows = []
    for limit in (1250, 2500, 5000, 10000):
        times = [1000 * lines(pare, "evaluate", arguments.bundle, "--limit", limit, "--json")[0]["seconds"]
                 for _ in range(arguments.rounds)]
        rows.append((f"{limit}", statistics.median(times), "samples, a whole pass"))
    show("Time against the size of the validation set", rows)

    with tempfile.TemporaryDirectory() as directory:
        (inspected,) = lines(pare, "inspect", arguments.bundle, "--json")
        names = [layer["name"] for layer in inspected["layers"]]
        times = moves(pare, arguments.bundle, names, directory)
        show("Time of a move against the layer that is moved", list(zip(names, times, ["exact"] * len(names))))

        rows = []
        for depth in (2, 4, 8, 16):
            path = pathlib.Path(directory) / f"chain{depth}.onnx"
            onnx.save(chain(depth), path)
            rows.append((f"{depth} layers", passes(path), "a whole pass"))
            (time,) = moves(pare, path, [f"fc{depth - 1}"], directory)
            rows.append((f"{depth} layers", time, "a move at the last layer"))
        show(f"Time against the depth of a network of dense layers {WIDTH} wide", rows)


if __name__ == "__main__":
    main()
