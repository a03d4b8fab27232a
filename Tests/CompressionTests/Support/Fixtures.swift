import Formats
import Foundation
import Graph
import Tensor

/// What several tests are made on.
enum Fixtures {
  /// The repository.
  static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().path()

  /// The sample model.
  static func lenet() throws -> Model {
    let path = root + "SampleModels/lenet-fashion/lenet-fashion.onnx"
    return try Model(ONNXReader.read(path: path), name: "lenet-fashion", path: path)
  }

  static func recipeJSON(_ name: String) throws -> Data {
    try Data(contentsOf: URL(filePath: root + "SampleModels/lenet-fashion/recipes/\(name).json"))
  }

  /// Convolution, batch normalisation, depthwise, pointwise, pooling, and a dense layer whose Reshape has its
  /// sizes written down: `[N, 3, 8, 8]` to `[N, 5]`.
  static func mobile(seed: UInt64 = 1, opset: Int = 17, biases: Bool = true) throws -> Model {
    var random = SplitMix(seed: seed)
    var builder = GraphBuilder()
    builder.constants = [
      "stem.weight": random.normal([8, 3, 3, 3]),
      "dw.weight": random.normal([8, 1, 3, 3]),
      "pw.weight": random.normal([12, 8, 1, 1]),
      "fc.weight": random.normal([12 * 16, 5]),
      "shape": Tensor([-1, 12 * 16] as [Int64]),
    ]
    for (name, channels) in [("bn1", 8), ("bn2", 12)] {
      builder.constants[name + ".weight"] = random.normal([channels])
      builder.constants[name + ".bias"] = biases ? random.normal([channels]) : .zeros([channels])
      builder.constants[name + ".mean"] = biases ? random.normal([channels]) : .zeros([channels])
      builder.constants[name + ".var"] = Tensor([Float](repeating: 1.5, count: channels))
    }
    if biases { builder.constants["dw.bias"] = random.normal([8]) }
    func norm(_ name: String) -> [String] { [".weight", ".bias", ".mean", ".var"].map { name + $0 } }
    builder.add("Conv", ["x", "stem.weight"], "stem", ["pads": .ints([1, 1, 1, 1])])
    builder.add("BatchNormalization", ["stem"] + norm("bn1"), "bn1")
    builder.add("Relu", ["bn1"], "relu1")
    builder.add(
      "Conv", ["relu1", "dw.weight"] + (biases ? ["dw.bias"] : []), "dw",
      ["pads": .ints([1, 1, 1, 1]), "group": .int(8)])
    builder.add("Conv", ["dw", "pw.weight"], "pw")
    builder.add("BatchNormalization", ["pw"] + norm("bn2"), "bn2")
    builder.add("Relu", ["bn2"], "relu2")
    builder.add("MaxPool", ["relu2"], "pool", ["kernel_shape": .ints([2, 2]), "strides": .ints([2, 2])])
    builder.add("Reshape", ["pool", "shape"], "flat")
    builder.add("MatMul", ["flat", "fc.weight"], "y")
    return try builder.model("mobile", input: [3, 8, 8], opset: opset)
  }

  /// A convolution and two dense layers, one stored as `[inputs, outputs]` and one the other way around, whose
  /// inputs are multiples of 32: `[N, 32, 4, 4]` to `[N, 10]`.
  static func wide(opset: Int = 17) throws -> Model {
    var random = SplitMix(seed: 3)
    var builder = GraphBuilder()
    builder.constants = [
      "conv2.weight": random.normal([64, 32, 3, 3]), "fc1.weight": random.normal([64, 96]),
      "fc2.weight": random.normal([10, 96]),
    ]
    builder.add("Conv", ["x", "conv2.weight"], "conv2", ["pads": .ints([1, 1, 1, 1])])
    builder.add("Relu", ["conv2"], "relu1")
    builder.add("GlobalAveragePool", ["relu1"], "pool")
    builder.add("Flatten", ["pool"], "flat")
    builder.add("MatMul", ["flat", "fc1.weight"], "fc1")
    builder.add("Relu", ["fc1"], "relu2")
    builder.add("Gemm", ["relu2", "fc2.weight"], "y", ["transB": .int(1)])
    return try builder.model("wide", input: [32, 4, 4], opset: opset)
  }

