#!/usr/bin/env python3
"""Writes gptq.json: weights rounded by GPTQ, by NumPy in float64.

Written from the paper (Frantar et al. 2022), in its first form: no Cholesky factor and no blocks of columns, but
the inverse of H itself, from which each column that is done is eliminated (equations 2 and 3).

  H          X' X + damping mean(diag(X' X)) I, X a row for each position that a layer computes.
  order      natural: 0, 1, 2 ... activation: by descending diagonal of X' X.
  column q   w[q] is rounded; e = (w[q] - rounded) / Hinv[q, q]; w -= e Hinv[q, :];
             Hinv -= Hinv[:, q] Hinv[q, :] / Hinv[q, q].
  zeros      stay zeros.
  scales     as in make_linear.py, of the weight as it is; of blocks in natural order when the first
             column of the block is reached, of the weight as it is then.

Seeds are such that no quotient comes closer to a tie than MARGIN, and no two elements of the diagonal are closer
than that in their ratio: float32 gives the same integers.
"""
import numpy as np

from make_linear import integers
from vectors import rounded, write

MARGIN = 2e-3


class Tie(Exception):
    pass


def parameters(values, width, symmetric):
    qmin, qmax = integers(width, symmetric, True)
    lo, hi = min(0.0, values.min()), max(0.0, values.max())
    if symmetric:
        hi = max(-lo, hi)
        lo = -hi
    scale = (hi - lo) / (qmax - qmin)
    exact = 0 if symmetric else qmin - lo / scale
    if not symmetric:
        check(exact)
    return float(np.float32(scale)), int(np.rint(exact))


def check(quotient):
    if abs(abs(quotient - np.floor(quotient)) - 0.5) < MARGIN:
        raise Tie


