#!/usr/bin/env python3
"""Writes elementwise.json: single nodes of many types and versions, by ONNX Runtime.

Where ONNX Runtime has no kernel for a type, ONNX's own reference in NumPy is asked (`by` says so). Its bfloat16 is
float32, the result rounded.
"""
import ml_dtypes
import numpy as np
import onnx
import onnx.reference
import onnxruntime
from onnx import TensorProto, helper

from nodes import NUMBERS, REALS, TYPES, name_of, vector
from vectors import write

SIGNED = ["int8", "int16", "int32", "int64"]
UNSIGNED = ["uint8", "uint16", "uint32", "uint64"]
WHOLES = SIGNED + UNSIGNED
random = np.random.default_rng(7)


def model(op, inputs, attributes, opset, domain):
    names = ["" if x is None else f"i{k}" for k, x in enumerate(inputs)]
    node = helper.make_node(op, names, ["y"], domain=domain, **attributes)
    graph = helper.make_graph(
        [node], "g",
        [helper.make_tensor_value_info(n, NUMBERS[name_of(x)], x.shape) for n, x in zip(names, inputs) if n],
        [helper.make_empty_tensor_value_info("y")])
    opsets = [helper.make_opsetid("", opset)] + ([helper.make_opsetid(domain, 1)] if domain else [])
    made = helper.make_model(graph, opset_imports=opsets, ir_version=10)
    return made, {n: x for n, x in zip(names, inputs) if n}


def by_runtime(made, feeds):
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(made.SerializeToString(), options, providers=["CPUExecutionProvider"])
    return session.run(None, feeds)[0]


def run(op, inputs, attributes, opset, domain):
    if any(x is not None and name_of(x) == "bfloat16" for x in inputs):
        wide = [x.astype(np.float32) if x is not None and name_of(x) == "bfloat16" else x for x in inputs]
        y, by = run(op, wide, attributes, opset, domain)
        narrows = name_of(next(x for x in inputs if x is not None and x.dtype != np.bool_)) == "bfloat16"
        return (y.astype(ml_dtypes.bfloat16) if narrows and y.dtype == np.float32 else y), by
    made, feeds = model(op, inputs, attributes, opset, domain)
    try:
        return by_runtime(made, feeds), "onnxruntime"
    except Exception:
        if domain:
            raise
        y = np.asarray(onnx.reference.ReferenceEvaluator(made).run(None, feeds)[0])
        # NumPy sums small whole numbers as large ones.
        return y.astype(inputs[0].dtype) if op.startswith("Reduce") else y, "onnx"


def case(op, *inputs, opset=17, domain="", note="", **attributes):
    inputs = [None if x is None else np.asarray(x) for x in inputs]
    y, by = run(op, inputs, attributes, opset, domain)
    types = " ".join("-" if x is None else name_of(x) for x in inputs)
    what = " ".join([f"{op}-{opset} {types}"] + [f"{k}={v}" for k, v in attributes.items()])
    return vector(f"{what} {note}".strip(), op, opset, attributes, inputs, [y], domain) | {"by": by}


def reals(dtype, *shape, low=-3.0, high=3.0):
    return np.round(random.uniform(low, high, shape), 2).astype(np.float32).astype(TYPES[dtype])


def wholes(dtype, *shape, low=-9, high=10):
    low = max(low, 0) if dtype in UNSIGNED else low
    return random.integers(low, high, shape).astype(TYPES[dtype])


def some(dtype, *shape):
    if dtype == "bool":
        return random.integers(0, 2, shape).astype(np.bool_)
    return reals(dtype, *shape) if dtype in REALS else wholes(dtype, *shape)


def axes(*values):
    return np.array(values, np.int64)


