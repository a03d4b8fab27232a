#!/usr/bin/env python3
"""Writes pruning.json: what torch.nn.utils.prune does, step by step. Needs PyTorch."""
import numpy as np
import torch
from torch.nn.utils import prune

from vectors import rounded, write

L1, RANDOM = prune.L1Unstructured, prune.RandomUnstructured


def weights(seed, *shape):
    """Distinct magnitudes, so that no order is left to chance."""
    generator = np.random.default_rng(seed)
    values = rounded(generator.normal(size=shape), 6)
    assert len(np.unique(np.abs(values))) == values.size
    return values


def step(method, names, *, fraction=None, count=None, threshold=None, **options):
    amounts = {"fraction": fraction, "count": count, "threshold": threshold}
    amount = {kind: value for kind, value in amounts.items() if value is not None}
    return {"method": method, "tensors": names, "amount": amount, **options}


def apply(step, modules):
    amount = step["amount"].get("count", step["amount"].get("fraction"))
    chosen = [modules[name] for name in step["tensors"]]
    match step["method"]:
        case "l1_unstructured":
            prune.l1_unstructured(chosen[0], "w", amount)
        case "identity":
            prune.identity(chosen[0], "w")
        case "custom_from_mask":
            prune.custom_from_mask(chosen[0], "w", chosen[0].w.abs() > step["amount"]["threshold"])
        case "random_unstructured":
            prune.random_unstructured(chosen[0], "w", amount)
        case "ln_structured":
            prune.ln_structured(chosen[0], "w", amount, n=step["norm"], dim=step["axis"])
        case "random_structured":
            prune.random_structured(chosen[0], "w", amount, dim=step["axis"])
        case "global_l1":
            prune.global_unstructured([(module, "w") for module in chosen], L1, amount=amount)
        case "global_random":
            prune.global_unstructured([(module, "w") for module in chosen], RANDOM, amount=amount)


def case(name, tensors, steps, ties=False):
    """`ties`: equal magnitudes or chance decide which; then only the counts are to agree."""
    torch.manual_seed(0)
    modules = {}
    for key, values in tensors.items():
        modules[key] = torch.nn.Module()
        modules[key].register_parameter("w", torch.nn.Parameter(torch.from_numpy(values)))
    kept = []
    for each in steps:
        apply(each, modules)
        masks = {key: getattr(module, "w_mask", None) for key, module in modules.items()}
        kept.append({key: int(mask.sum()) for key, mask in masks.items() if mask is not None})
    expected = {"kept": kept, "ties": ties}
    if not ties:
        expected["masks"] = {
            key: mask.to(torch.int).flatten().tolist() for key, mask in masks.items()
        }
    inputs = {
        key: {"shape": list(values.shape), "values": values} for key, values in tensors.items()
    }
    return {"name": name, "input": {"tensors": inputs, "steps": steps}, "expected": expected}


