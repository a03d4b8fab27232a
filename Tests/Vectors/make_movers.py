"""Outputs of single nodes that move, select and make elements: old operator sets, odd types, corner cases.

By onnxruntime, and by ONNX's own reference evaluator where onnxruntime has no kernel for the type. Inputs are random, seeded; the
cases that ONNX ships are not repeated.
"""
import ml_dtypes
import numpy as np
import onnx
import onnx.reference
import onnxruntime
from onnx import TensorProto, helper

from nodes import NUMBERS, TYPES, name_of, vector
from vectors import write

ALL = ["float32", "uint8", "int8", "uint16", "int16", "int32", "int64", "bool", "float16", "float64", "uint32", "uint64",
       "bfloat16"]
rng = np.random.default_rng(20)
cases = []
by = {"onnxruntime": 0, "onnx": 0}


def data(shape, dtype="float32"):
    kind = TYPES[dtype]
    if dtype == "bool":
        return rng.integers(0, 2, shape).astype(kind)
    if dtype.startswith("u"):
        return rng.integers(0, 100, shape).astype(kind)
    if dtype.startswith("int"):
        return rng.integers(-50, 50, shape).astype(kind)
    # Eighths up to 8: exact in all real types.
    return (rng.integers(-64, 64, shape) / 8).astype(np.float32).astype(kind)


def ints(*values):
    return np.array(values, np.int64)


def number(value, kind=np.int64):
    return np.array(value, kind)


def const(array):
    return ("constant", np.asarray(array))


def run(model, feeds):
    plain = not any(v.dtype == ml_dtypes.bfloat16 for v in feeds.values())
    if plain:
        try:
            options = onnxruntime.SessionOptions()
            options.log_severity_level = 4
            options.intra_op_num_threads = 1
            options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
            session = onnxruntime.InferenceSession(
                model.SerializeToString(), options, providers=["CPUExecutionProvider"])
            by["onnxruntime"] += 1
            return session.run(None, feeds)
        except Exception as error:
            if not any(each in str(error) for each in ("NOT_IMPLEMENTED", "INVALID_GRAPH", "not supported")):
                raise
    try:
        outputs = onnx.reference.ReferenceEvaluator(model).run(None, feeds)
    except Exception as error:
        # Neither of the two can: no vector.
        print(model.graph.node[0].op_type, [str(v.dtype) for v in feeds.values()], str(error)[:80])
        return None
    by["onnx"] += 1
    return outputs


def case(op, opset, inputs, outputs=1, **attributes):
    names, feeds, initial, infos, listed, constants = [], {}, [], [], [], []
    for index, given in enumerate(inputs):
        if given is None:
            names.append("")
            listed.append(None)
            continue
        fixed = isinstance(given, tuple)
        array = np.asarray(given[1] if fixed else given)
        name = f"i{index}"
        names.append(name)
        listed.append(array)
        info = helper.make_tensor_value_info(name, NUMBERS[name_of(array)], array.shape)
        if fixed:
            constants.append(index)
            initial.append(onnx.numpy_helper.from_array(array, name))
        else:
            infos.append(info)
            feeds[name] = array
    protos = {
        key: onnx.numpy_helper.from_array(value) if isinstance(value, np.ndarray) else value
        for key, value in attributes.items()}
    results = [f"o{index}" for index in range(outputs)]
    node = helper.make_node(op, names, results, **protos)
    graph = helper.make_graph(
        [node], op, infos, [onnx.ValueInfoProto(name=name) for name in results], initial)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8)
    arrays = run(model, feeds)
    if arrays is None or any(array is None for array in arrays):
        return
    cases.append(vector(f"{op} {len(cases)}", op, opset, attributes, listed, arrays, constants=constants))


for opset in (7, 9):
    case("Slice", opset, [data((4, 5, 3))], starts=[1, -2], ends=[-1, 2**31 - 1], axes=[0, 2])
    case("Slice", opset, [data((4, 5))], starts=[-100, 1], ends=[100, 4])
for opset in (10, 11, 13):
    for starts, ends, axes, steps in [
        ([3], [-100], [1], [-1]), ([-1, 0], [-(2**63), 2**63 - 1], [0, -1], [-2, 2]), ([2], [2], [0], [1]),
        ([100], [-100], [1], [-3]), ([0], [5], [-2], [2**62]), ([4, 4], [0, 1], [2, 1], [-1, -(2**62)]),
    ]:
        case("Slice", opset, [data((4, 5, 5)), ints(*starts), ints(*ends), ints(*axes), ints(*steps)])
    case("Slice", opset, [data((4, 5)), ints(1), ints(3)])
