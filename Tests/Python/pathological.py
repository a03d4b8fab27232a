"""Models that are out to take all time and memory, made here; each is small as a file."""
import onnx
from onnx import TensorProto, helper

HUGE = 1 << 62
FLOAT, INT64 = TensorProto.FLOAT, TensorProto.INT64


def field(number, data):
    """A protobuf field of bytes, on the wire."""
    head, size = bytearray([number << 3 | 2]), len(data)
    while size > 0x7F:
        head.append(size & 0x7F | 0x80)
        size >>= 7
    return bytes([*head, size]) + data


def body(nodes, number):
    """The body of a Loop that carries one value, in and out by this number."""
    value = helper.make_tensor_value_info
    names = [f"it{number}", f"go{number}", f"in{number}", f"out{number}"]
    return helper.make_graph(
        nodes, "body", [value(names[0], INT64, []), value(names[1], TensorProto.BOOL, []), value(names[2], FLOAT, None)],
        [value(names[1], TensorProto.BOOL, []), value(names[3], FLOAT, None)])


class Pathological:
    """Writes into `directory`; each method returns a path."""

    def __init__(self, directory):
        self.directory = directory

    def write(self, name, nodes, initializers=(), *, inputs=None, outputs=("y",), functions=(), opset=17, sparse=()):
        inputs = {"x": [1, 4]} if inputs is None else inputs
        value = lambda name, shape: helper.make_tensor_value_info(name, FLOAT, shape)
        graph = helper.make_graph(
            nodes, "g", [value(*each) for each in inputs.items()],
            [helper.make_tensor_value_info(each, FLOAT, None) for each in outputs], initializers,
            sparse_initializer=list(sparse))
        imports = [helper.make_opsetid("", opset), helper.make_opsetid("own", 1)]
        model = helper.make_model(graph, opset_imports=imports, ir_version=8, functions=list(functions))
        path = self.directory / f"{name.replace(' ', '-')}.onnx"
        path.write_bytes(model.SerializeToString())
        return path

    # Many nodes: each of these is a good model.

    def chain(self, count=10_000):
        names = ["x", *(f"v{i}" for i in range(count - 1)), "y"]
        nodes = [helper.make_node("Relu", [a], [b]) for a, b in zip(names, names[1:])]
        return self.write("chain", nodes)

    def chain_of_layers(self, count=5_000):
        """Dense layers, each of which could lose channels."""
        weights = [helper.make_tensor(f"w{i}", FLOAT, [4, 4], [0.1 * (j + i % 3) for j in range(16)])
                   for i in range(count)]
        names = ["x", *(f"v{i}" for i in range(2 * count - 1)), "y"]
        nodes = []
        for i in range(count):
            nodes.append(helper.make_node("MatMul", [names[2 * i], f"w{i}"], [names[2 * i + 1]]))
            nodes.append(helper.make_node("Relu", [names[2 * i + 1]], [names[2 * i + 2]]))
        return self.write("chain of layers", nodes, weights)

    def residual_layers(self, count=3_300):
        """Dense layers whose outputs are added up, so that all channels go together."""
        weights = [helper.make_tensor(f"w{i}", FLOAT, [4, 4], [0.1 * (j + i % 3) for j in range(16)])
                   for i in range(count)]
        nodes, last = [], "x"
        for i in range(count):
            nodes.append(helper.make_node("MatMul", [last, f"w{i}"], [f"m{i}"]))
            nodes.append(helper.make_node("Relu", [f"m{i}"], [f"r{i}"]))
            nodes.append(helper.make_node("Add", [last, f"r{i}"], [f"s{i}"]))
            last = f"s{i}"
        nodes.append(helper.make_node("MatMul", [last, "w0"], ["y"]))
        return self.write("residual layers", nodes, weights)

    def wide(self, operator, count=10_000, **attributes):
        """All nodes read the same value, and one reads all of theirs."""
        nodes = [helper.make_node("Relu", ["x"], [f"v{i}"]) for i in range(count)]
        nodes.append(helper.make_node(operator, [f"v{i}" for i in range(count)], ["y"], **attributes))
        return self.write(f"wide {operator}", nodes)

    def wide_layers(self, operator, count=5_000, **attributes):
        """Layers beside each other, on the same value."""
        weights = [helper.make_tensor(f"w{i}", FLOAT, [4, 4], [0.1 * (j + i % 3) for j in range(16)])
                   for i in range(count)]
        nodes = [helper.make_node("MatMul", ["x", f"w{i}"], [f"v{i}"]) for i in range(count)]
        nodes.append(helper.make_node(operator, [f"v{i}" for i in range(count)], ["s"], **attributes))
        size = 4 * count if operator == "Concat" else 4
        weights.append(helper.make_tensor("last", FLOAT, [size, 2], [0.01] * (2 * size)))
        nodes.append(helper.make_node("MatMul", ["s", "last"], ["y"]))
        return self.write(f"wide layers {operator}", nodes, weights)

    def backwards(self, count=10_000):
        """The chain, with its last node first."""
        path = self.chain(count)
        model = onnx.load(path)
        nodes = list(reversed(model.graph.node))
        del model.graph.node[:]
        model.graph.node.extend(nodes)
        path = self.directory / "backwards.onnx"
        path.write_bytes(model.SerializeToString())
        return path

    def many_outputs(self, count=10_000):
        nodes = [helper.make_node("Split", ["x"], [f"v{i}" for i in range(count)], axis=1)]
        nodes.append(helper.make_node("Sum", [f"v{i}" for i in range(count)], ["y"]))
        return self.write("many outputs", nodes, inputs={"x": [1, count]}, opset=11)

    # Functions

    def functions(self, count, name, body, last=None):
        imports = [helper.make_opsetid("", 17), helper.make_opsetid("own", 1)]
        made = [helper.make_function("own", f"f{i}", ["a"], ["b"], body(i), imports) for i in range(count - 1)]
        made.append(helper.make_function(
            "own", f"f{count - 1}", ["a"], ["b"], [helper.make_node("Relu", ["a"], ["b"])], imports))
        return self.write(name, [helper.make_node("f0", ["x"], ["y"], domain="own")], functions=made)

    def nested_functions(self, count=1_000):
        return self.functions(
            count, "nested functions", lambda i: [helper.make_node(f"f{i + 1}", ["a"], ["b"], domain="own")])

    def doubling_functions(self, count=60):
        return self.functions(
            count, "doubling functions", lambda i: [
                helper.make_node(f"f{i + 1}", ["a"], ["c"], domain="own"),
                helper.make_node(f"f{i + 1}", ["c"], ["b"], domain="own")])

    # Tensors that claim 2^62 elements

    def initializer(self, dims):
        weight = helper.make_tensor("w", FLOAT, [4], [0.0] * 4)
        del weight.dims[:]
        weight.dims.extend(dims)
        return self.write("claims " + "x".join(map(str, dims)), [helper.make_node("Add", ["x", "w"], ["y"])], [weight])

    def constant(self):
        value = helper.make_tensor("value", FLOAT, [4], [0.0] * 4)
        value.dims[0] = HUGE
        return self.write("huge constant", [
            helper.make_node("Constant", [], ["c"], value=value), helper.make_node("Add", ["x", "c"], ["y"])])

    def external(self, length):
        (self.directory / "weights.bin").write_bytes(bytes(16))
        weight = TensorProto(name="w", data_type=FLOAT, dims=[4], data_location=TensorProto.EXTERNAL)
        for key, value in {"location": "weights.bin", "offset": "0", "length": str(length)}.items():
            weight.external_data.add(key=key, value=value)
        return self.write(f"external {length}", [helper.make_node("Add", ["x", "w"], ["y"])], [weight])

    def external_dims(self):
        path = self.external(16)
        model = onnx.load(path, load_external_data=False)
        model.graph.initializer[0].dims[0] = HUGE
        path = self.directory / "external-dims.onnx"
        path.write_bytes(model.SerializeToString())
        return path

    def sparse(self, dims):
        values = helper.make_tensor("w", FLOAT, [1], [1.0])
        places = helper.make_tensor("places", INT64, [1], [0])
        return self.write("sparse " + "x".join(map(str, dims)), [helper.make_node("Add", ["x", "w"], ["y"])],
                          sparse=[helper.make_sparse_tensor(values, places, dims)])

    def input(self, *dims):
        return self.write("input " + "x".join(map(str, dims)), [helper.make_node("Relu", ["x"], ["y"])],
                          inputs={"x": list(dims)})

    def single(self, name, operator, *inputs, opset=17, **attributes):
        """One node on `x` and lists of whole numbers or reals."""
        initializers, names = [], []
        for each in inputs:
            if isinstance(each, str):
                names.append(each)
                continue
            names.append(f"c{len(names)}")
            values, shape = (each, [len(each)]) if isinstance(each, list) else ([each], [])
            kind = FLOAT if any(isinstance(v, float) for v in values) else INT64
            initializers.append(helper.make_tensor(names[-1], kind, shape, values))
        nodes = [helper.make_node(operator, names, ["h"], **attributes)]
        # Only the size of it is asked for, which is right however large it is.
        nodes.append(helper.make_node("ReduceMax" if operator != "Range" else "Identity", ["h"], ["y"]))
        return self.write(f"{operator} {name}", nodes, initializers, opset=opset)

    def shapes(self):
        """Nodes whose output would have 2^62 elements or more, with the operator."""
        for name, size in (("2^62", [HUGE]), ("2^62 by 4", [HUGE, 4]), ("2^31 by 2^31", [1 << 31, 1 << 31]),
                           ("2^40", [1 << 40])):
            yield self.single(name, "ConstantOfShape", size), "ConstantOfShape"
            yield self.single(name, "Expand", "x", [*size[:-1], size[-1] * (1 if len(size) > 1 else 1), 4]), "Expand"
            if len(size) == 2:
                yield self.single(name, "Tile", "x", size), "Tile"
                yield self.single(name, "Resize", "x", "", "", size), "Resize"
            yield self.single(name, "Reshape", "x", size), "Reshape"
            yield self.single(name, "Pad", "x", [0, 0, *([0] * (2 - len(size))), *size]), "Pad"
            yield self.single(name, "Range", 0, size[0], 1), "Range"
        yield self.single("by 1e30", "Resize", "x", "", [1.0, 1e30]), "Resize"
        yield self.single("by 1e30", "Upsample", "x", [1.0, 1e30], opset=9), "Upsample"
        yield self.single("by 1e9", "Upsample", "x", [1e9, 1e9], opset=9), "Upsample"
        yield self.single("infinite", "Range", 0.0, float("inf"), 1.0), "Range"

    # Control flow

    def nested(self, name, depth, leaf, wrap, initializers):
        """Graphs in graphs, as bytes: protobuf's own writer gives up at a hundred. `wrap` gives a node around the
        graph of the depth before, with the name of the attribute that holds that, and the graph around the node."""
        inner = leaf.SerializeToString()
        for level in range(depth):
            node, attribute, graph = wrap(level)
            held = onnx.AttributeProto(name=attribute, type=onnx.AttributeProto.GRAPH)
            data = held.SerializeToString() + field(6, inner)
            inner = graph.SerializeToString() + field(1, node.SerializeToString() + field(5, data))
        outside = helper.make_graph([], "g", [helper.make_tensor_value_info("x", FLOAT, [1, 4])], [], initializers)
        model = helper.make_model(outside, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
        path = self.directory / f"{name}-{depth}.onnx"
        outside = model.graph.SerializeToString()
        model.ClearField("graph")
        path.write_bytes(model.SerializeToString() + field(7, outside + inner))
        return path

    def nested_if(self, depth=500):
        branch = lambda nodes, out: helper.make_graph(
            nodes, "branch", [], [helper.make_tensor_value_info(out, FLOAT, None)])
        def wrap(level):
            other = branch([helper.make_node("Neg", ["x"], [f"n{level}"])], f"n{level}")
            node = helper.make_node("If", ["yes"], [f"i{level}"], else_branch=other)
            return node, "then_branch", branch([], f"i{level}")
        yes = helper.make_tensor("yes", TensorProto.BOOL, [], [True])
        return self.nested("nested-if", depth, branch([helper.make_node("Relu", ["x"], ["leaf"])], "leaf"), wrap, [yes])

    def nested_loop(self, depth=500):
        trips = helper.make_tensor("trips", INT64, [], [1])
        def wrap(level):
            node = helper.make_node("Loop", ["trips", "", f"in{level + 1}"], [f"out{level + 1}"])
            if level < depth - 1: return node, "body", body([], level + 1)
            node.input[2] = "x"
            out = helper.make_tensor_value_info(f"out{level + 1}", FLOAT, None)
            return node, "body", helper.make_graph([], "g", [], [out])
        return self.nested("nested-loop", depth, body([helper.make_node("Relu", ["in0"], ["out0"])], 0), wrap, [trips])

    def long_loop(self, trips=HUGE, collect=False):
        node = helper.make_node("Relu", ["in0"], ["out0"])
        inside = body([node], 0)
        outputs = ["y"]
        if collect:
            inside.output.append(helper.make_tensor_value_info("out0", FLOAT, None))
            outputs = ["last", "y"]
        count = helper.make_tensor("trips", INT64, [], [trips])
        name = f"loop of {trips}" + (" collected" if collect else "")
        return self.write(name, [helper.make_node("Loop", ["trips", "", "x"], outputs, body=inside)], [count])
