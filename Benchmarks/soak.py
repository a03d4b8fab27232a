#!/usr/bin/env python3
"""soak.py PARE BUNDLE [--moves 20000] [--cache 256M]: many moves in one session, and what it holds meanwhile.

Watches resident memory and open files of `pare replay --random` from outside, move by move, and fails where memory grows
by more than a tenth, or files at all, between the first thousand moves and the last.
"""
import argparse
import os
import statistics
import subprocess
import sys


def resident(process):
    with open(f"/proc/{process}/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS")) / 1024


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("pare")
    parser.add_argument("bundle")
    parser.add_argument("--moves", type=int, default=20000)
    parser.add_argument("--cache", default="256M")
    parser.add_argument("--seed", default="1")
    arguments = parser.parse_args()
    command = [arguments.pare, "replay", arguments.bundle, "--random", str(arguments.moves), "--seed",
               arguments.seed, "--cache", arguments.cache, "--json"]
    program = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    memory, files = [], []
    for line in program.stdout:
        if len(memory) % 50 == 0 or len(memory) < 2:
            now = (resident(program.pid), len(os.listdir(f"/proc/{program.pid}/fd")))
        memory.append(now[0])
        files.append(now[1])
        if len(memory) % (arguments.moves // 10) == 0:
            print(f"{len(memory):>7} moves: {memory[-1]:7.0f} MiB, {files[-1]} open files", flush=True)
    if program.wait():
        sys.exit(f"{' '.join(command)} exited with {program.returncode}")
    early = max(memory[500:1000] or memory)
    late = statistics.median(memory[-500:])
    print(f"{len(memory)} moves; memory {early:.0f} MiB in the first thousand, {late:.0f} MiB at the end")
    if len(memory) < arguments.moves or late > 1.1 * early or files[-1] > max(files[:1000]):
        sys.exit("it grows")


if __name__ == "__main__":
    main()
