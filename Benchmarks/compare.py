#!/usr/bin/env python3
"""compare.py PARE BUNDLE [--rounds 7] [--passes 3] [--threads N]: a full pass over the images.

Times exact passes over all of a bundle's images, in memory as float32, by ONNX Runtime at
several batch sizes, by PyTorch where it can be imported (else a line says that it is not
there), and by `pare bench BUNDLE --json`; and the same number of multiplications by PyTorch's matrix product. A peer has one process, started once and warmed up.
Rounds are interleaved, so that all share the machine's good and bad moments: in a round each
makes some passes and their median counts; ratios are taken round by round. A peer's best batch
size is the one that is best over all rounds.
"""
import argparse
import importlib.util
import json
import multiprocessing
import os
import pathlib
import statistics
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "Tests" / "Python"))

import peers  # noqa: E402
from reference import read_bundle  # noqa: E402

REST = 0.2  # Seconds before each turn: the threads of the one before stop spinning.


def serve(connection, bundle, make, threads, passes):
    """A peer's process: for every request, the median of some passes at each batch size, in ms."""
    model, x, _ = read_bundle(bundle)
    runs = {batch: make(str(model), batch, threads) for batch in peers.BATCHES[make]}
    for run in runs.values():
        run(x)
    connection.send("ready")
    while connection.recv():
        result = {}
        for batch, run in runs.items():
            times = []
            for _ in range(passes):
                start = time.perf_counter()
                run(x)
                times.append(1000 * (time.perf_counter() - start))
            result[batch] = statistics.median(times)
        connection.send(result)


class Peer:
    def __init__(self, make, arguments):
        self.name, self.make, self.rounds = peers.NAMES[make], make, []
        context = multiprocessing.get_context("spawn")
        self.connection, end = context.Pipe()
        given = (end, arguments.bundle, make, arguments.threads, arguments.passes)
        self.process = context.Process(target=serve, args=given, daemon=True)
        self.process.start()
        end.close()
        self.connection.recv()

    def round(self):
        self.connection.send(True)
        self.rounds.append(self.connection.recv())

    def stop(self):
        self.connection.send(False)
        self.process.join()

    def series(self):
        """Times of the rounds by name, and the name of the best."""
        batches = {f"{self.name}, {peers.UNITS.get(self.make, 'batch')} {b}": [r[b] for r in self.rounds] for b in self.rounds[0]}
        return batches, min(batches, key=lambda name: statistics.median(batches[name]))


def bench(arguments):
    command = [arguments.pare, "bench", str(arguments.bundle), "--json"]
    environment = os.environ | {"OMP_NUM_THREADS": str(arguments.threads)}
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    if done.returncode:
        sys.exit(f"{' '.join(command)} exited with {done.returncode}: {done.stderr.strip()}")
    return statistics.median(json.loads(done.stdout)["pass_ms"])


def report(ours, rivals):
    print(f"{'a full pass':<28} {'median ms':>10} {'fastest':>9} {'Pare / it':>10}")
    print(f"{'Pare':<28} {statistics.median(ours):>10.1f} {min(ours):>9.1f}")
    for rival in rivals:
        batches, best = rival.series()
        for name, times in batches.items():
            ratio = statistics.median(our / its for our, its in zip(ours, times))
            mark = "  best" if name == best else ""
            print(f"{name:<28} {statistics.median(times):>10.1f} {min(times):>9.1f} {ratio:>10.3f}{mark}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("pare")
    parser.add_argument("bundle", type=pathlib.Path)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--passes", type=int, default=3)
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    arguments = parser.parse_args()

    makes = [peers.onnxruntime_pass]
    if importlib.util.find_spec("torch"):
        makes += [peers.torch_pass, peers.sgemm_pass]
    else:
        print("PyTorch is not installed: not compared.")
    rivals, ours = [Peer(make, arguments) for make in makes], []
    for _ in range(arguments.rounds):
        time.sleep(REST)
        ours.append(bench(arguments))
        for rival in rivals:
            time.sleep(REST)
            rival.round()
    for rival in rivals:
        rival.stop()
    print(f"{arguments.rounds} rounds, {arguments.threads} threads")
    report(ours, rivals)


if __name__ == "__main__":
    main()
