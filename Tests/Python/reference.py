"""ONNX Runtime, as the reference: what it computes for a model, and bundles' data."""
import gzip
import json

import numpy as np
import onnxruntime


def session(model, optimized=False, threads=2):
    """A session on a path or bytes; unoptimized, it runs every node as it stands."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    levels = onnxruntime.GraphOptimizationLevel
    options.graph_optimization_level = levels.ORT_ENABLE_ALL if optimized else levels.ORT_DISABLE_ALL
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def outputs(model, feeds):
    """All outputs by name."""
    running = session(model)
    return dict(zip([each.name for each in running.get_outputs()], running.run(None, feeds)))


def logits(model, x, batch=100, **options):
    """The first output for all samples; sample by sample where the model's batch is fixed to one."""
    running = session(model, **options)
    given = running.get_inputs()[0]
    step = given.shape[0] if isinstance(given.shape[0], int) else batch
    parts = [
        running.run(None, {given.name: x[start : start + step]})[0] for start in range(0, len(x), step)]
    return np.concatenate(parts)


def predictions(model, x, **options):
    return logits(model, x, **options).argmax(-1)


def read_idx(path):
    opened = gzip.open(path) if path.suffix == ".gz" else open(path, "rb")
    with opened as file:
        data = file.read()
    shape = np.frombuffer(data, ">u4", data[3], 4)
    return np.frombuffer(data, np.uint8, offset=4 + 4 * data[3]).reshape(shape)


def read_bundle(bundle):
    """A bundle's model, and its validation data: x as the model takes it, y int64, `[N]`, or `[N, T]` of tokens."""
    manifest = json.loads((bundle / "pare.json").read_text())
    files, how = manifest["validation"], manifest.get("preprocessing", {})
    if manifest.get("task") == "next-token":
        (tokens,) = np.load(bundle / files["data"]).values()
        tokens = tokens.astype(np.int64)
        return bundle / manifest["model"], tokens, tokens[:, 1:]
    if "data" in files:
        data = np.load(bundle / files["data"])
        x, y = data["x"].astype(np.float32), data["y"]
    else:
        x = read_idx(bundle / files["images"])[:, None].astype(np.float32)
        y = read_idx(bundle / files["labels"])
    x *= np.float32(how["scale"])
    if "mean" in how or "std" in how:
        channels = (-1,) + (1,) * (x.ndim - 2)
        x -= np.float32(how.get("mean", 0)).reshape(channels)
        x /= np.float32(how.get("std", 1)).reshape(channels)
    return bundle / manifest["model"], x, y.astype(np.int64)