def unary():
    versions = {
        "Acosh": 9, "Asinh": 9, "Atanh": 9, "Cosh": 9, "Sinh": 9, "Erf": 9, "Round": 11, "Celu": 12, "HardSwish": 14,
        "Mish": 18, "Gelu": 20, "ThresholdedRelu": 10}
    ranges = {"Acos": (-1, 1), "Asin": (-1, 1), "Atanh": (-0.9, 0.9), "Acosh": (1, 4), "Log": (0, 3), "Sqrt": (0, 3)}
    for op in ("Acos Acosh Asin Asinh Atan Atanh Ceil Celu Cos Cosh Elu Erf Exp Floor Gelu HardSigmoid HardSwish "
               "LeakyRelu Log Mish Reciprocal Round Selu Sigmoid Sin Sinh Softplus Softsign Sqrt Tan Tanh "
               "ThresholdedRelu").split():
        low, high = ranges.get(op, (-3, 3))
        for dtype in REALS:
            opset = max(versions.get(op, 7), 13 if dtype == "bfloat16" else 7)
            yield case(op, reals(dtype, 4, low=low, high=high), opset=opset)
    special = np.array([np.nan, np.inf, -np.inf, -0.0, 0.0], np.float32)
    for op in "Abs Ceil Exp Floor Log Neg Reciprocal Round Sigmoid Softplus Sqrt Tanh Elu".split():
        yield case(op, special, note="special")
    yield case("Softplus", np.array([-100, -20, 20, 100], np.float32), note="far")
    yield case("Round", np.array([0.5, 1.5, 2.5, -0.5, -1.5, 2.4, -2.6], np.float32), note="halves")
    for op, opset in [("Abs", 13), ("Sign", 13), ("Neg", 13), ("Relu", 14)]:
        for dtype in REALS + (WHOLES if op in ("Abs", "Sign") else SIGNED):
            yield case(op, some(dtype, 5), opset=opset)
    for op, attributes in [
            ("Celu", {"alpha": 2.0}), ("Elu", {"alpha": 0.5}), ("HardSigmoid", {"alpha": 0.3, "beta": 0.1}),
            ("LeakyRelu", {"alpha": 0.25}), ("Selu", {"alpha": 2.0, "gamma": 3.0}),
            ("ThresholdedRelu", {"alpha": 0.5}),
            ("Gelu", {"approximate": "tanh"}), ("Gelu", {"approximate": "none"})]:
        yield case(op, reals("float32", 2, 4), opset=22, **attributes)
    yield case("Not", some("bool", 5))
    for dtype in WHOLES:
        yield case("BitwiseNot", some(dtype, 4), opset=18)
    infinite = np.array([np.nan, np.inf, -np.inf, 1], np.float32)
    for dtype in REALS:
        opset = 20 if dtype in ("float16", "bfloat16") else 10
        yield case("IsInf", infinite.astype(TYPES[dtype]), opset=opset)
        yield case("IsNaN", infinite.astype(TYPES[dtype]), opset=13)
    yield case("IsInf", infinite, detect_negative=0)
    yield case("IsInf", infinite, detect_positive=0)
    for op in ("Relu", "Exp", "Abs", "Erf"):
        yield case(op, np.zeros((0, 3), np.float32), note="empty")
        yield case(op, np.float32(-0.5), note="scalar")
    gelu = {"domain": "com.microsoft"}
    yield case("Gelu", reals("float32", 2, 4), **gelu)
    yield case("FastGelu", reals("float32", 2, 4), **gelu)
    yield case("FastGelu", reals("float32", 2, 4), reals("float32", 4), **gelu)