def gptq(w, x, width, symmetric, granularity, order, damping, block, taps):
    """Integers, and scales with zero points, of one group: w [rows, columns], x [positions, columns]."""
    w, (rows, columns) = w.astype(np.float64), w.shape
    qmin, qmax = integers(width, symmetric, True)
    h = x.astype(np.float64).T @ x.astype(np.float64)
    diagonal = np.diag(h).copy()
    inverse = np.linalg.inv(h + damping * diagonal.mean() * np.eye(columns))
    turn = np.arange(columns)
    if order == "activation":
        turn = np.argsort(-diagonal, kind="stable")
        falls = diagonal[turn]
        if (falls[1:] / falls[:-1] > 1 - 1e-4).any():
            raise Tie
    # The block of each column: neighbours along the inputs, for each tap by itself.
    place = np.zeros(columns, int)
    if granularity == "block":
        place = (np.arange(columns) // taps // block) * taps + np.arange(columns) % taps
    found = {}

    def find(row, which):
        members = w[row, place == which] * kept[row, place == which]
        if granularity == "tensor":
            members = w
        found[row, which] = parameters(members, width, symmetric)

    kept = w != 0
    for row in range(rows):
        for which in sorted(set(place)):
            find(row, which)
    q = np.zeros((rows, columns), int)
    for column in turn:
        if granularity == "block" and order == "natural" and column % (block * taps) == 0:
            for row in range(rows):
                for which in range(place[column], place[column] + taps):
                    find(row, which)
        pivot = inverse[column, column]
        for row in range(rows):
            scale, zero = found[row, place[column]]
            value = w[row, column]
            if kept[row, column]:
                if qmin - 1 < value / scale + zero < qmax + 1:
                    check(value / scale)
                q[row, column] = np.clip(np.rint(value / scale) + zero, qmin, qmax)
            else:
                q[row, column] = zero
            back = (q[row, column] - zero) * scale
            w[row] -= (value - back) / pivot * inverse[column]
        inverse -= np.outer(inverse[:, column], inverse[column]) / pivot
    return q, [found[row, which] for row in range(rows) for which in sorted(set(place))]


def unfold(data, kernel, group):
    """Rows of what a convolution without padding sums, by group."""
    n, c, height, width = data.shape
    kh, kw = kernel
    parts = []
    for channels in np.split(data, group, axis=1):
        rows = [channels[:, :, y:y + kh, x:x + kw].reshape(n, -1)
                for y in range(height - kh + 1) for x in range(width - kw + 1)]
        parts.append(np.concatenate(rows))
    return parts


def attempt(seed, kind, data_shape, weight_shape, width, symmetric, granularity, order, damping, block, group,
            zeros):
    random = np.random.default_rng(seed)
    # Inputs that hang together, some stronger than others: otherwise there is nothing to make up for.
    inputs = int(np.prod(data_shape[1:]))
    mix = random.normal(size=(inputs, inputs)) * 0.5 + np.eye(inputs)
    data = random.normal(size=(data_shape[0], inputs)) @ mix * random.uniform(0.3, 2, inputs)
    data = rounded(np.maximum(data, -0.5).reshape(data_shape) / 4, 2)
    weight = rounded(random.normal(size=weight_shape) * random.uniform(0.5, 1.5, size=weight_shape), 3)
    weight[random.random(weight_shape) < zeros] = 0
    matrix = weight.T if kind == "MatMul" else weight.reshape(len(weight), -1)
    parts = unfold(data, weight_shape[2:], group) if kind == "Conv" else [data]
    taps = int(np.prod(weight_shape[2:])) if kind == "Conv" else 1
    results = [gptq(rows, x, width, symmetric, granularity, order, damping, block, taps)
               for rows, x in zip(np.split(matrix, group), parts)]
    q = np.concatenate([result[0] for result in results])
    scales = [scale for result in results for scale in result[1]]
    q = q.T if kind == "MatMul" else q.reshape(weight_shape)
    return {"data": {"shape": list(data.shape), "values": data},
            "weight": {"shape": list(weight.shape), "values": weight}}, {
        "integers": q.ravel().tolist(),
        # Of each row and block, in no order.
        "scales": sorted({float(f"{scale:.9g}") for scale, _ in scales}),
        "zero_points": sorted(zero for _, zero in scales)}


def case(name, kind, data, weight, width, scheme="symmetric", granularity="channel", order="natural",
         damping=0.01, block=0, group=1, zeros=0.0):
    for seed in range(1000):
        try:
            inputs, expected = attempt(seed, kind, data, weight, width, scheme == "symmetric", granularity, order,
                                       damping, block, group, zeros)
        except Tie:
            continue
        inputs |= {"type": kind, "bits": width, "scheme": scheme, "granularity": granularity, "order": order,
                   "damping": damping, "block": block, "group": group}
        return {"name": name, "input": inputs, "expected": expected}
    raise SystemExit(f"no seed for {name}")


write("gptq.json", f"numpy {np.__version__}", [
    case("dense, 4 bits, a scale a channel", "Gemm", [60, 12], [5, 12], 4),
    case("dense, 3 bits, one scale", "Gemm", [60, 12], [5, 12], 3, granularity="tensor"),
    case("dense, 3 bits affine, by activation", "Gemm", [60, 12], [5, 12], 3, "affine", order="activation"),
    case("dense as [inputs, outputs], pruned, more damping", "MatMul", [60, 10], [10, 6], 4, zeros=0.4,
         damping=0.1),
    case("dense, 8 bits, by activation, pruned", "MatMul", [60, 10], [10, 6], 8, order="activation", zeros=0.4),
    case("convolution, 4 bits", "Conv", [12, 2, 5, 5], [4, 2, 3, 3], 4),
    case("convolution in groups, 3 bits, by activation", "Conv", [12, 4, 5, 5], [6, 2, 2, 2], 3,
         order="activation", group=2),
    case("depthwise, 2 bits", "Conv", [12, 3, 4, 4], [3, 1, 3, 3], 2, group=3),
    case("more columns than the paper's block", "Gemm", [40, 130], [2, 130], 4, damping=0.5),
    case("blocks of 32, scales as their turns come", "MatMul", [40, 64], [64, 2], 4, granularity="block", block=32,
         damping=0.1),
    case("blocks of 32, by activation", "Gemm", [40, 64], [2, 64], 4, "affine", granularity="block", block=32,
         order="activation", damping=0.1),
    case("blocks of a convolution", "Conv", [20, 64, 3, 1], [2, 64, 2, 1], 4, granularity="block", block=32,
         damping=0.5),
])
