#!/usr/bin/env python3
"""networks.py PARE [--rounds 5] [--threads N] [--only NAME ...]: whole networks beside ONNX Runtime.

Writes the networks that the field knows, with seeded weights, and times one run of each by `pare bench
--random` and by ONNX Runtime, on as many threads. Rounds are interleaved; of each round the median run
counts, and the ratio is taken round by round. Then the geometric mean over all networks; and how soon the
dashboard shows the largest of them, and how much memory evaluating it takes.
"""
import argparse
import json
import math
import multiprocessing
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np
import onnx
from onnx import TensorProto

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "Tests" / "Python"))

import make_networks  # noqa: E402
from graphs import Builder  # noqa: E402
from screen import Dashboard  # noqa: E402

WIDTH, HEADS, DEPTH = 768, 12, 12
REST = 0.2  # Seconds before each turn: the threads of the one before stop spinning.


def resnet8(size):
    """The residual network of MLPerf Tiny."""
    b, x = Builder(17, 8), None
    x = make_networks.conv(b, b.input("x", ["N", 3, size, size]), "conv1", (3, 16), 3)
    inputs = 16
    for stage, outputs in enumerate((16, 32, 64)):
        stride = 1 if stage == 0 else 2
        y = make_networks.conv(b, x, f"{stage}.conv1", (inputs, outputs), 3, stride)
        y = make_networks.conv(b, y, f"{stage}.conv2", (outputs, outputs), 3, activation=None)
        if stride > 1:
            x = make_networks.conv(
                b, x, f"{stage}.shortcut", (inputs, outputs), 1, stride, activation=None, normed=False)
        x, inputs = b("Relu", b("Add", y, x)), outputs
    x = b("Flatten", b("GlobalAveragePool", x))
    b("Identity", b.dense(x, "fc", 64, 10), named="logits")
    b.output("logits", ["N", 10])
    return b.model("resnet8")


def linear(b, x, name, inputs, outputs):
    x = b("MatMul", x, b.weight(inputs, outputs, name=f"{name}.weight"))
    return b("Add", b.weight(outputs, name=f"{name}.bias"), x)


def norm(b, x, name):
    ones = b.constant(np.ones(WIDTH, np.float32), f"{name}.weight")
    return b("LayerNormalization", x, ones, b.weight(WIDTH, name=f"{name}.bias"), epsilon=1e-5)


