"""A short way to write an ONNX model: call the builder with an operator, get its output's name."""
import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

# The first format version that could hold an operator set, so that old models are old throughout.
IR_VERSIONS = {7: 3, 9: 4, 11: 6, 13: 7, 17: 8, 18: 8, 21: 10}


class Builder:
    """`constants`: weights are Constant nodes, not initializers."""

    def __init__(self, opset, seed=0, constants=False):
        self.opset, self.constants = opset, constants
        self.random = np.random.default_rng(seed)
        self.nodes, self.initializers, self.inputs, self.outputs, self.names = [], [], [], [], set()

    def fresh(self, stem):
        name, number = stem, 1
        while name in self.names:
            number += 1
            name = f"{stem}_{number}"
        self.names.add(name)
        return name

    def input(self, name, shape, type=TensorProto.FLOAT):
        self.names.add(name)
        self.inputs.append(helper.make_tensor_value_info(name, type, shape))
        return name

    def output(self, name, shape=None, type=TensorProto.FLOAT):
        self.outputs.append(helper.make_tensor_value_info(name, type, shape))

    def constant(self, values, name="c", type=None):
        """A tensor of the values; `type` packs them as a type that NumPy has not, such as INT4."""
        name, values = self.fresh(name), np.asarray(values)
        if type is None:
            tensor = numpy_helper.from_array(values, name)
        else:
            tensor = helper.make_tensor(name, type, values.shape, values.ravel().tolist())
        if self.constants:
            self.nodes.append(helper.make_node("Constant", [], [name], name=f"/{name}", value=tensor))
        else:
            self.initializers.append(tensor)
        return name

    def weight(self, *shape, name="weight"):
        """Seeded weights that keep the size of what passes through: the first axis is outputs."""
        fan = max(1, int(np.prod(shape[1:])))
        values = self.random.normal(size=shape) * np.sqrt(1.5 / fan)
        return self.constant(values.astype(np.float32), name)

    def ints(self, *values):
        return self.constant(np.array(values, np.int64), "shape")

    def floats(self, *values):
        return self.constant(np.array(values, np.float32), "floats")

    def __call__(self, operator, *inputs, named=None, **attributes):
        output = named or self.fresh(operator.lower())
        name = self.fresh(f"/{output}/{operator}")
        self.nodes.append(helper.make_node(operator, list(inputs), [output], name=name, **attributes))
        return output

    def parts(self, operator, *inputs, outputs, **attributes):
        """The names of several outputs."""
        names = [self.fresh(operator.lower()) for _ in range(outputs)]
        self.nodes.append(
            helper.make_node(operator, list(inputs), names, name=self.fresh(f"/{names[0]}/{operator}"), **attributes))
        return names

    # Layers with weights, named as a framework would.

    def conv(self, x, name, channels, kernel, *, group=1, bias=True, **attributes):
        """`channels`: (in, out)."""
        w = self.weight(channels[1], channels[0] // group, *kernel, name=f"{name}.weight")
        b = [self.weight(channels[1], name=f"{name}.bias")] if bias else []
        return self("Conv", x, w, *b, group=group, kernel_shape=kernel, **attributes)

    def norm(self, x, name, channels, **attributes):
        draw = lambda low, high: self.random.uniform(low, high, channels).astype(np.float32)
        parts = {"weight": (0.5, 1.5), "bias": (-0.5, 0.5), "mean": (-0.5, 0.5), "var": (0.5, 2)}
        names = [self.constant(draw(*range_), f"{name}.{part}") for part, range_ in parts.items()]
        return self("BatchNormalization", x, *names, **attributes)

    def dense(self, x, name, inputs, outputs, **attributes):
        w = self.weight(outputs, inputs, name=f"{name}.weight")
        return self("Gemm", x, w, self.weight(outputs, name=f"{name}.bias"), transB=1, **attributes)

    def model(self, name):
        inputs = list(self.inputs)
        ir_version = IR_VERSIONS[self.opset]
        if ir_version < 4:  # Initializers had to be inputs too.
            inputs += [
                helper.make_tensor_value_info(t.name, t.data_type, t.dims) for t in self.initializers]
        graph = helper.make_graph(self.nodes, name, inputs, self.outputs, self.initializers)
        opset = [helper.make_opsetid("", self.opset)]
        model = helper.make_model(graph, opset_imports=opset, ir_version=ir_version)
        model = onnx.shape_inference.infer_shapes(model)  # For the outputs; what lies between is
        del model.graph.value_info[:]  # for the reader to find out.
        onnx.checker.check_model(model, full_check=True)
        return model