  /// Two convolutions that meet in a sum.
  static func residual() throws -> Model {
    var random = SplitMix(seed: 2)
    var builder = GraphBuilder()
    builder.constants = [
      "a.weight": random.normal([4, 3, 3, 3]), "b.weight": random.normal([4, 4, 3, 3]),
      "c.weight": random.normal([6, 4, 1, 1]),
    ]
    builder.add("Conv", ["x", "a.weight"], "a", ["pads": .ints([1, 1, 1, 1])])
    builder.add("Conv", ["a", "b.weight"], "b", ["pads": .ints([1, 1, 1, 1])])
    builder.add("Add", ["a", "b"], "sum")
    builder.add("Conv", ["sum", "c.weight"], "c")
    builder.add("GlobalAveragePool", ["c"], "y")
    return try builder.model("residual", input: [3, 5, 5])
  }

  /// One convolution or matrix product for each tensor, beside each other.
  static func layers(_ weights: [(name: String, tensor: Tensor)], opset: Int = 17) throws -> Model {
    var graph = Graph(opsets: ["": opset])
    for (name, tensor) in weights {
      graph.constants[name + ".weight"] = tensor
      let isConv = tensor.shape.rank == 4
      let dims: [Dim] =
        isConv
        ? [.symbol("N"), Dim(tensor.shape[1]), 4, 4] : [.symbol("N"), Dim(tensor.shape.dims.last ?? 1)]
      graph.inputs.append(ValueInfo(name: name + ".x", dtype: tensor.dtype, dims: dims))
      graph.outputs.append(ValueInfo(name: name + ".y", dtype: tensor.dtype, dims: nil))
      graph.nodes.append(
        Node(
          name: name, type: isConv ? "Conv" : "Gemm", inputs: [name + ".x", name + ".weight"],
          outputs: [name + ".y"], attributes: isConv ? [:] : ["transB": .int(1)]))
    }
    return try Model(graph)
  }
}

/// A chain of nodes with input `x` and output `y`.
struct GraphBuilder {
  var nodes: [Node] = []
  var constants: [String: Tensor] = [:]

  mutating func add(
    _ type: OperatorType, _ inputs: [String], _ output: String, _ attributes: [String: Attribute] = [:]
  ) {
    add(type, inputs, [output], attributes)
  }

  mutating func add(
    _ type: OperatorType, _ inputs: [String], _ outputs: [String], _ attributes: [String: Attribute] = [:]
  ) {
    nodes.append(
      Node(
        name: "/\(outputs[0])/\(type)", type: type, inputs: inputs, outputs: outputs, attributes: attributes))
  }

  func model(_ name: String, input: [Int], opset: Int = 17) throws -> Model {
    let graph = Graph(
      name: name,
      inputs: [ValueInfo(name: "x", dtype: .float32, dims: [.symbol("N")] + input.map { Dim($0) })],
      outputs: [ValueInfo(name: "y", dtype: .float32, dims: nil)], nodes: nodes, constants: constants,
      opsets: ["": opset])
    return try Model(graph)
  }
}

/// A small seeded generator (Steele, Lea and Flood 2014).
struct SplitMix: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }

  /// A tensor of roughly normal numbers.
  mutating func normal(_ shape: Shape) -> Tensor {
    Tensor(
      (0..<shape.count).map { _ in
        (0..<4).reduce(Float(0)) { sum, _ in sum + .random(in: -1...1, using: &self) }
      }, shape: shape)
  }
}

extension Tensor {
  static func zeros(_ shape: Shape) -> Tensor {
    Tensor([Float](repeating: 0, count: shape.count), shape: shape)
  }

  var bytes: [UInt8] { withUnsafeBytes { Array($0) } }
}
