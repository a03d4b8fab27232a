#!/usr/bin/env python3
"""Trains a small GPT on the King James Bible, character by character, and writes it as ONNX.

Never needed to use Pare. It takes PyTorch (CPU), NumPy, onnx and onnxruntime, and
Debian's packages bible-kjv and bible-kjv-text:

    python3 train.py [--steps 6000] [--seed 0] [--threads 1]

Four whole books are held out. They are looked at once, at the end, and choose nothing;
they are cut into windows of 128 characters that do not overlap, and go into the bundle.
So do 4,000 windows of what it was trained on.
"""
import argparse
import contextlib
import io
import json
import math
import pathlib
import re
import subprocess
import time
import warnings

import numpy as np
import onnx
import onnxruntime
import torch
from torch import nn
from torch.nn import functional as F

HERE = pathlib.Path(__file__).resolve().parent
HELD_OUT = ("Ruth", "Eccl", "Jonah", "Jas")
SHIPPED = 4000
CONTEXT, WIDTH, HEADS, LAYERS = 128, 96, 4, 3


def books():
    """The text of each book by its short name, a verse a line, without references."""
    command = ["bible", "-f", "-l", "4000", "gen1:1-rev22:21"]
    told = subprocess.run(command, capture_output=True, text=True, check=True, stdin=subprocess.DEVNULL)
    texts = {}
    for line in told.stdout.splitlines():
        verse = re.fullmatch(r"(\d?[A-Za-z]+)\d+:\d+ (.+)", line)
        if verse:
            texts.setdefault(verse[1], []).append(verse[2].strip())
    return {name: "\n".join(verses) + "\n" for name, verses in texts.items()}