def binary():
    for dtype in REALS + WHOLES:
        a, b = some(dtype, 2, 3), some(dtype, 3)
        b = np.where(b == 0, np.ones_like(b), b)
        for op in ("Add", "Sub", "Mul", "Div"):
            yield case(op, a, b, opset=14)
        yield case("Mod", a, b, fmod=1)
        if dtype in WHOLES:
            yield case("Mod", a, b)
        orders = ("Less",) if dtype in WHOLES else ("Greater", "GreaterOrEqual", "Less", "LessOrEqual")
        for op in ("Equal",) + orders:
            yield case(op, a, np.array([a[0, 0], b[1], a[1, 2]]), opset=16)
        for op in ("Max", "Min"):
            yield case(op, a, b, some(dtype, 2, 1), opset=13)
        yield case("Where", some("bool", 2, 1), a, b, opset=16)
    for op in ("And", "Or", "Xor"):
        yield case(op, some("bool", 3, 1), some("bool", 1, 4), opset=7)
    yield case("Equal", some("bool", 6), some("bool", 6), opset=7)
    yield case("Equal", some("int64", 6), some("int64", 1), opset=7)
    yield case("Where", some("bool", 6), some("bool", 6), some("bool", 1))
    yield case("Where", np.bool_(True), some("float32", 2, 2), some("float32", 3, 1, 1), opset=9)
    for op in ("Greater", "Less"):
        yield case(op, some("float32", 2, 3), some("float32", 1), opset=7)
        yield case(op, some("int32", 2, 3), some("int32", 3), opset=9)
    hollow = np.array([1, np.nan, np.nan, -np.inf], np.float32)
    for op in ("Max", "Min", "Sum", "Mean", "Equal", "Less", "LessOrEqual"):
        yield case(op, hollow, np.array([np.nan, 2, np.nan, 3], np.float32), note="NaN")
    for op in ("Sum", "Mean"):
        for dtype in REALS:
            yield case(op, some(dtype, 2, 3), some(dtype, 3), some(dtype, 2, 1), opset=13)
    for op in ("Sum", "Mean", "Max", "Min"):
        yield case(op, some("float32", 3), opset=8, note="alone")
        yield case(op, some("float32", 3), some("float32", 3), opset=7)
    for dtype in WHOLES:
        yield case("BitwiseAnd", some(dtype, 2, 3), some(dtype, 3), opset=18)
        yield case("BitwiseOr", some(dtype, 2, 3), some(dtype, 3), opset=18)
        yield case("BitwiseXor", some(dtype, 2, 3), some(dtype, 3), opset=18)
    for dtype in UNSIGNED:
        yield case("BitShift", some(dtype, 4), wholes(dtype, 4, low=0, high=5), direction="LEFT", opset=11)
        yield case("BitShift", some(dtype, 4), wholes(dtype, 4, low=0, high=3), direction="RIGHT", opset=11)
    bases = ["float32", "float64", "float16", "bfloat16", "int32", "int64"]
    for base in bases:
        for exponent in ("float32", "bfloat16", "int64", "uint8"):
            power = np.array([2, 0, 1, 3]).astype(TYPES[exponent])
            yield case("Pow", some(base, 2, 4), power, opset=15)
    yield case("Pow", np.array([1, 4, 9], np.float32), np.float32(0.5), opset=7)
    for dtype in ("float32", "float64", "float16", "bfloat16", "int32", "int64", "uint32", "uint64"):
        yield case("PRelu", some(dtype, 2, 3, 2), some(dtype, 3, 1), opset=16)
    yield case("PRelu", some("float32", 2, 3), some("float32", 1), opset=7)
    yield case("Add", np.zeros((0, 3), np.float32), some("float32", 1), note="empty")
    yield case("Equal", np.zeros((2, 0), np.int64), some("int64", 2, 1), note="empty")
    edge = np.array([-2**31, 2**31 - 1], np.int32)
    for op in ("Add", "Sub", "Mul"):
        yield case(op, edge, np.array([-1, 2], np.int32), note="wraps")


def clip():
    yield case("Clip", reals("float32", 5), min=-1.0, max=1.5, opset=7)
    yield case("Clip", reals("float32", 5), min=0.5, opset=7)
    yield case("Clip", reals("float32", 5), np.float32(-1), np.float32(1), opset=11)
    for dtype in REALS + WHOLES:
        low, high = np.array(1).astype(TYPES[dtype]), np.array(2).astype(TYPES[dtype])
        yield case("Clip", some(dtype, 6), low, high, opset=13)
        yield case("Clip", some(dtype, 6), None, high, opset=13)
    yield case("Clip", some("int32", 6), np.int32(2), opset=12)
    yield case("Clip", reals("float32", 5), np.float32(2), np.float32(-1), opset=13, note="crossed")
    yield case("Clip", np.array([np.nan, np.inf, -np.inf], np.float32), np.float32(-1), np.float32(1))


def reductions():
    every = ("ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceMax ReduceMean ReduceMin ReduceProd ReduceSum "
             "ReduceSumSquare").split()
    for op in every:
        positive = op == "ReduceLogSum"

        def data(dtype, *shape):
            x = some(dtype, *shape)
            return (abs(x) + np.ones_like(x)).astype(x.dtype) if positive else x

        attribute = {} if op == "ReduceSum" else {"axes": [1]}
        extra = [axes(1)] if op == "ReduceSum" else []
        yield case(op, data("float32", 2, 3, 2), axes=[-2], opset=11)
        yield case(op, data("float32", 2, 3, 2), axes=[0, 2], keepdims=0, opset=7)
        yield case(op, data("float32", 2, 3), *extra, keepdims=0, opset=13, **attribute)
        yield case(op, data("float32", 2, 3), opset=11)
        yield case(op, data("float32", 2, 3), keepdims=0, opset=13)
        yield case(op, data("float32", 2, 3, 2), axes(-1, 0), opset=18)
        yield case(op, data("float32", 2, 3), axes(), opset=18, note="no axes")
        yield case(op, data("float32", 2, 3), opset=20, keepdims=0)
        yield case(op, data("float32"), opset=18, note="scalar")
        for dtype in ("float64", "float16", "bfloat16", "int32", "int64", "uint32", "uint64"):
            # Of these nobody has an answer.
            if not (positive and dtype in UNSIGNED):
                yield case(op, data(dtype, 2, 3), axes(1), opset=18)
    for op in every:
        yield case(op, reals("float32", 2, 2, low=0.5), axes(), opset=18, noop_with_empty_axes=1)
    for op in ("ReduceMax", "ReduceMin"):
        for dtype in ("int8", "uint8"):
            yield case(op, some(dtype, 2, 3), axes=[0], opset=12)
        yield case(op, some("bool", 3, 3), axes(1), opset=20)
    for op in ("ReduceSum", "ReduceProd", "ReduceL1", "ReduceSumSquare", "ReduceLogSum", "ReduceLogSumExp"):
        yield case(op, np.zeros((2, 0), np.float32), axes(1), opset=18, note="of nothing")
    yield case("ReduceSum", np.zeros((2, 0), np.float32), axes(0), opset=18, note="empty")
    yield case("ReduceLogSumExp", np.array([[1000, 1001], [-1000, -1001]], np.float32), axes(1), opset=18)