def cases():
    dense, conv = weights(1, 8, 6), weights(2, 6, 4, 3, 3)
    for fraction in (0.0, 0.1, 0.35, 0.5, 0.77, 0.9, 1.0):
        yield case(
            f"l1 unstructured {fraction}", {"a": dense},
            [step("l1_unstructured", ["a"], fraction=fraction)])
    yield case("l1 unstructured, a count", {"a": dense}, [step("l1_unstructured", ["a"], count=7)])
    yield case("l1 unstructured, all", {"a": dense}, [step("l1_unstructured", ["a"], count=48)])

    yield case("identity", {"a": dense}, [step("identity", ["a"], fraction=0.0)])
    # Any mask: here the one that a threshold makes.
    for name, tensor in (("dense layer", dense), ("convolution", conv)):
        yield case(
            f"a mask of a {name}", {"a": tensor}, [step("custom_from_mask", ["a"], threshold=0.7)])

    # round() is half to even.
    for size, fraction in ((5, 0.5), (10, 0.35), (7, 0.5), (10, 0.25), (10, 0.45), (3, 0.5)):
        yield case(
            f"half to even, {fraction} of {size}", {"a": weights(size, 1, size)},
            [step("l1_unstructured", ["a"], fraction=fraction)])

    # A fraction is one of what is left.
    yield case(
        "l1 unstructured again", {"a": weights(3, 10, 10)},
        [step("l1_unstructured", ["a"], fraction=0.5)] * 2)
    yield case(
        "l1 unstructured three times", {"a": conv},
        [step("l1_unstructured", ["a"], fraction=f) for f in (0.3, 0.2, 0.5)])
    yield case(
        "l1 unstructured, a count and a fraction", {"a": dense},
        [step("l1_unstructured", ["a"], count=5), step("l1_unstructured", ["a"], fraction=0.25)])

    for norm in (1, 2):
        for axis in (0, 1):
            for fraction in (0.25, 0.5, 0.75):
                yield case(
                    f"l{norm} structured, axis {axis}, {fraction} of a convolution", {"a": conv},
                    [step("ln_structured", ["a"], fraction=fraction, norm=norm, axis=axis)])
            yield case(
                f"l{norm} structured, axis {axis}, half of a dense layer", {"a": dense},
                [step("ln_structured", ["a"], fraction=0.5, norm=norm, axis=axis)])
    yield case(
        "l2 structured, 2.5 of 5 rows is 2", {"a": weights(4, 5, 7)},
        [step("ln_structured", ["a"], fraction=0.5, norm=2, axis=0)])
    yield case(
        "l2 structured, all rows", {"a": dense},
        [step("ln_structured", ["a"], fraction=1.0, norm=2, axis=0)])
    yield case(
        "l2 structured, a count", {"a": dense},
        [step("ln_structured", ["a"], count=3, norm=2, axis=0)])

    # Dead slices do not count, and the norm is of what is left of a slice.
    yield case(
        "l2 structured again", {"a": weights(5, 12, 5)},
        [step("ln_structured", ["a"], fraction=0.5, norm=2, axis=0)] * 2)
    yield case(
        "l1 structured three times, axis 1", {"a": conv},
        [step("ln_structured", ["a"], fraction=f, norm=1, axis=1) for f in (0.25, 0.25, 0.5)])
    yield case(
        "l1 unstructured, then l2 structured", {"a": weights(6, 9, 8)},
        [step("l1_unstructured", ["a"], fraction=0.6),
         step("ln_structured", ["a"], fraction=0.5, norm=2, axis=0)])
    yield case(
        "l2 structured, then l1 unstructured", {"a": weights(7, 9, 8)},
        [step("ln_structured", ["a"], fraction=0.4, norm=2, axis=1),
         step("l1_unstructured", ["a"], fraction=0.5)])

    # One list for all layers, not normalised.
    two = {"a": weights(8, 4, 2, 3, 3), "b": rounded(0.2 * weights(9, 10, 6), 6)}
    for fraction in (0.2, 0.5, 0.8):
        yield case(
            f"global l1 {fraction}", two, [step("global_l1", ["a", "b"], fraction=fraction)])
    yield case("global l1, a count", two, [step("global_l1", ["a", "b"], count=11)])
    yield case(
        "global l1 again", two, [step("global_l1", ["a", "b"], fraction=0.5)] * 2)
    yield case(
        "global l1 after l1 of one", two,
        [step("l1_unstructured", ["a"], fraction=0.5),
         step("global_l1", ["a", "b"], fraction=0.5)])

    # Left to chance: counts only.
    equal = np.tile(np.float32([0.5, -0.5, 0.25, 0.25]), (4, 3))
    yield case(
        "ties of l1", {"a": equal}, [step("l1_unstructured", ["a"], fraction=0.3)], ties=True)
    yield case(
        "ties of a norm", {"a": equal},
        [step("ln_structured", ["a"], fraction=0.5, norm=2, axis=0)], ties=True)
    yield case(
        "random unstructured", {"a": dense},
        [step("random_unstructured", ["a"], fraction=0.35)], ties=True)
    yield case(
        "random unstructured again", {"a": dense},
        [step("random_unstructured", ["a"], fraction=0.5)] * 2, ties=True)
    yield case(
        "random structured again", {"a": conv},
        [step("random_structured", ["a"], fraction=0.5, axis=0)] * 2, ties=True)
    yield case(
        "random structured", {"a": conv},
        [step("random_structured", ["a"], fraction=0.5, axis=0)], ties=True)
    yield case(
        "global random", {"a": dense, "b": conv},
        [step("global_random", ["a", "b"], fraction=0.5)], ties=True)


if __name__ == "__main__":
    torch.set_num_threads(1)
    write("pruning.json", f"torch {torch.__version__.split('+')[0]}", cases())
