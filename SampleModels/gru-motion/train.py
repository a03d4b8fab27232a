#!/usr/bin/env python3
"""Trains a small recurrent network on a smartwatch's motion and writes it as ONNX.

Never needed to use Pare. It takes PyTorch (CPU), NumPy, onnx, onnxruntime, and the file
of recordings in the PyPI package seglearn (of which nothing else is needed or run):

    pip download --no-deps seglearn==1.2.5 && unzip seglearn-1.2.5-*.whl -d seglearn
    python3 train.py [--data seglearn] [--epochs 60] [--seed 0] [--threads 1]

Ten people made the recordings. Seven train the network; the other three are looked at
once, at the end, and choose nothing. Their windows go into the bundle, and so do the seven
people's, as far as neither overlap.
"""
import argparse
import contextlib
import io
import json
import pathlib
import time
import warnings

import numpy as np
import onnx
import onnxruntime
import torch
from torch import nn
from torch.nn import functional as F

HERE = pathlib.Path(__file__).resolve().parent
TRAINED_ON, HELD_OUT = (1, 2, 3, 4, 5, 6, 7), (8, 9, 10)
WINDOW = 100
# Numbers are stored as int16. The acceleration (in g) and the rate of turning (in rad/s) of a
# wrist stay well below 32.
SCALE = np.float32(1 / 1024)
NAMES = {
    "PEN": "pendulum", "ABD": "abduction", "FEL": "forward elevation", "IR": "internal rotation",
    "ER": "external rotation", "TRAP": "trapezius extension", "ROW": "upright row",
}


def windows(data, people, step):
    """Windows as int16 [N, 6, WINDOW] and their labels, of the given people's recordings."""
    x, y = [], []
    for recording, label, person in zip(data["X"], data["y"], data["subject"]):
        if person not in people:
            continue
        numbers = np.round(recording / SCALE).clip(-32768, 32767).astype(np.int16)
        for start in range(0, len(numbers) - WINDOW + 1, step):
            x.append(numbers[start : start + WINDOW].T)
            y.append(label)
    return np.stack(x), np.array(y, np.uint8)


class Network(nn.Module):
    def __init__(self, classes):
        super().__init__()
        self.conv1 = nn.Conv1d(6, 32, 5, stride=2)
        self.conv2 = nn.Conv1d(32, 48, 5, stride=2)
        self.gru = nn.GRU(48, 64, batch_first=True)
        self.fc = nn.Linear(64, classes)

    def forward(self, x):
        x = F.relu(self.conv1(x))
        x = F.relu(self.conv2(x))
        x, _ = self.gru(F.dropout(x, 0.2, self.training).transpose(1, 2))
        # Dropout is a matter of training: it is not in the exported file.
        return self.fc(F.dropout(x[:, -1], 0.3, self.training))


def train(model, x, y, epochs, batch=64):
    steps = (len(x) + batch - 1) // batch
    optimizer = torch.optim.AdamW(model.parameters(), lr=2e-3, weight_decay=2e-2)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 3e-3, epochs * steps)
    for epoch in range(epochs):
        start, total = time.perf_counter(), 0.0
        model.train()
        order = torch.randperm(len(x))
        for step in range(steps):
            chosen = order[step * batch : (step + 1) * batch]
            # No watch is as sensitive as the next, and none is quiet.
            part = x[chosen] * (1 + 0.1 * torch.randn(len(chosen), 6, 1))
            part = part + 0.05 * torch.randn_like(part)
            loss = F.cross_entropy(model(part), y[chosen])
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            total += loss.item()
        if (epoch + 1) % 5 == 0:
            seconds = time.perf_counter() - start
            print(f"epoch {epoch + 1:2}  loss {total / steps:.4f}  {seconds:.1f} s", flush=True)


def export(model, path):
    """Written by PyTorch's exporter, as most such files are; the batch is a symbol."""
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        torch.onnx.export(model.eval(), (torch.zeros(2, 6, WINDOW),), path, dynamo=False, opset_version=17,
                          input_names=["motion"], output_names=["logits"],
                          dynamic_axes={"motion": {0: "batch"}, "logits": {0: "batch"}})
    onnx.checker.check_model(path, full_check=True)


def write_manifest(mean, std, classes):
    manifest = {
        "pare": 1,
        "name": "gru-motion",
        "model": "gru-motion.onnx",
        "validation": {"data": "validation.npz"},
        "training": {"data": "training.npz"},
        "preprocessing": {"scale": float(SCALE), "mean": mean.tolist(), "std": std.tolist()},
        "classes": classes,
    }
    (HERE / "pare.json").write_text(json.dumps(manifest, indent=2) + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--epochs", type=int, default=60)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--data", type=pathlib.Path, default="seglearn")
    arguments = parser.parse_args()

    torch.manual_seed(arguments.seed)
    torch.set_num_threads(arguments.threads)
    # A dictionary, pickled by NumPy: it is as trustworthy as the package.
    file = arguments.data / "seglearn" / "data" / "watch_dataset.npy"
    data = np.load(file, allow_pickle=True).item()
    classes = [NAMES[each] for each in data["y_labels"]]
    seen, seen_labels = windows(data, TRAINED_ON, 20)
    unseen, labels = windows(data, HELD_OUT, WINDOW)

    # Rounded to four digits, so that the manifest gives exactly what was trained with.
    scaled = seen.astype(np.float32) * SCALE
    mean, std = scaled.mean((0, 2)).round(4), scaled.std((0, 2)).round(4)
    ready = lambda x: (x.astype(np.float32) * SCALE - mean[:, None]) / std[:, None]

    model = Network(len(classes))
    count = sum(each.numel() for each in model.parameters())
    print(f"{count:,} parameters, {len(seen)} windows to train on, {len(unseen)} held out")
    train(model, torch.from_numpy(ready(seen)), torch.from_numpy(seen_labels.astype(np.int64)), arguments.epochs)

    path = HERE / "gru-motion.onnx"
    export(model, path)
    np.savez_compressed(HERE / "validation.npz", x=unseen, y=labels)
    apart, apart_labels = windows(data, TRAINED_ON, WINDOW)
    np.savez_compressed(HERE / "training.npz", x=apart, y=apart_labels)
    write_manifest(mean.astype(np.float64).round(4), std.astype(np.float64).round(4), classes)
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    found = session.run(None, {"motion": ready(unseen)})[0].argmax(1)
    right = int((found == labels).sum())
    print(f"{path.name}: {right} of {len(labels)} right ({100 * right / len(labels):.2f} %), by ONNX Runtime")
    for index, name in enumerate(classes):
        of_class = labels == index
        print(f"  {name:<20} {int((found == labels)[of_class].sum())} of {int(of_class.sum())}")


if __name__ == "__main__":
    main()