def searches():
    ties = np.array([[2, 1, 2, 1], [0, 3, 0, 3]])
    for op in ("ArgMax", "ArgMin"):
        for dtype in REALS + WHOLES:
            yield case(op, ties.astype(TYPES[dtype]), axis=1, opset=13)
        for last in (0, 1):
            for keep in (0, 1):
                yield case(op, ties.astype(np.float32), axis=-1, keepdims=keep, select_last_index=last, opset=12)
        yield case(op, ties.astype(np.float32), opset=7)
        yield case(op, some("float32", 2, 3, 2), axis=1, opset=11, keepdims=0)
        yield case(op, np.zeros((0, 3), np.float32), axis=1, opset=13, note="empty")


def along():
    for dtype in ("float32", "float64", "float16", "bfloat16", "int32", "int64", "uint32", "uint64"):
        yield case("CumSum", some(dtype, 2, 3), np.int32(1), opset=14)
    for exclusive in (0, 1):
        for reverse in (0, 1):
            how = {"exclusive": exclusive, "reverse": reverse}
            yield case("CumSum", some("float32", 2, 3, 2), np.int64(-2), opset=11, **how)
    yield case("CumSum", some("int32", 3, 2), axes(0), reverse=1)
    for op in ("Softmax", "LogSoftmax", "Hardmax"):
        for dtype in REALS:
            yield case(op, some(dtype, 2, 3), opset=13)
        yield case(op, some("float32", 2, 2, 3), opset=7)
        yield case(op, some("float32", 2, 2, 3), axis=0, opset=11)
        yield case(op, some("float32", 2, 2, 3), axis=-1, opset=11)
        yield case(op, some("float32", 2, 2, 3), axis=1, opset=13)
        yield case(op, np.array([[1000, 1001, 1001]], np.float32), opset=13, note="large")
        yield case(op, np.zeros((0, 3), np.float32), opset=13, note="empty")
    for order in (1, 2):
        for axis in (0, 1, -1):
            yield case("LpNormalization", some("float32", 2, 3), p=order, axis=axis, opset=7)
    yield case("LpNormalization", some("float64", 2, 3), opset=7)
    yield case("LpNormalization", np.zeros((2, 3), np.float32), opset=7, note="zeros")


def casts():
    for source in TYPES:
        for target in ("float32", "float16", "bfloat16", "int8", "int64", "uint64", "bool"):
            x = np.array([0, 1, 3, 100]).astype(TYPES[source])
            if source in REALS and target not in REALS + ["bool"]:
                x = np.array([0, 1.75, 2.5, 100], np.float32).astype(TYPES[source])
            y = x.astype(TYPES[target])
            attributes = {"to": int(NUMBERS[target])}
            yield vector(f"Cast {source} {target}", "Cast", 13, attributes, [x], [y]) | {"by": "numpy"}
    yield case("Cast", np.array([-1, 2**40 + 7, 300], np.int64), to=int(TensorProto.UINT8))
    yield case("Cast", np.array([2**64 - 1, 2**63], np.uint64), to=int(TensorProto.FLOAT))
    yield case("Cast", np.array([2.0**63, 1.5], np.float64), to=int(TensorProto.UINT64))
    yield case("Cast", np.array([np.nan, np.inf, 0, -0.0], np.float32), to=int(TensorProto.BOOL))


if __name__ == "__main__":
    made = f"onnxruntime {onnxruntime.__version__}, onnx {onnx.__version__}, numpy {np.__version__}"
    groups = (unary, binary, clip, reductions, searches, along, casts)
    write("elementwise.json", made, [each for group in groups for each in group()])