def heads(b, x, order):
    return b("Transpose", b("Reshape", x, b.ints(0, -1, HEADS, WIDTH // HEADS)), perm=order)


def attend(b, q, k, v, mask):
    scores = b("Div", b("MatMul", q, k), b.constant(np.float32(8)))
    y = b("MatMul", b("Softmax", b("Add", scores, mask), axis=-1), v)
    return b("Reshape", b("Transpose", y, perm=[0, 2, 1, 3]), b.ints(0, -1, WIDTH))


def bert(sequence):
    """BERT-base as exporters write it: embeddings, twelve blocks normalised behind each sum, the pooled token."""
    b = Builder(17, 1)
    ids = [b.input(name, ["N", sequence], TensorProto.INT64) for name in ("input_ids", "attention_mask")]
    x = b("Gather", b.weight(30522, WIDTH, name="word_embeddings.weight"), ids[0])
    x = norm(b, b("Add", x, b.weight(1, sequence, WIDTH, name="position_embeddings.weight")), "embeddings.norm")
    mask = b("Cast", b("Unsqueeze", ids[1], b.ints(1, 2)), to=TensorProto.FLOAT)
    mask = b("Mul", b("Sub", b.constant(np.float32(1)), mask), b.constant(np.float32(-3.4e38)))
    for layer in range(DEPTH):
        name = f"layer.{layer}"
        q = heads(b, linear(b, x, f"{name}.query", WIDTH, WIDTH), [0, 2, 1, 3])
        k = heads(b, linear(b, x, f"{name}.key", WIDTH, WIDTH), [0, 2, 3, 1])
        v = heads(b, linear(b, x, f"{name}.value", WIDTH, WIDTH), [0, 2, 1, 3])
        y = linear(b, attend(b, q, k, v, mask), f"{name}.output", WIDTH, WIDTH)
        x = norm(b, b("Add", y, x), f"{name}.norm1")
        y = make_networks.gelu(b, linear(b, x, f"{name}.up", WIDTH, 4 * WIDTH), False)
        x = norm(b, b("Add", linear(b, y, f"{name}.down", 4 * WIDTH, WIDTH), x), f"{name}.norm2")
    first = b("Gather", x, b.constant(np.int64(0)), axis=1)
    b("Tanh", b.dense(first, "pooler", WIDTH, WIDTH), named="pooled")
    b.output("pooled", ["N", WIDTH])
    return b.model("bert")


def gpt2(sequence):
    """GPT-2 small: blocks normalised before each branch, queries, keys and values in one product."""
    b = Builder(17, 2)
    ids = b.input("input_ids", ["N", sequence], TensorProto.INT64)
    words = b.weight(50257, WIDTH, name="wte.weight")
    x = b("Add", b("Gather", words, ids), b.weight(1, sequence, WIDTH, name="wpe.weight"))
    later = b.constant(np.triu(np.full((sequence, sequence), -1e9, np.float32), 1), "mask")
    for layer in range(DEPTH):
        name = f"h.{layer}"
        y = linear(b, norm(b, x, f"{name}.ln_1"), f"{name}.c_attn", WIDTH, 3 * WIDTH)
        parts = [b.fresh(f"{name}.{part}") for part in "qkv"]
        b.nodes.append(onnx.helper.make_node("Split", [y, b.ints(WIDTH, WIDTH, WIDTH)], parts, axis=2))
        q, k, v = (heads(b, part, order) for part, order in
                   zip(parts, ([0, 2, 1, 3], [0, 2, 3, 1], [0, 2, 1, 3])))
        x = b("Add", x, linear(b, attend(b, q, k, v, later), f"{name}.c_proj", WIDTH, WIDTH))
        y = make_networks.gelu(b, linear(b, norm(b, x, f"{name}.ln_2"), f"{name}.up", WIDTH, 4 * WIDTH), True)
        x = b("Add", x, linear(b, y, f"{name}.down", 4 * WIDTH, WIDTH))
    last = b("Transpose", words, perm=[1, 0])
    b("MatMul", norm(b, x, "ln_f"), last, named="logits")
    b.output("logits", ["N", sequence, 50257])
    return b.model("gpt2")


# Name, how to make it, its size, and the batches that are timed.
NETWORKS = [
    ("resnet18", make_networks.resnet18, 224, (1, 16)),
    ("mobilenet2", make_networks.mobilenet2, 224, (1, 16)),
    ("resnet8", resnet8, 32, (100,)),
    ("bert", bert, 128, (1, 8)),
    ("gpt2", gpt2, 128, (1,)),
]


def median_ms(run, seconds):
    """Of runs for about as long, and of three at least."""
    run()
    times, end = [], time.perf_counter() + seconds
    while len(times) < 3 or time.perf_counter() < end:
        start = time.perf_counter()
        run()
        times.append(1000 * (time.perf_counter() - start))
    return statistics.median(times)


def serve(connection, path, batch, threads, seconds):
    """ONNX Runtime's process: for every request, the median of some runs, in ms."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    random = np.random.default_rng(0)
    feeds = {}
    for each in session.get_inputs():
        shape = [batch, *each.shape[1:]]
        feeds[each.name] = (random.normal(size=shape).astype(np.float32) if "float" in each.type
                            else np.ones(shape, np.int64))
    connection.send("ready")
    while connection.recv():
        connection.send(median_ms(lambda: session.run(None, feeds), seconds))


def ours(pare, path, batch, threads, seconds):
    command = [pare, "bench", path, "--random", str(batch)]
    environment = os.environ | {"OMP_NUM_THREADS": str(threads)}
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    if done.returncode:
        sys.exit(f"{' '.join(command)} exited with {done.returncode}: {done.stderr.strip()}")
    return statistics.median(json.loads(done.stdout)["run_ms"])


def compare(arguments, name, path, batch):
    context = multiprocessing.get_context("spawn")
    connection, end = context.Pipe()
    process = context.Process(
        target=serve, args=(end, path, batch, arguments.threads, arguments.seconds), daemon=True)
    process.start()
    connection.recv()
    mine, its = [], []
    for _ in range(arguments.rounds):
        time.sleep(REST)
        mine.append(ours(arguments.pare, path, batch, arguments.threads, arguments.seconds))
        time.sleep(REST)
        connection.send(True)
        its.append(connection.recv())
    connection.send(False)
    process.join()
    ratio = statistics.median(a / b for a, b in zip(mine, its))
    print(f"{name:<12} {batch:>5} {statistics.median(mine):>10.2f} {statistics.median(its):>14.2f} {ratio:>11.3f}",
          flush=True)
    return ratio


def first_frame(pare, path):
    """Seconds from the start of the process to the list of layers, the median of five."""
    times = []
    for _ in range(5):
        dashboard = Dashboard(pare, path)
        dashboard.read_until(b"Layers", 10)
        times.append(time.perf_counter() - dashboard.started)
        dashboard.quit()
    return statistics.median(times)


def peak_memory(pare, path):
    """The most memory that evaluating two samples takes, in bytes: the system's own mark, read until it is gone. What the system
    tells of a process that has ended begins with what this one had."""
    program = subprocess.Popen([pare, "evaluate", path, "--limit", "2"], stdout=subprocess.DEVNULL)
    peak = 0
    while program.poll() is None:
        with open(f"/proc/{program.pid}/status") as status:
            marks = [int(line.split()[1]) for line in status if line.startswith("VmHWM")]
        peak = max([peak] + marks)
        time.sleep(0.005)
    if program.returncode:
        sys.exit(f"pare evaluate {path} failed")
    return 1024 * peak


def opening(pare, path):
    size = path.stat().st_size
    print(f"{path.stem}, {size / 1e6:.0f} MB: first frame after {1000 * first_frame(pare, str(path)):.0f} ms "
          f"(goal 500), evaluated in {peak_memory(pare, str(path)) / size:.2f} times its size (goal 1.3)")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("pare")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=1)
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--only", nargs="*")
    parser.add_argument("--directory", type=pathlib.Path, help="where the networks are kept; else nowhere")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        directory = arguments.directory or pathlib.Path(temporary)
        directory.mkdir(exist_ok=True)
        print(f"{arguments.rounds} rounds, {arguments.threads} threads")
        print(f"{'network':<12} {'batch':>5} {'Pare, ms':>10} {'ONNX Runtime':>14} {'Pare / it':>11}")
        ratios = []
        for name, make, size, batches in NETWORKS:
            if arguments.only and name not in arguments.only:
                continue
            path = directory / f"{name}.onnx"
            if not path.exists():
                onnx.save(make(size), path)
            ratios += [compare(arguments, name, str(path), batch) for batch in batches]
            if name == "bert":
                opening(arguments.pare, path)
            if not arguments.directory:
                path.unlink()
    mean = math.exp(statistics.mean(map(math.log, ratios)))
    print(f"geometric mean {mean:.3f}, largest {max(ratios):.3f}")


if __name__ == "__main__":
    main()
