#!/usr/bin/env python3
"""Writes observed.json: pruning that looks at samples. Needs PyTorch, and computes in float64.

Wanda: |w| times the norm of what it multiplies, compared within each output. SparseGPT: algorithm 1 of its paper,
with blocks of 128 columns and 1 % of the mean diagonal as damping. APoZ: zeros behind the Relu."""
import numpy as np
import torch
from torch.nn import functional as F

from vectors import rounded, write


def normal(seed, *shape, decimals=6):
    return rounded(np.random.default_rng(seed).normal(size=shape), decimals)


def rows_of(layer):
    """What each output sums: one matrix [positions, columns] for each group of outputs."""
    x, w = torch.tensor(layer["x"]), torch.tensor(layer["w"])
    if layer["type"] == "MatMul":
        return [x]
    unfolded = F.unfold(x, w.shape[2:], padding=layer["pad"], stride=layer["stride"])
    return [part.transpose(1, 2).reshape(-1, part.shape[1]) for part in unfolded.chunk(layer["group"], dim=1)]


def matrix(layer):
    w = torch.tensor(layer["w"])
    return w.T.clone() if layer["type"] == "MatMul" else w.reshape(w.shape[0], -1).clone()


def stored(layer, values):
    w = values.T if layer["type"] == "MatMul" else values.reshape(layer["w"].shape)
    return {"shape": list(w.shape), "values": [float(f"{v:.7g}") for v in w.reshape(-1).tolist()]}


def wanda(layer, kept):
    w = matrix(layer)
    norms = torch.cat([rows.norm(dim=0).expand(w.shape[0] // layer["group"], -1) for rows in rows_of(layer)])
    order = (w.abs() * norms).argsort(dim=1)
    for row, places in enumerate(order):
        w[row, places[: w.shape[1] - kept]] = 0
    return stored(layer, w)


def sparsegpt(layer, share=None, pattern=None):
    w = matrix(layer)
    size = w.shape[0] // layer["group"]
    taps = w[0].numel() // layer["w"].shape[0 if layer["type"] == "MatMul" else 1]
    # A pattern's neighbours are input channels at the same tap.
    order = torch.arange(w.shape[1]) if not pattern else torch.arange(w.shape[1]).reshape(-1, taps).T.reshape(-1)
    for group, rows in enumerate(rows_of(layer)):
        part = w[group * size : (group + 1) * size][:, order]
        rows = rows[:, order]
        h = rows.T @ rows
        h += torch.eye(len(h)) * 0.01 * h.diagonal().mean()
        u = torch.linalg.cholesky(torch.linalg.inv(h), upper=True)
        for start in range(0, len(h), 128):
            end = min(start + 128, len(h))
            block = part[:, start:end].clone()
            scores = block**2 / u.diagonal()[start:end] ** 2
            gone = torch.zeros_like(block, dtype=torch.bool)
            if pattern:
                n, m = pattern
                groups = scores.reshape(len(block), -1, m).argsort(dim=2)[:, :, : m - n]
                gone = gone.reshape(len(block), -1, m).scatter(2, groups, True).reshape(block.shape)
            else:
                gone.view(-1)[scores.view(-1).argsort()[: round(share * scores.numel())]] = True
            errors = torch.zeros_like(block)
            for i in range(end - start):
                value = block[:, i].clone()
                block[:, i] = torch.where(gone[:, i], 0, value)
                errors[:, i] = (value - block[:, i]) / u[start + i, start + i]
                block[:, i + 1 :] -= errors[:, i : i + 1] * u[start + i, start + i + 1 : end]
            part[:, start:end] = block
            part[:, end:] -= errors @ u[start:end, end:]
        w[group * size : (group + 1) * size] = part[:, order.argsort()]
    return stored(layer, w)


def apoz(layer):
    x, w = torch.tensor(layer["x"]), torch.tensor(layer["w"])
    y = x @ w if layer["type"] == "MatMul" else F.conv2d(x, w, None, layer["stride"], layer["pad"], 1, layer["group"])
    zero = F.relu(y) == 0
    dims = [dim for dim in range(zero.dim()) if dim != (1 if layer["type"] == "Conv" else zero.dim() - 1)]
    return zero.double().mean(dim=dims).tolist()


def dense(seed, samples, inputs, outputs):
    return {"type": "MatMul", "x": normal(seed, samples, inputs, decimals=2), "w": normal(seed + 1, inputs, outputs), "group": 1}


def conv(seed, samples, inputs, outputs, *, group=1, kernel=3, pad=1, stride=1, size=6):
    return {
        "type": "Conv", "x": normal(seed, samples, inputs, size, size + 1, decimals=2),
        "w": normal(seed + 1, outputs, inputs // group, kernel, kernel), "group": group, "pad": pad, "stride": stride,
    }


LAYERS = {
    "dense": dense(1, 40, 12, 6),
    "dense over two blocks": dense(3, 200, 160, 5),
    "conv": conv(5, 6, 4, 6),
    "conv with stride": conv(7, 6, 4, 6, stride=2, pad=0),
    "conv in groups": conv(9, 6, 8, 6, group=2),
    "depthwise": conv(11, 6, 4, 4, group=4, pad=2),
}


def tensor(values):
    return {"shape": list(values.shape), "values": values.reshape(-1).tolist()}


def case(name, layer):
    given = {key: layer[key] for key in ("type", "group", "pad", "stride") if key in layer}
    columns = matrix(layer).shape[1]
    kept = columns // 2
    expected = {"zeros": apoz(layer), "wanda": wanda(layer, columns - kept)}
    if columns % 2 == 0:
        expected["sparsegpt"] = sparsegpt(layer, share=0.5)
    if name != "depthwise":
        expected["pattern"] = sparsegpt(layer, pattern=(2, 4))
    return {"name": name, "input": {**given, "x": tensor(layer["x"]), "w": tensor(layer["w"])}, "expected": expected}


torch.set_default_dtype(torch.float64)
write("observed.json", f"torch {torch.__version__}", [case(name, layer) for name, layer in LAYERS.items()])
