"""How vectors of single nodes are written: the same form for all files of them.

A case is `{"name", "input": {"op", "domain", "opset", "attributes", "inputs", "constants"}, "expected": {"outputs"}}`.
An attribute is under its kind, as `{"axes": {"ints": [0, 1]}}`. An array is its `dtype`, its `shape` and its `values`, in
which a number that is not finite is text; null is an input or output that is left out. `constants` are the numbers of
inputs that are part of the graph and not given when it runs.
"""
import ml_dtypes
import numpy as np
from onnx import helper

TYPES = {
    "float32": np.float32, "float64": np.float64, "float16": np.float16, "bfloat16": ml_dtypes.bfloat16,
    "int8": np.int8, "uint8": np.uint8, "int16": np.int16, "uint16": np.uint16, "int32": np.int32,
    "uint32": np.uint32, "int64": np.int64, "uint64": np.uint64, "bool": np.bool_}
REALS = ["float32", "float64", "float16", "bfloat16"]
NUMBERS = {name: helper.np_dtype_to_tensor_dtype(np.dtype(dtype)) for name, dtype in TYPES.items()}


def name_of(array):
    return next(name for name, dtype in TYPES.items() if array.dtype == dtype)


def array(value, digits=None):
    """With so many digits of real numbers, or with all that they have."""
    if value is None:
        return None
    value = np.asarray(value)
    name = name_of(value)

    def real(x):
        if not np.isfinite(x):
            return str(float(x))
        if digits:
            return float(f"{x:.{digits}g}")
        return float(x) if name == "float64" else float(str(np.float32(x)))

    plain = real if name in REALS else int
    return {"dtype": name, "shape": list(value.shape), "values": [plain(x) for x in value.ravel()]}


def attribute(value):
    if isinstance(value, np.ndarray):
        return {"tensor": array(value)}
    if isinstance(value, (list, tuple)):
        kind = "strings" if value and isinstance(value[0], str) else \
            "floats" if any(isinstance(each, float) for each in value) else "ints"
        return {kind: list(value)}
    return {{int: "int", float: "float", str: "string"}[type(value)]: value}


def vector(name, op, opset, attributes, inputs, outputs, domain="", constants=(), digits=None):
    return {
        "name": name,
        "input": {
            "op": op, "domain": domain, "opset": opset,
            "attributes": {key: attribute(value) for key, value in attributes.items()},
            "inputs": [array(each) for each in inputs], "constants": list(constants)},
        "expected": {"outputs": [array(each, digits) for each in outputs]}}
