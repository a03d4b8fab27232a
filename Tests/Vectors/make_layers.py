#!/usr/bin/env python3
"""Writes layers.json: what ONNX Runtime computes of single nodes with weights, windows or normalisations."""
import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

from nodes import vector
from vectors import rounded, write

random = np.random.default_rng(7)
CASES = []


def normal(*shape, dtype=np.float32):
    return rounded(random.normal(size=shape)).astype(dtype)


def positive(*shape, dtype=np.float32):
    return rounded(random.uniform(0.5, 2, size=shape)).astype(dtype)


def integers(dtype, *shape, low=None, high=None):
    info = np.iinfo(dtype)
    low, high = info.min if low is None else low, info.max if high is None else high
    return random.integers(low, high, size=shape, endpoint=True).astype(dtype)


def case(op, inputs, outputs=1, opset=17, domain="", name="", **attributes):
    """Runs one node; `outputs` is how many, or a list of whether each is wanted."""
    wanted = [True] * outputs if isinstance(outputs, int) else outputs
    names = [f"y{i}" if want else "" for i, want in enumerate(wanted)]
    given = [None if value is None else np.asarray(value) for value in inputs]
    node = helper.make_node(
        op, [f"x{i}" if value is not None else "" for i, value in enumerate(given)], names,
        domain=domain, **attributes)
    graph = helper.make_graph(
        [node], "case",
        [helper.make_tensor_value_info(f"x{i}", helper.np_dtype_to_tensor_dtype(v.dtype), v.shape)
         for i, v in enumerate(given) if v is not None and not (domain and i)],
        [helper.make_tensor_value_info(n, TensorProto.UNDEFINED, None) for n in names if n],
        # ONNX Runtime wants the weights of its own operators beforehand.
        [numpy_helper.from_array(v, f"x{i}") for i, v in enumerate(given) if domain and i and v is not None])
    imports = [helper.make_opsetid("", opset)] + ([helper.make_opsetid(domain, 1)] if domain else [])
    model = helper.make_model(graph, opset_imports=imports, ir_version=8)
    for output in model.graph.output:
        output.ClearField("type")
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, ["CPUExecutionProvider"])
    results = session.run(None, {
        f"x{i}": v for i, v in enumerate(given) if v is not None and not (domain and i)})
    results = dict(zip([n for n in names if n], results))
    shown = f"{op} {opset}" + (f" {name}" if name else "") + "".join(f" {k}={v}" for k, v in attributes.items())
    CASES.append(vector(
        shown, op, opset, attributes, given, [results[n] if n else None for n in names], domain,
        # Weights are known beforehand, as those of a model are.
        constants=[i for i in range(1, len(given)) if given[i] is not None], digits=5))


def convolutions():
    for dims, kernel in (((6,), (3,)), ((4, 5), (3, 2)), ((3, 2, 3), (2, 1, 3))):
        rank = len(dims)
        case("Conv", [normal(1, 4, *dims), normal(6, 2, *kernel), normal(6)], group=2,
             pads=[1] * 2 * rank, dilations=[1] * rank, strides=[2] * rank)
        for attributes in (
            {}, {"strides": [2] * rank}, {"strides": [3] * rank, "output_padding": [1] * rank},
            {"strides": [2] * rank, "pads": [1] * rank + [0] * rank, "dilations": [2] * rank},
            {"strides": [2] * rank, "auto_pad": "SAME_UPPER"},
            {"strides": [2] * rank, "auto_pad": "SAME_LOWER"},
            {"strides": [2] * rank, "output_shape": [2 * d for d in dims]},
            {"strides": [2] * rank, "output_shape": [2 * d for d in dims], "auto_pad": "SAME_UPPER"},
            {"strides": [1] * rank, "group": 2},
        ):
            groups = attributes.get("group", 1)
            case("ConvTranspose", [normal(1, 4, *dims), normal(4, 2, *kernel), normal(2 * groups)],
                 opset=11, **attributes)
        case("ConvTranspose", [normal(1, 4, *dims), normal(4, 1, *kernel)], group=4)
    for x, w in ((np.uint8, np.int8), (np.uint8, np.uint8)):
        case("ConvInteger", [integers(x, 1, 4, 5, 5), integers(w, 4, 2, 3, 3), integers(x), integers(w)],
             opset=10, group=2, pads=[1, 1, 1, 1])
        case("ConvInteger", [integers(x, 1, 2, 5), integers(w, 3, 2, 2)], opset=10, name=w.__name__)
    for x, w, size in ((np.uint8, np.int8, 3), (np.uint8, np.uint8, 1), (np.int8, np.int8, 3)):
        case("QLinearConv", [
            integers(x, 1, 2, 5, 5), np.float32(0.02), integers(x), integers(w, 3, 2, 3, 3),
            positive(size) / 50, np.zeros(size, w) if w == np.int8 else integers(w, size),
            np.float32(0.9), integers(x), integers(np.int32, 3, low=-900, high=900)],
            opset=10, pads=[1, 0, 1, 0], name=x.__name__ + w.__name__)