for dtype in ALL:
    case("Slice", 13, [data((5, 3), dtype), ints(4), ints(0), ints(0), ints(-2)])
    case("Split", 13, [data((6, 3), dtype)], 3, axis=0)
    case("Transpose", 13, [data((2, 3, 4), dtype)], perm=[2, 0, 1])
    case("Concat", 13, [data((2, 3), dtype), data((2, 2), dtype)], axis=-1)
    case("Expand", 13, [data((3, 1), dtype), ints(2, 1, 4)])
    case("Tile", 13, [data((2, 3), dtype), ints(2, 2)])
    case("GatherElements", 13, [data((3, 4), dtype), rng.integers(-4, 4, (2, 3))], axis=1)
    case("GatherND", 13, [data((2, 3, 4), dtype), rng.integers(-2, 2, (2, 2, 1))], batch_dims=1)
    case("ScatterElements", 13, [data((3, 4), dtype), ints(0, -1, 2).reshape(1, 3), data((1, 3), dtype)], axis=1)
    case("ScatterND", 13, [data((4, 3), dtype), ints(3, -4).reshape(2, 1), data((2, 3), dtype)])
    case("Trilu", 14, [data((2, 3, 4), dtype), number(1)], upper=0)
    case("Pad", 13, [data((2, 3), dtype), ints(1, 0, 0, 2), data((), dtype)])
    case("Compress", 11, [data((3, 4), dtype), const(np.array([True, False, True]))], axis=-1)
    case("Unique", 11, [const(data((3, 4), dtype))], 4)
    case("NonZero", 13, [const(data((3, 4), dtype))])
    case("ReverseSequence", 10, [data((4, 3), dtype), ints(2, 0, 4)])
    case("DepthToSpace", 13, [data((1, 8, 2, 3), dtype)], blocksize=2, mode="CRD")
    case("SpaceToDepth", 13, [data((1, 3, 4, 6), dtype)], blocksize=2)
    case("CastLike", 15, [data((3, 4)), data((1,), dtype)])
    case("CastLike", 15, [data((3, 4), dtype), data((1,))])
    if dtype not in ("float16", "bfloat16"):
        case("EyeLike", 9, [data((3, 4), dtype)], k=-1)
    if dtype != "bool":
        case("TopK", 11, [data((3, 5), dtype), ints(2)], 2, axis=1, largest=0)
    for mode in ("reflect", "edge"):
        case("Pad", 13, [data((4, 3), dtype), ints(2, 1, 1, 2)], mode=mode)
for dtype in ("bool", "bfloat16", "uint64", "int8"):
    case("Identity", 14, [data((2, 3), dtype)])
    case("Squeeze", 13, [data((1, 3, 1), dtype), ints(-1)])
    case("Unsqueeze", 13, [data((3, 2), dtype), ints(0, -1)])
    case("Flatten", 13, [data((2, 3, 2), dtype)], axis=-1)
    case("Reshape", 14, [data((2, 3, 4), dtype), ints(0, -1, 2)])
    case("Size", 13, [data((3, 4), dtype)])
for dtype in ("uint8", "int8", "int32", "float64", "float16", "float32"):
    case("ConstantOfShape", 9, [ints(2, 0, 3)], value=data((1,), dtype))
    case("ConstantOfShape", 9, [ints(2, 3)], value=data((1,), dtype))
case("ConstantOfShape", 9, [np.zeros(0, np.int64)])
for opset in (7, 11):
    case("Split", opset, [data((7, 2))], 3, split=[2, 0, 5])
    case("Split", opset, [data((2, 6))], 2, axis=-1)
case("Split", 18, [data((7, 2))], 3, num_outputs=3)
case("Split", 18, [data((2, 8))], 3, axis=1, num_outputs=3)
case("Split", 18, [data((2, 8)), ints(1, 7)], 2, axis=1)
for opset in (8, 13):
    case("Expand", opset, [data((2, 1, 3)), ints(4, 1)])
    case("Expand", opset, [data(()), ints(2, 3)])
    case("Expand", opset, [data((3, 1)), ints(1, 3, 4)])
