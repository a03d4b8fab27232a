#!/usr/bin/env python3
"""Writes schedules.json: the learning rate of every step by `torch.optim.lr_scheduler`; a rise in front by LinearLR."""
import warnings

import torch
from torch.optim import lr_scheduler as schedulers

from vectors import write

warnings.filterwarnings("ignore")


def case(name, schedule, highest, total, rise=0, every=1, gamma=0.1):
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=highest)
    rest = total - rise
    after = {"constant": lambda: schedulers.ConstantLR(optimizer, factor=1.0),
             "cosine": lambda: schedulers.CosineAnnealingLR(optimizer, T_max=rest),
             "one_cycle": lambda: schedulers.OneCycleLR(optimizer, max_lr=highest, total_steps=rest,
                                                        cycle_momentum=False),
             "step": lambda: schedulers.StepLR(optimizer, step_size=every, gamma=gamma)}[schedule]()
    if rise:
        before = schedulers.LinearLR(optimizer, start_factor=1 / rise, total_iters=max(rise - 1, 1))
        after = schedulers.SequentialLR(optimizer, [before, after], milestones=[rise])
    rates = []
    for step in range(total):
        rates.append(float(f"{optimizer.param_groups[0]['lr']:.12g}"))
        optimizer.step()
        if step + 1 < total:
            after.step()
    return {"name": name,
            "input": {"schedule": schedule, "highest": highest, "total": total, "rise": rise, "every": every,
                      "gamma": gamma},
            "expected": {"rates": rates}}


write("schedules.json", f"torch {torch.__version__}", [
    case("constant", "constant", 0.1, 5),
    case("half a wave", "cosine", 0.1, 20),
    case("a rise and half a wave", "cosine", 0.3, 25, rise=5),
    case("a cycle", "one_cycle", 0.1, 40),
    case("a cycle of an odd length", "one_cycle", 2.0, 13),
    case("a short cycle", "one_cycle", 1.0, 3),
    case("falls", "step", 0.1, 20, every=6),
    case("a rise and falls to half", "step", 0.1, 22, rise=4, every=5, gamma=0.5),
    case("a rise to what stays", "constant", 0.01, 9, rise=3),
])
