#!/usr/bin/env python3
"""teacher.py PARE BUNDLE [--width 0.25] [--epochs 5] [--seeds 5] [--rate 0.001]: what a teacher adds.

Trains the same narrow student, which begins with its teacher's most important channels, once by teacher and labels (alpha
0.7 at temperature 4) and once by labels alone (alpha 0), with the same seeds and as many epochs. Prints the accuracy of the
best epoch on the validation data: the mean over the seeds, its standard deviation and range, and the difference seed by
seed. All runs have one student, and one order of samples for each seed.
"""
import argparse
import json
import pathlib
import statistics
import subprocess
import sys
import tempfile

WAYS = {"teacher and labels": {"alpha": 0.7, "temperature": 4}, "labels alone": {"alpha": 0}}


def train(pare, bundle, directory, settings):
    """The lines of one training: its beginning, and the best epoch."""
    recipe, output = directory / "recipe.json", directory / "student.onnx"
    recipe.write_text(json.dumps({"pare": 1, "distillation": settings}))
    command = [pare, "distill", bundle, "--recipe", recipe, "--output", output, "--json"]
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{bundle} with {settings}: {done.stderr.strip()}")
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    return lines[0], max(line["accuracy"] for line in lines if line.get("epoch", 0) > 0)


def show(name, scores):
    spread = statistics.stdev(scores) if len(scores) > 1 else 0
    print(f"{name:<20} {statistics.mean(scores):7.2f} ± {spread:.2f}   {min(scores):.2f} to {max(scores):.2f}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("pare")
    parser.add_argument("bundle")
    parser.add_argument("--width", type=float, default=0.25)
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--rate", type=float, default=0.001)
    given = parser.parse_args()
    scores = {name: [] for name in WAYS}
    with tempfile.TemporaryDirectory() as temporary:
        for seed in range(given.seeds):
            for name, way in WAYS.items():
                settings = {"student": "width", "width": given.width, "epochs": given.epochs, "seed": seed,
                            "learning_rate": given.rate} | way
                start, best = train(given.pare, given.bundle, pathlib.Path(temporary), settings)
                scores[name].append(100 * best)
                print(f"seed {seed}, {name}: {100 * best:.2f} %", file=sys.stderr, flush=True)
    print(f"width {given.width}: {start['parameters']:,} of {start['teacher_parameters']:,} parameters, "
          f"{100 * start['accuracy']:.2f} % before training; {given.epochs} epochs, {given.seeds} seeds, per cent right")
    for name, values in scores.items():
        show(name, values)
    with_teacher, without = scores.values()
    show("difference", [a - b for a, b in zip(with_teacher, without)])


if __name__ == "__main__":
    main()