for opset in (7, 13):
    case("Tile", opset, [data((2, 3, 1)), ints(1, 0, 2)])
    case("Tile", opset, [data((2, 2, 2)), ints(3, 1, 2)])
for axis in (0, 1, 2):
    case("GatherElements", 11, [data((3, 4, 2)), rng.integers(-2, 2, (3, 4, 2)).astype(np.int32)], axis=axis)
    case("ScatterElements", 11, [data((3, 4, 2)), np.broadcast_to(ints(0, 1).reshape(-1, 1, 1) if axis == 0 else ints(-1), (2, 1, 1)).copy(), data((2, 1, 1))], axis=axis)
case("Scatter", 9, [data((3, 4)), ints(1, 3).reshape(1, 2), data((1, 2))], axis=1)
for opset in (11, 12):
    case("GatherND", opset, [data((3, 4, 2)), ints(2, -1, 0, 0).reshape(2, 2)])
case("GatherND", 12, [data((2, 3, 4)), ints(1, 2, -1, 0, 0, -3).reshape(2, 3, 1)], batch_dims=1)
case("GatherND", 12, [data((2, 3, 4)), rng.integers(0, 4, (2, 3, 1))], batch_dims=2)
for reduction in ("add", "mul", "max", "min"):
    for dtype in ("float32", "int32", "int64", "float64", "uint8", "float16"):
        places = ints(1, 1, 0, 2, -1, 1).reshape(2, 3)
        case("ScatterElements", 18, [data((3, 3), dtype), places, data((2, 3), dtype)], reduction=reduction)
        case("ScatterND", 18, [data((4, 2), dtype), ints(1, 1, -1).reshape(3, 1), data((3, 2), dtype)],
             reduction=reduction)
for dtype in ("float32", "float64", "int16", "int32", "int64"):
    kind = TYPES[dtype]
    for start, limit, step in [(0, 5, 1), (10, -3, -4), (3, 3, 1), (5, 2, 1), (-2, 9, 5)]:
        case("Range", 11, [const(number(start, kind)), const(number(limit, kind)), const(number(step, kind))])
case("Range", 11, [const(number(0.1, np.float32)), const(number(1, np.float32)), const(number(0.3, np.float32))])
for axis in (-1, 0, 1):
    for kind in (np.int64, np.int32, np.float32):
        case("OneHot", 11, [rng.integers(-5, 6, (2, 3)).astype(kind), number(4), ints(2, 7)], axis=axis)
case("OneHot", 9, [rng.integers(0, 4, (2, 3)), ints(5), data((2,))])
case("OneHot", 11, [ints(2), const(number(4, np.float32)), data((2,))])
case("EyeLike", 9, [data((3, 5), "int32")], dtype=1, k=2)
case("EyeLike", 9, [data((3, 5))], dtype=7, k=100)
for opset in (7, 9):
    case("TopK", opset, [data((3, 6))], 2, k=3, axis=1)
    case("TopK", opset, [data((5, 2))], 2, k=2, axis=0)
case("TopK", 10, [data((3, 6)), ints(3)], 2)
case("TopK", 11, [data((2, 6, 3)), ints(4)], 2, axis=1)
case("TopK", 11, [np.array([1, 3, 3, 2, 3, 1], np.float32), ints(4)], 2)
case("TopK", 11, [np.array([1, 3, 3, 1, 3, 1], np.float32), ints(3)], 2, largest=0)
for k in (-(2**40), -3, -1, 0, 2, 2**62):
    for upper in (0, 1):
        case("Trilu", 14, [data((3, 4)), number(k)], upper=upper)
case("Trilu", 14, [data((2, 3, 3), "int64")])
for opset in (7, 10):
    for mode in ("constant", "reflect", "edge"):
        case("Pad", opset, [data((4, 4))], pads=[1, 2, 0, 1], mode=mode, value=1.5)
    case("Pad", opset, [data((4, 4))], pads=[-1, 2, 0, -1], value=1.5)
for opset in (11, 18, 19):
    for mode in ("constant", "reflect", "edge"):
        case("Pad", opset, [data((3, 4)), ints(1, -1, 2, 2)], mode=mode)
