#!/usr/bin/env python3
"""distill.py PARE BUNDLE [--rounds 3]: an epoch of distillation, beside PyTorch doing the same.

The student is the bundle's model with half of its weights pruned, the teacher the model as it was; Adam, batches of 128, half of the
loss against the labels, half against the teacher's logits, which both have at hand from the second epoch on. On as many threads;
rounds are interleaved, and the ratio is taken round by round. For chains of layers, such as a LeNet.
"""
import argparse
import json
import multiprocessing
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "Tests" / "Python"))

import peers  # noqa: E402
from reference import read_idx  # noqa: E402

BATCH, TEMPERATURE = 128, 4
REST = 0.5


def training_data(bundle):
    manifest = json.loads((bundle / "pare.json").read_text())
    images = read_idx(pathlib.Path(manifest["training"]["images"]))
    labels = read_idx(pathlib.Path(manifest["training"]["labels"]))
    x = images.astype(np.float32)[:, None] * np.float32(manifest["preprocessing"]["scale"])
    return bundle / manifest["model"], x, labels.astype(np.int64)


def serve(connection, bundle, threads):
    """PyTorch's process: for every request the seconds of an epoch."""
    import torch
    from torch.nn import functional

    torch.set_num_threads(threads)
    model, x, y = training_data(bundle)
    student, teacher = peers.torch_network(str(model)), peers.torch_network(str(model))
    x, y = torch.from_numpy(x), torch.from_numpy(y)
    masks = {}
    for name, weight in student.named_parameters():
        weight.requires_grad_(True)
        if weight.dim() > 1:
            masks[name] = weight.detach().abs() >= weight.detach().abs().flatten().median()
    optimizer = torch.optim.Adam(student.parameters(), lr=1e-3)
    with torch.inference_mode():
        soft = torch.cat([teacher(part) for part in x.split(500)]).clone()
    student.train()
    connection.send("ready")
    while connection.recv():
        start = time.perf_counter()
        order = torch.randperm(len(x))
        for rows in order[: len(x) // BATCH * BATCH].split(BATCH):
            logits = student(x[rows])
            hard = functional.cross_entropy(logits, y[rows])
            kl = functional.kl_div(
                functional.log_softmax(logits / TEMPERATURE, 1), functional.softmax(soft[rows] / TEMPERATURE, 1),
                reduction="batchmean")
            loss = 0.5 * hard + 0.5 * TEMPERATURE**2 * kl
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            with torch.no_grad():
                for name, weight in student.named_parameters():
                    if name in masks:
                        weight *= masks[name]
        connection.send(time.perf_counter() - start)


def ours(arguments, directory):
    """Seconds of the epochs of one run."""
    recipe = directory / "recipe.json"
    recipe.write_text(json.dumps({
        "pare": 1, "pruning": [{"layers": ["*"], "amount": 0.5}],
        "distillation": {"alpha": 0.5, "temperature": TEMPERATURE, "learning_rate": 0.001, "batch_size": BATCH,
                         "epochs": 1}}))
    command = [arguments.pare, "distill", str(arguments.bundle), "--recipe", str(recipe), "--output",
               str(directory / "out.onnx"), "--json"]
    environment = os.environ | {"OMP_NUM_THREADS": str(arguments.threads), "XDG_CACHE_HOME": str(directory)}
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    if done.returncode:
        sys.exit(f"{' '.join(command)} exited with {done.returncode}: {done.stderr.strip()}")
    return [line["seconds"] for line in map(json.loads, done.stdout.splitlines()) if line.get("epoch")]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("pare")
    parser.add_argument("bundle", type=pathlib.Path)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    arguments = parser.parse_args()
    context = multiprocessing.get_context("spawn")
    connection, end = context.Pipe()
    process = context.Process(target=serve, args=(end, arguments.bundle, arguments.threads), daemon=True)
    process.start()
    connection.recv()
    mine, its = [], []
    with tempfile.TemporaryDirectory() as directory:
        for _ in range(arguments.rounds):
            time.sleep(REST)
            mine += ours(arguments, pathlib.Path(directory))
            time.sleep(REST)
            connection.send(True)
            its.append(connection.recv())
    connection.send(False)
    process.join()
    ratio = statistics.median(a / b for a, b in zip(mine, its))
    print(f"{arguments.bundle.name}: an epoch of distillation {statistics.median(mine):.2f} s, PyTorch "
          f"{statistics.median(its):.2f} s; Pare's time over it {ratio:.3f} (goal 0.8)")


if __name__ == "__main__":
    main()
