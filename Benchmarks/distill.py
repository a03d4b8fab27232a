#!/usr/bin/env python3
"""distill.py PARE BUNDLE... [--rounds 3]: an epoch of distillation, beside PyTorch doing the same.

The student is the bundle's model with half of each layer's weights pruned, the teacher the model as it was; Adam, half of the loss
against the labels, half against the teacher's logits, which both have at hand when the clock starts. On as many threads, by the
same samples, in another order; rounds are interleaved, and the ratio is taken round by round. The mean losses of the first epoch,
which begins with the same weights, have to agree.
"""
import argparse
import collections
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

from reference import read_idx  # noqa: E402

TEMPERATURE = 4
REST = 0.5

# The PyTorch module, samples a batch, how many samples there are (None for all), what the ratio should be, and how far the
# losses of the two may be apart. The orders of the samples differ; and Pare normalises each half of a batch by statistics
# of its own, which costs a network with batch normalisations a tenth of its loss in a first epoch, in PyTorch too.
Case = collections.namedtuple("Case", "module batch samples goal apart")
CASES = {
    "lenet-fashion": Case("Chain", 128, None, 0.8, 0.05),
    "resnet-fashion": Case("Residual", 128, 12800, 1.0, 0.2),
    "gpt-text": Case("Transformer", 16, 1024, 1.0, 0.05),
}


def training_data(bundle, count):
    """The arrays of the samples as the bundle has them."""
    manifest = json.loads((bundle / "pare.json").read_text())
    training = manifest["training"]
    if "data" in training:
        with np.load(bundle / training["data"]) as file:
            return {name: file[name][:count] for name in file.files}
    images, labels = (read_idx(pathlib.Path(training[name])) for name in ("images", "labels"))
    return {"x": images[:count, None], "y": labels[:count].astype(np.int64)}


def tensors(bundle, arrays):
    """What PyTorch is fed with, and the labels."""
    import torch

    manifest = json.loads((bundle / "pare.json").read_text())
    if manifest.get("task") == "next-token":
        tokens = torch.from_numpy(arrays["tokens"].astype(np.int64))
        return tokens, tokens[:, 1:]
    x = arrays["x"].astype(np.float32) * np.float32(manifest["preprocessing"]["scale"])
    return torch.from_numpy(x), torch.from_numpy(arrays["y"])


def serve(connection, bundle, case, threads):
    """PyTorch's process: for every request the seconds of an epoch, and its mean loss."""
    import torch
    from torch.nn import functional

    import students

    torch.set_num_threads(threads)
    model = str(bundle / json.loads((bundle / "pare.json").read_text())["model"])
    make = getattr(students, case.module)
    student, teacher = make(model), make(model).eval()
    x, y = tensors(bundle, training_data(bundle, case.samples))
    for weight in student.parameters():
        weight.requires_grad_(True)
    masks = [(weight, weight.detach().abs() >= weight.detach().abs().flatten().median()) for weight in student.masked()]
    with torch.no_grad():
        for weight, mask in masks:
            weight *= mask
    optimizer = torch.optim.Adam(student.parameters(), lr=1e-3)
    with torch.inference_mode():
        soft = torch.cat([teacher(part) for part in x.split(128)]).clone()
    student.train()
    connection.send("ready")
    while connection.recv():
        start = time.perf_counter()
        losses = []
        for rows in torch.randperm(len(x))[: len(x) // case.batch * case.batch].split(case.batch):
            logits, target, wanted = student(x[rows]), y[rows], soft[rows]
            if logits.dim() == 3:
                # The last token's next one is not known.
                logits, wanted = logits[:, :-1].flatten(0, 1), wanted[:, :-1].flatten(0, 1)
            hard = functional.cross_entropy(logits, target.flatten())
            kl = functional.kl_div(
                functional.log_softmax(logits / TEMPERATURE, 1), functional.softmax(wanted / TEMPERATURE, 1),
                reduction="batchmean")
            loss = 0.5 * hard + 0.5 * TEMPERATURE**2 * kl
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            with torch.no_grad():
                for weight, mask in masks:
                    weight *= mask
            losses.append(loss.item())
        connection.send((time.perf_counter() - start, statistics.fmean(losses)))


def ours(arguments, bundle, case, directory):
    """Seconds of an epoch, and its mean loss."""
    recipe, data = directory / "recipe.json", directory / f"{bundle.name}.npz"
    recipe.write_text(json.dumps({
        "pare": 1, "pruning": [{"layers": ["*"], "amount": 0.5}],
        "distillation": {"alpha": 0.5, "temperature": TEMPERATURE, "learning_rate": 0.001, "batch_size": case.batch,
                         "epochs": 1}}))
    command = [arguments.pare, "distill", str(bundle), "--recipe", str(recipe), "--output", str(directory / "out.onnx"),
               "--json"]
    if case.samples:
        if not data.exists():
            np.savez(data, **training_data(bundle, case.samples))
        command += ["--train", str(data)]
    environment = os.environ | {"OMP_NUM_THREADS": str(arguments.threads), "XDG_CACHE_HOME": str(directory)}
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    if done.returncode:
        sys.exit(f"{' '.join(command)} exited with {done.returncode}: {done.stderr.strip()}")
    epoch, = (line for line in map(json.loads, done.stdout.splitlines()) if line.get("epoch"))
    return epoch["seconds"], epoch["loss"]


def measure(arguments, bundle, case):
    """Prints a line; whether the losses agree."""
    context = multiprocessing.get_context("spawn")
    connection, end = context.Pipe()
    process = context.Process(target=serve, args=(end, bundle, case, arguments.threads), daemon=True)
    process.start()
    end.close()
    connection.recv()
    mine, its = [], []
    with tempfile.TemporaryDirectory() as directory:
        for _ in range(arguments.rounds):
            time.sleep(REST)
            mine.append(ours(arguments, bundle, case, pathlib.Path(directory)))
            time.sleep(REST)
            connection.send(True)
            its.append(connection.recv())
    connection.send(False)
    process.join()
    ratio = statistics.median(a / b for (a, _), (b, _) in zip(mine, its))
    seconds, other = (statistics.median(second for second, _ in each) for each in (mine, its))
    loss, peer = mine[0][1], its[0][1]
    agrees = abs(loss - peer) <= case.apart * peer
    print(f"{bundle.name}: an epoch of distillation by {case.samples or 'all'} samples {seconds:.2f} s, PyTorch {other:.2f} s; "
          f"Pare's time over it {ratio:.3f} (goal {case.goal}); mean loss of the first epoch {loss:.4f}, PyTorch {peer:.4f}"
          f"{'' if agrees else ': too far apart'}", flush=True)
    return agrees


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("pare")
    parser.add_argument("bundles", nargs="+", type=pathlib.Path, metavar="BUNDLE", help=", ".join(CASES))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    arguments = parser.parse_args()
    for bundle in arguments.bundles:
        if bundle.name not in CASES:
            sys.exit(f"{bundle} has no counterpart in PyTorch here; those of {', '.join(CASES)} have")
    agree = [measure(arguments, bundle, CASES[bundle.name]) for bundle in arguments.bundles]
    sys.exit(0 if all(agree) else 1)


if __name__ == "__main__":
    main()