case("Pad", 18, [data((3, 4, 2)), ints(1, 2, 0, 1), None, ints(-1, 0)])
case("Pad", 18, [data((3, 4, 2), "int32"), ints(1, 2), number(9, np.int32), ints(1)])
case("Pad", 19, [data((3, 4)), ints(2, 1, 1, 6)], mode="wrap")
case("Pad", 19, [data((3, 4), "int64"), ints(1, -1, 2, 3)], mode="wrap")
for axes in ((0, 1), (1, 0)):
    case("ReverseSequence", 10, [data((3, 3, 2)), ints(3, 1, 2)], batch_axis=axes[0], time_axis=axes[1])
case("Compress", 9, [data((3, 4)), const(np.array([True, False, True, True, False]))])
case("Compress", 11, [data((3, 4)), const(np.array([False, True]))], axis=0)
for sorted in (0, 1):
    case("Unique", 11, [const(ints(3, 1, 3, 2, 1))], 4, sorted=sorted)
    for axis in (0, 1, -1):
        twice = data((2, 2, 2), "int64")
        case("Unique", 11, [const(np.concatenate([twice, twice[:1]]))], 4, sorted=sorted, axis=axis)
case("NonZero", 9, [const(np.array([[0.0, -0.0], [1, 2]], np.float32))])
case("NonZero", 13, [const(number(3, np.float32))])
case("NonZero", 13, [const(number(0, np.float32))])
for start, end in [(0, None), (1, 3), (-2, None), (1, -1), (-9, 9), (3, 1)]:
    case("Shape", 15, [data((2, 3, 4, 5))], start=start, **({} if end is None else {"end": end}))
case("Reshape", 14, [data((0, 3)), ints(3, 0)], allowzero=1)
case("Reshape", 14, [data((2, 0)), ints(0, 0)])
# Before opset 12 the standard does not say what the mask is when nothing is dropped.
for opset, outputs in ((7, 1), (10, 1), (12, 2), (13, 2)):
    case("Dropout", opset, [data((2, 3))], outputs)
case("Dropout", 12, [data((2, 3)), number(0.3, np.float32)], 2)
case("Constant", 12, [], value_int=3)
case("Constant", 12, [], value_ints=[3, 4])
case("Constant", 12, [], value_float=0.5)
case("Constant", 12, [], value_floats=[0.5, 2.0])
for block, mode in [(1, "DCR"), (3, "DCR"), (3, "CRD")]:
    case("DepthToSpace", 11, [data((2, 18, 1, 2))], blocksize=block, mode=mode)
case("DepthToSpace", 7, [data((1, 8, 2, 2))], blocksize=2)
case("SpaceToDepth", 7, [data((2, 2, 6, 3))], blocksize=3)

for equation, shapes in [
    ("ij,jk->ik", [(2, 3), (3, 4)]), ("bij,bjk->bik", [(2, 3, 4), (2, 4, 2)]), ("ij,jk", [(2, 3), (3, 4)]),
    ("ba,cb", [(2, 3), (4, 2)]), ("i,j->ij", [(2,), (3,)]), ("i,i->", [(4,), (4,)]), ("ii->i", [(3, 3)]),
    ("ii", [(3, 3)]), ("...ii->...i", [(2, 3, 3)]), ("ij->ji", [(2, 3)]), ("ij->", [(2, 3)]), ("ij->j", [(2, 3)]),
    ("...ij,...jk->...ik", [(2, 1, 3, 4), (1, 5, 4, 2)]), ("bhqd,bhkd->bhqk", [(2, 2, 3, 4), (2, 2, 5, 4)]),
    ("bqhd,bkhd->bhqk", [(2, 3, 2, 4), (2, 5, 2, 4)]), ("btd,dhk->bthk", [(2, 3, 4), (4, 2, 3)]),
    ("ab,bc,cd->ad", [(2, 3), (3, 4), (4, 2)]), ("iij,j->i", [(3, 3, 2), (2,)]), ("Ab,bA->A", [(2, 3), (3, 2)]),
    ("b i d , b j d -> b i j", [(2, 3, 4), (2, 2, 4)]), ("...,...->...", [(2, 3), (2, 3)]), ("ij...->j...i", [(2, 3, 4)]),
]:
    case("Einsum", 12, [data(shape) for shape in shapes], equation=equation)
for dtype in ("float64", "int32", "int64"):
    case("Einsum", 12, [data((2, 3), dtype), data((3, 4), dtype)], equation="ij,jk->ik")

