"""The peers of the comparison: each makes, from a model, a function that passes over all samples."""
import math

import onnx
from onnx import helper, numpy_helper


def onnxruntime_pass(model, batch, threads):
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name

    def run(x):
        for start in range(0, len(x), batch):
            session.run(None, {name: x[start : start + batch]})

    return run


def torch_network(model):
    """A chain of convolutions, dense layers and what lies between, in PyTorch."""
    import torch
    from torch import nn

    graph = onnx.load(model).graph
    weights = {each.name: torch.tensor(numpy_helper.to_array(each)) for each in graph.initializer}

    def layer(node):
        given = {each.name: helper.get_attribute_value(each) for each in node.attribute}
        match node.op_type:
            case "Conv":
                weight = weights[node.input[1]]
                made = nn.Conv2d(weight.shape[1], weight.shape[0], weight.shape[2:])
            case "Gemm":
                weight = weights[node.input[1]]
                made = nn.Linear(weight.shape[1], weight.shape[0])
            case "MaxPool":
                return nn.MaxPool2d(given["kernel_shape"], given["strides"])
            case "Relu":
                return nn.ReLU()
            case "Flatten":
                return nn.Flatten()
        made.weight.data, made.bias.data = weight.clone(), weights[node.input[2]].clone()
        return made

    return nn.Sequential(*map(layer, graph.node)).eval()


def torch_pass(model, batch, threads):
    import torch

    torch.set_num_threads(threads)
    network = torch_network(model)

    def run(x):
        samples = torch.from_numpy(x)
        with torch.inference_mode():
            for start in range(0, len(x), batch):
                network(samples[start : start + batch])

    return run


def sgemm_pass(model, side, threads):
    """No network: as many multiplications, in products of square matrices, which is as fast as the machine multiplies."""
    import torch

    torch.set_num_threads(threads)
    macs = sum(macs_of(onnx.shape_inference.infer_shapes(onnx.load(model)).graph))
    a, b = torch.rand(side, side), torch.rand(side, side)
    out = torch.empty(side, side)

    def run(x):
        with torch.inference_mode():
            for _ in range(max(1, round(len(x) * macs / side**3))):
                torch.mm(a, b, out=out)

    return run


def macs_of(graph):
    """Of one sample, for each convolution and dense layer."""
    weights = {each.name: list(each.dims) for each in graph.initializer}
    sizes = {each.name: [d.dim_value for d in each.type.tensor_type.shape.dim[1:]] for each in graph.value_info}
    sizes |= {each.name: [d.dim_value for d in each.type.tensor_type.shape.dim[1:]] for each in graph.output}
    for node in graph.node:
        if node.op_type in ("Conv", "Gemm"):
            yield math.prod(sizes[node.output[0]]) * math.prod(weights[node.input[1]][1:])


BATCHES = {onnxruntime_pass: (50, 100, 200, 500), torch_pass: (100, 500), sgemm_pass: (1024, 2048)}
NAMES = {onnxruntime_pass: "ONNX Runtime", torch_pass: "PyTorch", sgemm_pass: "its MACs as sgemm"}
UNITS = {sgemm_pass: "side"}
