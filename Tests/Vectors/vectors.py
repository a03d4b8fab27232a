"""How the makers of vectors write them: one case a line, floats so that float32 reads them back."""
import json
import pathlib

import numpy as np

HERE = pathlib.Path(__file__).resolve().parent


def rounded(values, decimals=3):
    """float32 values of few decimals: as good as any, and short to write."""
    return np.round(np.asarray(values, np.float64), decimals).astype(np.float32)


def plain(value):
    """What json writes: a float32 becomes the shortest decimal that reads back as it."""
    if isinstance(value, dict):
        return {key: plain(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(each) for each in value]
    if isinstance(value, np.ndarray):
        return [plain(each) for each in value.ravel()]
    if isinstance(value, np.floating):
        return float(str(value))
    if isinstance(value, np.integer):
        return int(value)
    return value


def bits(values):
    """The bit patterns of float32 values, as unsigned numbers."""
    return np.atleast_1d(np.asarray(values, np.float32)).view(np.uint32).tolist()


def write(name, made_with, cases):
    lines = [json.dumps(plain(case), separators=(",", ":"), allow_nan=False) for case in cases]
    text = f'{{"made_with":{json.dumps(made_with)},"cases":[\n' + ",\n".join(lines) + "\n]}\n"
    (HERE / name).write_text(text)
    print(f"{name}: {len(lines)} cases, {len(text)} bytes")
