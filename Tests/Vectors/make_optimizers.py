#!/usr/bin/env python3
"""Writes optimizers.json: a parameter after each of some steps of `torch.optim`, in float32 on one thread.

Gradients are drawn beforehand and do not depend on the parameter. Cases "clip" are two gradients, `start` and
`gradients`, of which `torch.nn.utils.clip_grad_norm_` takes one norm.
"""
import numpy as np
import torch

from vectors import rounded, write

torch.set_num_threads(1)
random = np.random.default_rng(11)
SIZE, STEPS = 9, 12


def case(name, optimizer, rate, momentum=0.0, nesterov=False, decay=0.0):
    start = rounded(random.normal(size=SIZE), 3)
    gradients = rounded(random.normal(size=(STEPS, SIZE)) * random.uniform(0.01, 3, size=SIZE), 3)
    gradients[:, 0] = 0
    w = torch.nn.Parameter(torch.tensor(start.copy()))
    made = {"sgd": lambda: torch.optim.SGD([w], rate, momentum, nesterov=nesterov, weight_decay=decay),
            "adam": lambda: torch.optim.Adam([w], rate, weight_decay=decay),
            "adamw": lambda: torch.optim.AdamW([w], rate, weight_decay=decay)}[optimizer]()
    steps = []
    for gradient in gradients:
        w.grad = torch.tensor(gradient)
        made.step()
        steps.append(w.detach().numpy().copy())
    return {"name": name,
            "input": {"optimizer": optimizer, "learning_rate": rate, "momentum": momentum, "nesterov": nesterov,
                      "weight_decay": decay, "start": start, "gradients": gradients},
            "expected": {"steps": np.concatenate(steps)}}


def clipped(name, limit, size):
    first, second = rounded(random.normal(size=7) * size, 3), rounded(random.normal(size=6) * size, 3)
    parameters = [torch.nn.Parameter(torch.zeros(len(each))) for each in (first, second)]
    for parameter, gradient in zip(parameters, (first, second)):
        parameter.grad = torch.tensor(gradient)
    norm = torch.nn.utils.clip_grad_norm_(parameters, limit)
    return {"name": name, "input": {"optimizer": "clip", "limit": limit, "start": first, "gradients": second},
            "expected": {"norm": np.float32(norm), "steps": np.concatenate([each.grad.numpy() for each in parameters])}}


write("optimizers.json", f"torch {torch.__version__}", [
    case("plain", "sgd", 0.1),
    case("plain with decay", "sgd", 0.05, decay=0.01),
    case("momentum", "sgd", 0.05, 0.9),
    case("momentum and decay", "sgd", 0.05, 0.9, decay=0.1),
    case("Nesterov's", "sgd", 0.02, 0.8, True, 0.01),
    case("Adam", "adam", 0.01),
    case("Adam with decay in the gradient", "adam", 0.1, decay=0.1),
    case("AdamW", "adamw", 0.01, decay=0.1),
    clipped("gradients too long", 1.0, 2.0),
    clipped("gradients short enough", 10.0, 0.1),
])
