"""The sample models as PyTorch modules that begin with the ONNX files' weights, written as one writes them there."""
import onnx
import torch
from onnx import helper, numpy_helper
from torch import nn
from torch.nn import functional

import peers


def weights_of(graph):
    return {each.name: torch.tensor(numpy_helper.to_array(each)) for each in graph.initializer}


class Chain(nn.Module):
    """Layer after layer, such as a LeNet."""

    def __init__(self, path):
        super().__init__()
        self.layers = peers.torch_network(path)

    def forward(self, x):
        return self.layers(x)

    def masked(self):
        return [each for each in self.parameters() if each.dim() > 1]


class Residual(nn.Module):
    """Convolutions with a batch normalisation each, sums, and a dense layer behind the mean of each channel. Its channels
    lie last, which is faster there."""

    def __init__(self, path):
        super().__init__()
        self.graph = onnx.load(path).graph
        given = weights_of(self.graph)
        self.nodes = [(node.op_type, list(node.input), node.output[0]) for node in self.graph.node]
        self.bounds = {name: value.item() for name, value in given.items() if value.dim() == 0}
        self.layers = nn.ModuleDict()
        for node in self.graph.node:
            attributes = {each.name: helper.get_attribute_value(each) for each in node.attribute}
            if node.op_type == "Conv":
                weight, groups = given[node.input[1]], attributes["group"]
                layer = nn.Conv2d(weight.shape[1] * groups, len(weight), weight.shape[2:], attributes["strides"],
                                  attributes["pads"][:2], groups=groups, bias=False)
            elif node.op_type == "BatchNormalization":
                weight = given[node.input[1]]
                layer = nn.BatchNorm2d(len(weight), attributes["epsilon"])
                layer.bias.data = given[node.input[2]]
                layer.running_mean, layer.running_var = given[node.input[3]], given[node.input[4]]
            elif node.op_type == "Gemm":
                weight = given[node.input[1]]
                layer = nn.Linear(weight.shape[1], len(weight))
                layer.bias.data = given[node.input[2]]
            else:
                continue
            layer.weight.data = weight
            self.layers[node.output[0].replace(".", "/")] = layer
        self.to(memory_format=torch.channels_last)

    def forward(self, x):
        values = {self.graph.input[0].name: x.contiguous(memory_format=torch.channels_last)}
        for kind, inputs, output in self.nodes:
            x = values[inputs[0]]
            match kind:
                case "Clip":
                    values[output] = functional.hardtanh(x, self.bounds[inputs[1]], self.bounds[inputs[2]])
                case "HardSwish":
                    values[output] = functional.hardswish(x)
                case "Add":
                    values[output] = x + values[inputs[1]]
                case "GlobalAveragePool":
                    values[output] = x.mean((2, 3))
                case "Flatten":
                    values[output] = x.flatten(1)
                case _:
                    values[output] = self.layers[output.replace(".", "/")](x)
        return values[self.graph.output[0].name]

    def masked(self):
        return [each for each in self.parameters() if each.dim() > 1]


class Transformer(nn.Module):
    """Embeddings of tokens and places, blocks of causal attention and two dense layers, and a head."""

    HEADS = 4

    def __init__(self, path):
        super().__init__()
        graph = onnx.load(path).graph
        given = weights_of(graph)
        # The exporter has transposed the weights of dense layers, and named them by numbers.
        matrices = {node.name.strip("/").removesuffix("/MatMul").replace("/", "."): given[node.input[1]].T.contiguous()
                    for node in graph.node if node.op_type == "MatMul" and node.input[1] in given}

        def dense(name):
            layer = nn.Linear(*reversed(matrices[name].shape), bias=f"{name}.bias" in given)
            layer.weight.data = matrices[name]
            if layer.bias is not None:
                layer.bias.data = given[f"{name}.bias"]
            return layer

        def norm(name):
            layer = nn.LayerNorm(len(given[f"{name}.weight"]))
            layer.weight.data, layer.bias.data = given[f"{name}.weight"], given[f"{name}.bias"]
            return layer

        self.tokens = nn.Parameter(given["tokens.weight"])
        self.positions = nn.Parameter(given["positions.weight"])
        count = sum(name.endswith("qkv") for name in matrices)
        self.blocks = nn.ModuleList(
            nn.ModuleDict({
                "norm1": norm(f"blocks.{i}.norm1"), "qkv": dense(f"blocks.{i}.attention.qkv"),
                "proj": dense(f"blocks.{i}.attention.proj"), "norm2": norm(f"blocks.{i}.norm2"),
                "up": dense(f"blocks.{i}.up"), "down": dense(f"blocks.{i}.down"),
            }) for i in range(count))
        self.norm, self.head = norm("norm"), dense("head")

    def forward(self, tokens):
        x = functional.embedding(tokens, self.tokens) + self.positions[: tokens.shape[1]]
        for block in self.blocks:
            q, k, v = (each.unflatten(2, (self.HEADS, -1)).transpose(1, 2)
                       for each in block["qkv"](block["norm1"](x)).chunk(3, 2))
            attended = functional.scaled_dot_product_attention(q, k, v, is_causal=True)
            x = x + block["proj"](attended.transpose(1, 2).flatten(2))
            x = x + block["down"](functional.gelu(block["up"](block["norm2"](x))))
        return self.head(self.norm(x))

    def masked(self):
        return [each.weight for each in self.modules() if isinstance(each, nn.Linear)]