SCALES = [(1.0, 1.0, 2.0, 3.0), (1.0, 1.0, 0.6, 1.6), (1.0, 1.0, 0.5, 0.25)]
for mode in ("nearest", "linear"):
    for scales in SCALES[:1]:
        case("Upsample", 7, [data((1, 2, 3, 4))], mode=mode, scales=list(scales))
        case("Upsample", 9, [data((1, 2, 3, 4)), const(np.array(scales, np.float32))], mode=mode)
    for scales in SCALES:
        case("Resize", 10, [data((1, 2, 4, 8)), const(np.array(scales, np.float32))], mode=mode)
none = np.zeros(0, np.float32)
COORDINATES = ["half_pixel", "pytorch_half_pixel", "align_corners", "asymmetric", "tf_half_pixel_for_nn"]
for opset in (11, 13):
    for coordinates in COORDINATES:
        for sizes in [(1, 2, 3, 10), (1, 2, 7, 5), (1, 2, 1, 1)]:
            for mode in ("nearest", "linear", "cubic"):
                if coordinates.startswith("tf") and (mode != "nearest" or opset == 13):
                    continue
                if mode == "cubic" and coordinates == "pytorch_half_pixel" and sizes[-1] == 1:
                    continue
                case("Resize", opset, [data((1, 2, 5, 4)), const(none), const(none), const(ints(*sizes))],
                     mode=mode, coordinate_transformation_mode=coordinates)
    for rounding in ("round_prefer_floor", "round_prefer_ceil", "floor", "ceil"):
        for coordinates in COORDINATES[:4]:
            case("Resize", opset, [data((6, 4)), const(none), const(np.array([1.5, 0.5], np.float32))], mode="nearest",
                 nearest_mode=rounding, coordinate_transformation_mode=coordinates)
for exclude in (0, 1):
    for scales in SCALES:
        case("Resize", 13, [data((1, 1, 4, 8)), None, const(np.array(scales, np.float32))], mode="cubic",
             exclude_outside=exclude, cubic_coeff_a=-0.5)
for mode in ("nearest", "linear"):
    case("Resize", 13, [data((1, 1, 5, 4)), const(np.array([0, 0, -0.2, 0.1, 1, 1, 1.3, 0.8], np.float32)), const(none),
                        const(ints(1, 1, 6, 3))], mode=mode, coordinate_transformation_mode="tf_crop_and_resize",
         extrapolation_value=9.5)
for dtype in ("uint8", "int8", "int32"):
    case("Resize", 13, [data((1, 1, 4, 4), dtype), None, const(np.array([1, 1, 1.5, 2], np.float32))], mode="nearest")
for dtype in ("uint8", "int32"):
    case("Resize", 13, [data((1, 1, 4, 4), "uint8").astype(TYPES[dtype]), None, const(np.array([1, 1, 2, 2], np.float32))],
         mode="linear")
for mode in ("linear", "cubic"):
    for exclude in (0, 1):
        for scales in [(1, 1, 0.6, 0.4), (1, 1, 0.3, 2)]:
            case("Resize", 18, [data((1, 1, 8, 10)), None, const(np.array(scales, np.float32))], mode=mode, antialias=1,
                 exclude_outside=exclude)
for opset in (18, 19):
    for policy in ("not_larger", "not_smaller"):
        case("Resize", opset, [data((1, 1, 4, 6)), None, None, const(ints(9, 7))], axes=[2, 3],
             keep_aspect_ratio_policy=policy)
    case("Resize", opset, [data((1, 1, 4, 6)), None, const(np.array([2, 0.5], np.float32))], axes=[3, 2], mode="linear")
for scales in ([2.3, 1.7], [0.7, 0.45]):
    case("Resize", 19, [data((1, 1, 6, 7)), None, const(np.array([1, 1] + scales, np.float32))], mode="linear",
         coordinate_transformation_mode="half_pixel_symmetric")
case("Resize", 13, [data((2, 3, 4, 5)), None, const(np.array([2, 1, 2, 2], np.float32))], mode="nearest")
case("Resize", 13, [data((3, 4)), None, const(np.array([2, 3], np.float32))], mode="linear")
case("Resize", 13, [data((4,)), None, None, const(ints(7))], mode="nearest")

print(by)
write("movers.json", f"onnxruntime {onnxruntime.__version__}, onnx {onnx.__version__}", cases)