def products():
    for dtype in (np.int32, np.int64, np.uint32, np.float64):
        a, b = integers(np.int32, 2, 3, 4, low=0, high=9), integers(np.int32, 4, 5, low=0, high=9)
        case("MatMul", [a.astype(dtype), b.astype(dtype)], opset=13, name=np.dtype(dtype).name)
    case("MatMul", [normal(2, 3, dtype=np.float16), normal(3, 4, dtype=np.float16)], opset=13)
    case("Gemm", [normal(3, 2, dtype=np.float64), normal(4, 3, dtype=np.float64), normal(4, dtype=np.float64)],
         opset=13, transA=1, transB=1, alpha=0.5, beta=0.25)
    for a, b in ((np.uint8, np.int8), (np.uint8, np.uint8), (np.int8, np.int8)):
        names = a.__name__ + b.__name__
        case("MatMulInteger", [integers(a, 2, 3, 4), integers(b, 4, 5), integers(a), integers(b)],
             opset=10, name=names)
        case("MatMulInteger", [integers(a, 3, 4), integers(b, 4, 5), integers(a), integers(b, 5)],
             opset=10, name=names + " columns")
        case("MatMulInteger", [integers(a, 3, 4), integers(b, 4, 5)], opset=10, name=names + " plain")
        case("QLinearMatMul", [
            integers(a, 2, 3, 4), np.float32(0.02), integers(a), integers(b, 4, 5), positive(5) / 50,
            integers(b, 5), np.float32(0.3), integers(a)], opset=10, name=names)
        case("QLinearMatMul", [
            integers(a, 3, 4), np.float32(0.02), integers(a), integers(b, 4, 5), np.float32(0.03),
            integers(b), np.float32(0.3), integers(a)], opset=10, name=names + " one scale")
    for k, size in ((32, 16), (40, 16), (64, 32), (72, 32)):
        n, blocks = 3, -(-k // size)
        weight, scales = integers(np.uint8, n, blocks, size // 2), positive(n * blocks) / 8
        sizes = dict(K=k, N=n, bits=4, block_size=size, domain="com.microsoft")
        case("MatMulNBits", [normal(2, 2, k), weight, scales], **sizes)
        case("MatMulNBits", [normal(2, k), weight, scales, integers(np.uint8, n * ((blocks + 1) // 2))],
             name="packed", **sizes)
        case("MatMulNBits", [
            normal(2, k), weight, scales, integers(np.uint8, n * blocks, high=15).astype(np.float32), None,
            normal(n)], name="real", **sizes)


def recurrent():
    T, N, I, H = 4, 3, 2, 3
    lengths = np.array([4, 1, 3], np.int32)
    for op, gates, states, functions in (
            ("RNN", 1, 1, ["Relu"]), ("GRU", 3, 1, ["HardSigmoid", "Softsign"]),
            ("LSTM", 4, 2, ["Sigmoid", "ScaledTanh", "Affine"])):
        def inputs(D, bias=True, lens=True, start=True, dtype=np.float32, peep=False):
            values = [normal(T, N, I, dtype=dtype), normal(D, gates * H, I, dtype=dtype),
                      normal(D, gates * H, H, dtype=dtype),
                      normal(D, 2 * gates * H, dtype=dtype) if bias else None,
                      lengths if lens else None]
            values += [normal(D, N, H, dtype=dtype) if start else None for _ in range(states)]
            if peep:
                values.append(normal(D, 3 * H, dtype=dtype))
            while values and values[-1] is None:
                values.pop()
            return values

        all_outputs = [True] * (states + 1)
        for direction in ("forward", "reverse", "bidirectional"):
            D = 2 if direction == "bidirectional" else 1
            common = dict(hidden_size=H, direction=direction)
            case(op, inputs(D), all_outputs, opset=14, name="all", **common)
            case(op, inputs(D, lens=False), all_outputs, opset=14, **common)
            case(op, inputs(D, bias=False, lens=False, start=False), [False, True], opset=7,
                 name="few", **common)
            case(op, inputs(D), all_outputs, opset=14, clip=0.7, **common)
            numbers = dict(activation_alpha=[0.3, 0.8], activation_beta=[0.4, 0.6]) if op != "RNN" else {}
            case(op, inputs(D), all_outputs, opset=22, activations=functions * D,
                 **{k: v * D for k, v in numbers.items()}, **common)
        # ONNX Runtime's thresholds are not ONNX's where none is given.
        case(op, inputs(1), all_outputs, opset=14, hidden_size=H, activation_alpha=[0.25], activations=(
            {"RNN": ["Elu"], "GRU": ["Softsign", "LeakyRelu"], "LSTM": ["Softsign", "Softplus", "ThresholdedRelu"]}[op]))
        if op == "GRU":
            for direction, D in (("forward", 1), ("bidirectional", 2)):
                case(op, inputs(D), all_outputs, opset=14, hidden_size=H, linear_before_reset=1,
                     direction=direction)
        if op == "LSTM":
            for direction, D in (("forward", 1), ("bidirectional", 2)):
                case(op, inputs(D, peep=True), all_outputs, opset=14, hidden_size=H, name="peepholes",
                     direction=direction)
            case(op, inputs(1), all_outputs, opset=14, hidden_size=H, input_forget=1)
            case(op, inputs(1, peep=True), all_outputs, opset=14, hidden_size=H, clip=0.9,
                 name="peepholes")
    for D, dtype in ((1, np.uint8), (2, np.int8)):
        for columns in (False, True):
            scale = lambda: positive(D, 4 * H) / 100 if columns else positive(D) / 100
            # One for all: ONNX Runtime takes no other.
            zero = lambda: np.full(
                (D, 4 * H) if columns else (D,), 0 if dtype == np.int8 else 120, dtype)
            case("DynamicQuantizeLSTM", [
                normal(T, N, I), integers(dtype, D, I, 4 * H), integers(dtype, D, H, 4 * H),
                normal(D, 8 * H), None, None, None, None, scale(), zero(), scale(), zero()], 3,
                domain="com.microsoft", hidden_size=H, direction="forward" if D == 1 else "bidirectional",
                name=("columns" if columns else "") + np.dtype(dtype).name)


def pools():
    for dims in ((8,), (5, 6), (4, 5, 3)):
        rank = len(dims)
        windows = [
            {"kernel_shape": [2] * rank, "strides": [2] * rank},
            {"kernel_shape": [3] * rank, "strides": [2] * rank, "pads": [1] * 2 * rank},
            {"kernel_shape": [3] * rank, "strides": [2] * rank, "ceil_mode": 1},
            {"kernel_shape": [3] * rank, "strides": [2] * rank, "pads": [1] * rank + [0] * rank, "ceil_mode": 1},
            {"kernel_shape": [2] * rank, "auto_pad": "SAME_UPPER"},
            {"kernel_shape": [2] * rank, "auto_pad": "SAME_LOWER", "strides": [2] * rank},
            {"kernel_shape": [2] * rank, "dilations": [2] * rank},
        ]
        for window in windows:
            x = normal(1, 2, *dims)
            case("MaxPool", [x], 2, opset=12, **window)
            if rank > 1 and "dilations" not in window:
                case("MaxPool", [x], 2, opset=12, storage_order=1, **window)
            for padding in (0, 1):
                case("AveragePool", [x], opset=19, count_include_pad=padding, **window)
            case("LpPool", [x], opset=18, p=2, **window)
        for dtype in (np.int8, np.uint8):
            case("MaxPool", [integers(dtype, 1, 2, *dims)], opset=12, kernel_shape=[2] * rank,
                 strides=[2] * rank)
        for op in ("GlobalMaxPool", "GlobalAveragePool"):
            case(op, [normal(2, 3, *dims)], opset=7)
        case("GlobalLpPool", [normal(2, 3, *dims)], opset=7, p=3)


def normalisations():
    case("InstanceNormalization", [normal(2, 3, 4, 2), normal(3), normal(3)], opset=7, epsilon=0.01)
    case("InstanceNormalization", [normal(2, 3, 5), normal(3), normal(3)], opset=22)
    case("GroupNormalization", [normal(2, 4, 3, 2), normal(4), normal(4)], opset=21, num_groups=2, epsilon=0.01)
    case("LRN", [normal(2, 5, 2, 3)], opset=13, size=3)
    case("LRN", [normal(1, 7, 2, 2)], opset=13, size=5, alpha=0.5, beta=0.6, bias=1.5)
    case("BatchNormalization", [normal(2, 3, 4), normal(3), normal(3), normal(3), positive(3)], opset=9)
    case("BatchNormalization", [normal(2, 3), normal(3), normal(3), normal(3), positive(3)], opset=15)
    case("LayerNormalization", [normal(2, 3, 4), normal(4), normal(4)], 3, epsilon=0.01)
    case("LayerNormalization", [normal(2, 3, 4), normal(3, 4)], [True, False, True], axis=1)
    case("SimplifiedLayerNormalization", [normal(2, 3, 4), normal(4)], epsilon=0.01)
    for bias in (False, True):
        case("SkipLayerNormalization", [normal(2, 3, 4), normal(2, 3, 4), normal(4), normal(4)]
             + ([normal(4)] if bias else []), [True, False, False, True], domain="com.microsoft",
             epsilon=0.01, name="bias" if bias else "")
    case("SkipLayerNormalization", [normal(2, 3, 4), normal(1, 3, 4), normal(4)], domain="com.microsoft")
    case("DynamicQuantizeLinear", [normal(3, 4)], 3, opset=11)
    case("DynamicQuantizeLinear", [np.zeros((2, 2), np.float32)], 3, opset=11, name="zeros")
    case("DynamicQuantizeLinear", [positive(5)], 3, opset=11, name="positive")
    x = normal(2, 3, 4)
    case("QuantizeLinear", [x, np.float32(0.02), np.uint8(7)], opset=10)
    case("QuantizeLinear", [x, positive(3) / 50, integers(np.int8, 3)], opset=13, axis=1)
    case("QuantizeLinear", [x, positive(2, 3, 2) / 50, integers(np.uint8, 2, 3, 2)], opset=21, axis=2, block_size=2)
    case("QuantizeLinear", [x, np.float32(0.0004), np.int16(5)], opset=21)
    case("DequantizeLinear", [integers(np.int8, 2, 3), np.float32(0.02), np.int8(7)], opset=10)
    case("DequantizeLinear", [integers(np.int32, 2, 3, low=-99, high=99), np.float32(0.02)], opset=10, name="int32")
    case("DequantizeLinear", [integers(np.uint8, 2, 3), positive(3), integers(np.uint8, 3)], opset=13, axis=-1)
    case("DequantizeLinear", [integers(np.uint8, 2, 4), positive(2, 2), integers(np.uint8, 2, 2)], opset=21,
         axis=1, block_size=2)


convolutions()
products()
recurrent()
pools()
normalisations()
write("layers.json", f"onnxruntime {onnxruntime.__version__}", CASES)
