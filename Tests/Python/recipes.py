"""Recipes of different kinds for lenet-fashion, by name."""


def prune(layers, amount, *, scope="layer", unit="weight", norm=1, **more):
    return {"layers": layers, "scope": scope, "unit": unit, "norm": norm, "amount": amount, **more}


def rows(layers, amount, **more):
    return prune(layers, amount, unit="channel", norm=2, axis=0, **more)


def weights(bits, scheme="symmetric", granularity="channel", layers=("*",), **more):
    made = {"layers": list(layers), "bits": bits, "scheme": scheme, **more}
    # Only linear schemes have scales.
    return made | ({"granularity": granularity} if scheme in ("symmetric", "affine") else {})


def activations(bits, scheme="affine", layers=("*",), samples=512, calibration="minmax", **more):
    return {"layers": list(layers), "bits": bits, "scheme": scheme, "calibration": calibration,
            "samples": samples, **more}


def recipe(*pruning, weights=(), activations=(), repair=(), **quantization):
    made = {"pare": 1}
    if pruning:
        made["pruning"] = list(pruning)
    if repair:
        made["repair"] = {name: True for name in repair} | {"samples": 256}
    if weights or activations:
        made["quantization"] = {
            "weights": list(weights), "activations": list(activations), **quantization}
    return made


SEED = [prune(["conv1", "conv2"], 0.5, scope="global"), rows(["fc1"], 0.5), rows(["fc2"], 0.5)]

ALL = {
    "nothing": recipe(),
    "seed example": recipe(*SEED),
    "global 0.9": recipe(prune(["*"], 0.9, scope="global")),
    "each layer its amount": recipe(prune(["conv*"], 0.3), prune(["fc*"], 0.8)),
    "channels removed": recipe(
        rows(["conv1"], 0.25, remove=True), rows(["conv2"], 0.4, remove=True),
        rows(["fc1"], 0.6, remove=True)),
    "channels removed, repaired": recipe(
        rows(["conv1", "conv2", "fc1"], 0.4, remove=True), repair=["mean_bias", "least_squares"]),
    "channels zeroed, biases repaired, weights 8 activations 8": recipe(
        rows(["conv1", "conv2"], 0.2), weights=[weights(8)], activations=[activations(8)],
        repair=["mean_bias"]),
    "weights pruned and fitted, weights 4": recipe(
        prune(["*"], 0.8), weights=[weights(4)], repair=["least_squares"]),
    "weights 8 symmetric channel": recipe(weights=[weights(8)]),
    "weights 8 affine tensor": recipe(weights=[weights(8, "affine", "tensor")]),
    "weights 4": recipe(weights=[weights(4)]),
    "weights 4 in blocks of 32": recipe(
        prune(["fc1"], 0.5),
        weights=[weights(8), weights(4, "affine", "block", layers=["fc1"], block=32)]),
    "weights 2": recipe(weights=[weights(2, layers=["fc1"]), weights(8, layers=["fc2"])]),
    "weights 3 affine channel": recipe(weights=[weights(3, "affine")]),
    "codebook 4": recipe(weights=[weights(4, "codebook")]),
    "codebook 8 and 5, pruned": recipe(
        prune(["conv*"], 0.6), prune(["fc*"], 0.9),
        weights=[weights(8, "codebook"), weights(5, "codebook", layers=["fc*"])]),
    "powers of two": recipe(weights=[weights(4, "power_of_two")]),
    "float16 and bfloat16": recipe(
        weights=[weights(16, "float16"), weights(16, "bfloat16", layers=["fc*"])]),
    "8-bit floats": recipe(
        prune(["fc1"], 0.5),
        weights=[weights(8, "float8_e4m3"), weights(8, "float8_e5m2", layers=["fc*"])]),
    "weights 16": recipe(weights=[weights(16)]),
    "weights 8 unsigned reduced": recipe(
        weights=[weights(8, "affine", signed=False, range="reduced"),
                 weights(8, signed=False, layers=["conv*"])]),
    "weights 3 mse half away narrow": recipe(
        weights=[weights(3, calibration="mse", rounding="half_away"),
                 weights(4, "affine", range="narrow", calibration="mse", layers=["fc1"])]),
    "codebook beside activations 8": recipe(
        weights=[weights(8), weights(6, "codebook", layers=["fc*"])],
        activations=[activations(8, calibration="mse", layers=["conv*"])]),
    "weights 8 activations 8": recipe(weights=[weights(8)], activations=[activations(8)]),
    # With float weights behind quantized activations ONNX Runtime's optimizer quantizes a convolution's
    # weights by itself, and is then another model: so the weights are quantized here too.
    "activations 4": recipe(
        weights=[weights(8)], activations=[activations(4), activations(8, layers=["conv1"])]),
    "activations 8 moving average": recipe(
        weights=[weights(8)], activations=[activations(8, calibration="moving_average")]),
    "activations 6 percentile 99.9": recipe(
        weights=[weights(8)], activations=[activations(6, calibration="percentile", percentile=99.9)]),
    "activations 5 entropy": recipe(
        weights=[weights(8)], activations=[activations(5, calibration="entropy")]),
    "activations 4 mse": recipe(
        weights=[weights(8)], activations=[activations(4, calibration="mse", layers=["conv2", "fc*"])]),
    "pruned in steps": recipe(prune(["*"], [0.5, 0.5, 0.2], scope="global"), rows(["fc1"], [0.25, 0.5])),
    "as quantize_static": recipe(
        weights=[weights(8)], activations=[activations(8)], mode="onnxruntime"),
    "as quantize_static, unsigned": recipe(
        weights=[weights(8, "affine", "tensor", signed=False, range="reduced")],
        activations=[activations(8, signed=False)], mode="onnxruntime"),
    "as quantize_static, two float": recipe(
        weights=[weights(8, layers=["conv*"])], activations=[activations(8, layers=["conv*"])],
        mode="onnxruntime"),
    "all tensors 6": recipe(
        weights=[weights(6)], activations=[activations(6)], tensors="all"),
    "as TensorFlow Lite": recipe(weights=[weights(8)], activations=[activations(8)], mode="tflite"),
    "as torch": recipe(
        rows(["conv2"], 0.25, remove=True), weights=[weights(8)],
        activations=[activations(8, signed=False, range="reduced", calibration="moving_average")],
        mode="torch"),
    "weights 3 gptq, biases corrected": recipe(
        weights=[weights(3, granularity="tensor", method="gptq", calibration="mse")], bias_correction=True),
    "weights 4 gptq by activation, pruned": recipe(
        prune(["*"], 0.5), rows(["fc1"], 0.2, remove=True),
        weights=[weights(4, "affine", method="gptq", order="activation", samples=256)]),
    "weights and activations 8 smoothed": recipe(
        weights=[weights(8)], activations=[activations(8)], smooth=0.5, equalize=True),
    "mixed": recipe(
        rows(["conv2"], 0.25, remove=True), prune(["fc1", "fc2"], 0.5, scope="global"),
        weights=[weights(6), weights(4, "affine", "tensor", layers=["fc1"])],
        activations=[activations(8, "symmetric", samples=256)]),
}
