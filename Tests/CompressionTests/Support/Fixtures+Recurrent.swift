import Graph
import Tensor

extension Fixtures {
  /// A dense layer, an LSTM in both directions, a GRU, and a dense layer on its last state: `[N, 4, 6]` to `[N, 5]`.
  /// The recurrent layers' weights have the names that PyTorch gives them.
  static func recurrent() throws -> Model {
    var random = SplitMix(seed: 21)
    var builder = GraphBuilder()
    builder.constants = [
      "in.weight": random.normal([6, 8]), "onnx::LSTM_1": random.normal([2, 16, 8]),
      "onnx::LSTM_2": random.normal([2, 16, 4]), "onnx::LSTM_3": random.normal([2, 32]),
      "onnx::GRU_4": random.normal([1, 12, 8]), "onnx::GRU_5": random.normal([1, 12, 4]),
      "out.weight": random.normal([5, 4]), "out.bias": random.normal([5]),
      "merged": Tensor([0, 0, -1] as [Int64]), "axes": Tensor([0] as [Int64]),
    ]
    builder.add("MatMul", ["x", "in.weight"], "in")
    builder.add("Relu", ["in"], "relu")
    builder.add("Transpose", ["relu"], "steps", ["perm": .ints([1, 0, 2])])
    builder.add(
      "LSTM", ["steps", "onnx::LSTM_1", "onnx::LSTM_2", "onnx::LSTM_3"], "lstm",
      ["hidden_size": .int(4), "direction": .string("bidirectional")])
    builder.add("Transpose", ["lstm"], "both", ["perm": .ints([0, 2, 1, 3])])
    builder.add("Reshape", ["both", "merged"], "features")
    builder.nodes.append(
      Node(
        name: "/gru/GRU", type: "GRU", inputs: ["features", "onnx::GRU_4", "onnx::GRU_5"],
        outputs: ["", "last"], attributes: ["hidden_size": .int(4), "linear_before_reset": .int(1)]))
    builder.add("Squeeze", ["last", "axes"], "state")
    builder.add("Gemm", ["state", "out.weight", "out.bias"], "y", ["transB": .int(1)])
    return try builder.model("recurrent", input: [4, 6])
  }

  /// Transposed convolutions: one of all channels behind a convolution, and one of each channel by itself, with
  /// normalisation between them: `[N, 3, 4, 4]` to `[N, 5, 1, 1]`.
  static func transposed() throws -> Model {
    var random = SplitMix(seed: 22)
    var builder = GraphBuilder()
    builder.constants = [
      "a.weight": random.normal([6, 3, 3, 3]), "up.weight": random.normal([6, 8, 2, 2]),
      "up.bias": random.normal([8]), "each.weight": random.normal([8, 1, 3, 3]),
      "d.weight": random.normal([5, 8, 1, 1]),
    ]
    for name in ["scale", "shift", "mean"] { builder.constants["bn." + name] = random.normal([8]) }
    builder.constants["bn.var"] = Tensor([Float](repeating: 1.5, count: 8))
    builder.add("Conv", ["x", "a.weight"], "a", ["pads": .ints([1, 1, 1, 1])])
    builder.add("Relu", ["a"], "relu")
    builder.add("ConvTranspose", ["relu", "up.weight", "up.bias"], "up", ["strides": .ints([2, 2])])
    builder.add("BatchNormalization", ["up", "bn.scale", "bn.shift", "bn.mean", "bn.var"], "bn")
    builder.add("Relu", ["bn"], "relu2")
    builder.add("ConvTranspose", ["relu2", "each.weight"], "each", ["group": .int(8)])
    builder.add("Conv", ["each", "d.weight"], "d")
    builder.add("GlobalAveragePool", ["d"], "y")
    return try builder.model("transposed", input: [3, 4, 4])
  }
}