class Attention(nn.Module):
    """Causal self-attention; queries, keys and values come from one product."""

    def __init__(self):
        super().__init__()
        self.qkv = nn.Linear(WIDTH, 3 * WIDTH)
        self.proj = nn.Linear(WIDTH, WIDTH)
        mask = torch.tril(torch.ones(CONTEXT, CONTEXT, dtype=torch.bool))
        self.register_buffer("mask", mask[None, None], persistent=False)

    def forward(self, x):
        batch, length, _ = x.shape
        q, k, v = self.qkv(x).split(WIDTH, 2)
        q, k, v = (each.view(batch, length, HEADS, WIDTH // HEADS).transpose(1, 2) for each in (q, k, v))
        scores = (q @ k.transpose(2, 3)) * (1 / math.sqrt(WIDTH // HEADS))
        scores = scores.masked_fill(~self.mask[:, :, :length, :length], float("-inf"))
        x = F.softmax(scores, 3) @ v
        return self.proj(x.transpose(1, 2).reshape(batch, length, WIDTH))


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm1 = nn.LayerNorm(WIDTH)
        self.attention = Attention()
        self.norm2 = nn.LayerNorm(WIDTH)
        self.up = nn.Linear(WIDTH, 4 * WIDTH)
        self.down = nn.Linear(4 * WIDTH, WIDTH)

    def forward(self, x):
        x = x + self.attention(self.norm1(x))
        return x + self.down(F.gelu(self.up(self.norm2(x))))


class GPT(nn.Module):
    def __init__(self, vocabulary):
        super().__init__()
        self.tokens = nn.Embedding(vocabulary, WIDTH)
        self.positions = nn.Embedding(CONTEXT, WIDTH)
        self.blocks = nn.ModuleList(Block() for _ in range(LAYERS))
        self.norm = nn.LayerNorm(WIDTH)
        self.head = nn.Linear(WIDTH, vocabulary, bias=False)
        self.register_buffer("places", torch.arange(CONTEXT)[None], persistent=False)
        for name, parameter in self.named_parameters():
            if parameter.dim() == 2:
                deep = name.endswith(("proj.weight", "down.weight"))
                nn.init.normal_(parameter, std=0.02 / math.sqrt(2 * LAYERS) if deep else 0.02)

    def forward(self, tokens):
        x = self.tokens(tokens) + self.positions(self.places[:, : tokens.shape[1]])
        for block in self.blocks:
            x = block(x)
        return self.head(self.norm(x))


def train(model, text, steps, batch=16, rate=3e-3):
    optimizer = torch.optim.AdamW(model.parameters(), lr=rate, betas=(0.9, 0.98), weight_decay=0.05)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, rate, steps, pct_start=0.08)
    start, total = time.perf_counter(), 0.0
    for step in range(1, steps + 1):
        begins = torch.randint(0, len(text) - CONTEXT - 1, (batch,))
        rows = torch.stack([text[begin : begin + CONTEXT + 1] for begin in begins.tolist()]).long()
        loss = F.cross_entropy(model(rows[:, :-1]).flatten(0, 1), rows[:, 1:].flatten())
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        total += loss.item()
        if step % 100 == 0:
            print(f"step {step:5}  loss {total / 100:.4f}  {time.perf_counter() - start:.0f} s", flush=True)
            total = 0.0


def export(model, path):
    """Written by PyTorch's exporter, as most such files are; batch and length are symbols."""
    axes = {"tokens": {0: "batch", 1: "sequence"}, "logits": {0: "batch", 1: "sequence"}}
    example = torch.zeros(2, CONTEXT // 2, dtype=torch.int64)
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        torch.onnx.export(model.eval(), (example,), path, dynamo=False, opset_version=17,
                          input_names=["tokens"], output_names=["logits"], dynamic_axes=axes)
    onnx.checker.check_model(path, full_check=True)


def measure(path, rows):
    """Next characters found, next characters asked, and perplexity, by ONNX Runtime."""
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    right, loss = 0, 0.0
    for part in np.array_split(rows.astype(np.int64), 20):
        logits = session.run(None, {"tokens": part})[0][:, :-1].astype(np.float64)
        labels = part[:, 1:]
        right += int((logits.argmax(2) == labels).sum())
        highest = logits.max(2)
        sums = highest + np.log(np.exp(logits - highest[..., None]).sum(2))
        loss += (sums - np.take_along_axis(logits, labels[..., None], 2)[..., 0]).sum()
    asked = rows.shape[0] * (rows.shape[1] - 1)
    return right, asked, math.exp(loss / asked)


def write_manifest(characters):
    names = [{" ": "space", "\n": "newline"}.get(each, each) for each in characters]
    manifest = {
        "pare": 1,
        "name": "gpt-text",
        "model": "gpt-text.onnx",
        "task": "next-token",
        "sizes": {"sequence": CONTEXT},
        "validation": {"data": "validation.npz"},
        "training": {"data": "training.npz"},
        "classes": names,
    }
    text = json.dumps(manifest, indent=2)
    # The characters stand on one line.
    text = re.sub(r'("classes": )\[.*\]', lambda m: m[1] + json.dumps(names), text, flags=re.S)
    (HERE / "pare.json").write_text(text + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--steps", type=int, default=6000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args()

    torch.manual_seed(arguments.seed)
    torch.set_num_threads(arguments.threads)
    texts = books()
    characters = sorted(set("".join(texts.values())))
    number = {character: index for index, character in enumerate(characters)}
    encode = lambda text: np.array([number[each] for each in text], np.uint8)
    seen = encode("".join(text for name, text in texts.items() if name not in HELD_OUT))
    unseen = encode("".join(texts[name] for name in HELD_OUT))
    model = GPT(len(characters))
    count = sum(each.numel() for each in model.parameters())
    print(f"{count:,} parameters, {len(characters)} characters, {len(seen):,} to train on, {len(unseen):,} held out")
    train(model, torch.from_numpy(seen), arguments.steps)

    path = HERE / "gpt-text.onnx"
    export(model, path)
    rows = unseen[: len(unseen) // CONTEXT * CONTEXT].reshape(-1, CONTEXT)
    np.savez_compressed(HERE / "validation.npz", tokens=rows)
    apart = seen[: len(seen) // CONTEXT * CONTEXT].reshape(-1, CONTEXT)
    np.savez_compressed(HERE / "training.npz", tokens=apart[::len(apart) // SHIPPED][:SHIPPED])
    write_manifest(characters)
    right, asked, perplexity = measure(path, rows)
    print(f"{path.name}, by ONNX Runtime, on {len(rows)} windows: {right} of {asked} next characters "
          f"({100 * right / asked:.2f} %), perplexity {perplexity:.4f}")


if __name__ == "__main__":
    main()
