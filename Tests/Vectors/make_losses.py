#!/usr/bin/env python3
"""Writes losses.json: losses of distillation and their gradients, by torch in float64 on float32 inputs.

  kl_divergence  (1 - a) CE(y, z_s) + a T² KL(softmax(z_t / T) ‖ softmax(z_s / T)), mean over rows whose label is not
                 negative; soft is the KL, hard the CE
  logits_mse     (1 - a) CE(y, z_s) + a MSE(z_t, z_s), mean over all logits
  mse            (1 - a) MSE(y, s) + a MSE(t, s)
  cross_entropy  CE(y, z_s)
  feature        w MSE(P' x_s, x_t), P [student channels, teacher channels]; gradients of x_s and P
  attention      w mean((Q_s - Q_t)²), Q a sample's sums of squares over channels, over their Euclidean norm
"""
import numpy as np
import torch
from torch.nn import functional as F

from vectors import rounded, write

torch.set_default_dtype(torch.float64)


def array(values):
    return {"shape": list(values.shape), "values": np.asarray(values)}


def tensor(values, grad=False):
    return torch.tensor(np.asarray(values, np.float64), requires_grad=grad)


def digits(values):
    return [float(f"{value:.9g}") for value in values.detach().numpy().ravel()]


def number(value):
    return float(f"{value.item():.12g}")


def loss(name, kind, student, teacher=None, labels=None, alpha=0.0, temperature=1.0):
    s = tensor(student, True)
    t = None if teacher is None else tensor(teacher)
    hard = soft = None
    soft_weight = alpha
    if kind == "mse":
        if labels is not None and alpha < 1:
            hard = F.mse_loss(s, tensor(labels).reshape(s.shape))
        if t is not None and alpha > 0:
            soft = F.mse_loss(s, t)
    else:
        columns = student.shape[-1]
        rows = s.reshape(-1, columns)
        counted = torch.ones(len(rows), dtype=bool)
        if labels is not None and alpha < 1:
            flat = torch.tensor(np.asarray(labels).ravel())
            counted = flat >= 0
            hard = F.cross_entropy(rows[counted], flat[counted])
        if t is not None and alpha > 0:
            theirs = t.reshape(-1, columns)[counted]
            if kind == "kl_divergence":
                soft = F.kl_div(F.log_softmax(rows[counted] / temperature, 1), F.softmax(theirs / temperature, 1),
                                reduction="batchmean")
                soft_weight = alpha * temperature ** 2
            else:
                soft = F.mse_loss(rows[counted], theirs)
    total = sum(w * term for w, term in [(1 - alpha, hard), (soft_weight, soft)] if term is not None)
    total.backward()
    inputs = {"loss": kind, "alpha": alpha, "temperature": temperature, "student": array(student)}
    if teacher is not None:
        inputs["teacher"] = array(teacher)
    if labels is not None:
        inputs["labels"] = array(labels)
    return {"name": name, "input": inputs,
            "expected": {"total": number(total), "hard": None if hard is None else number(hard),
                         "soft": None if soft is None else number(soft), "gradient": digits(s.grad)}}


def feature(name, student, teacher, axis, projection=None, weight=1.0):
    s, t = tensor(student, True), tensor(teacher)
    p = None if projection is None else tensor(projection, True)
    mapped = s if p is None else (s.movedim(axis, -1) @ p).movedim(-1, axis)
    value = weight * F.mse_loss(mapped, t)
    value.backward()
    inputs = {"loss": "feature", "axis": axis, "weight": weight, "student": array(student),
              "teacher": array(teacher)}
    expected = {"total": number(value), "gradient": digits(s.grad)}
    if p is not None:
        inputs["projection"] = array(projection)
        expected["projection_gradient"] = digits(p.grad)
    return {"name": name, "input": inputs, "expected": expected}


def attention(name, student, teacher, axis, weight=1.0):
    s, t = tensor(student, True), tensor(teacher)

    def attend(x):
        return F.normalize(x.pow(2).sum(axis).reshape(len(x), -1))

    value = weight * (attend(s) - attend(t)).pow(2).mean()
    value.backward()
    return {"name": name, "input": {"loss": "attention", "axis": axis, "weight": weight, "student": array(student),
                                    "teacher": array(teacher)},
            "expected": {"total": number(value), "gradient": digits(s.grad)}}


random = np.random.default_rng(5)


def normal(*shape, size=1.0):
    return rounded(random.normal(size=shape) * size, 3)


z_s, z_t = rounded([[1, 2, 3], [.5, -1, 2]]), rounded([[2, 1, 0], [1, 0, 3]])
y = np.array([2, 2])
tokens = np.array([[0, 3, -100], [4, -1, 2]])
images, wide = normal(3, 2, 4, 5), normal(3, 3, 4, 5)
words, broad = normal(2, 6, 3), normal(2, 6, 5)
write("losses.json", f"torch {torch.__version__}", [
    loss("the formula's own numbers", "kl_divergence", z_s, z_t, y, 0.5, 4.0),
    loss("labels alone", "cross_entropy", z_s, labels=y),
    loss("alpha 0 is labels alone", "kl_divergence", z_s, labels=y, alpha=0.0, temperature=4.0),
    loss("the teacher alone", "kl_divergence", z_s, z_t, alpha=1.0, temperature=4.0),
    loss("large logits, half a degree", "kl_divergence", normal(4, 7, size=20), normal(4, 7, size=20),
         np.array([0, 6, 3, 3]), 0.7, 0.5),
    loss("the highest temperature", "kl_divergence", normal(3, 4, size=3), normal(3, 4, size=3), np.array([1, 0, 3]),
         0.9, 64.0),
    loss("tokens, some left out", "kl_divergence", normal(2, 3, 5, size=2), normal(2, 3, 5, size=2), tokens, 0.6, 2.0),
    loss("tokens by the teacher alone", "kl_divergence", normal(2, 3, 5), normal(2, 3, 5), alpha=1.0, temperature=3.0),
    loss("logits as they are", "logits_mse", normal(4, 3, size=2), normal(4, 3, size=2), np.array([0, 1, 2, 1]), 0.3),
    loss("logits of tokens, some left out", "logits_mse", normal(2, 3, 5), normal(2, 3, 5), tokens, 0.5),
    loss("logits by the teacher alone", "logits_mse", normal(4, 3), normal(4, 3), alpha=1.0),
    loss("numbers", "mse", normal(4, 2), normal(4, 2), normal(4, 2), 0.25),
    loss("numbers, one a sample", "mse", normal(5, 1), labels=normal(5), alpha=0.0),
    loss("numbers by the teacher alone", "mse", normal(4, 2), normal(4, 2), alpha=1.0),
    feature("as many channels", images, normal(3, 2, 4, 5), 1, weight=0.5),
    feature("more channels by a projection", images, wide, 1, normal(2, 3)),
    feature("fewer channels, last, by a projection", broad, words, -1, normal(5, 3), weight=2.0),
    feature("vectors by a projection", normal(4, 3), normal(4, 6), 1, normal(3, 6)),
    feature("more positions than go at once", normal(1, 2, 300), normal(1, 3, 300), 1, normal(2, 3)),
    feature("more rows than go at once", normal(1, 300, 2), normal(1, 300, 3), 2, normal(2, 3)),
    attention("where pictures are bright", images, wide, 1, weight=100.0),
    attention("where sentences are bright", words, broad, 2),
])
