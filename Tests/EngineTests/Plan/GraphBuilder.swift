import Engine
import Graph
import Tensor
import Testing

/// Builds graphs with seeded weights, and compares the engine's result with the plain one.
struct GraphBuilder {
  private var graph = Graph(opsets: ["": 17])
  private var inputs: [String: Tensor] = [:]
  private var state: UInt64
  private var count = 0

  init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1 }

  mutating func input(_ name: String, _ dims: [Int]) -> String {
    graph.inputs.append(ValueInfo(name: name, dtype: .float32, dims: dims.map { Dim($0) }))
    inputs[name] = random(dims)
    return name
  }

  mutating func constant(_ dims: [Int]) -> String { constant(random(dims)) }

  mutating func scalar(_ value: Float) -> String { constant(Tensor(scalar: value)) }

  mutating func constant(_ tensor: Tensor) -> String {
    count += 1
    graph.constants["c\(count)"] = tensor
    return "c\(count)"
  }

  mutating func node(_ type: OperatorType, _ inputs: [String], _ attributes: [String: Attribute] = [:])
    -> String
  {
    count += 1
    let output = "v\(count)"
    graph.nodes.append(
      Node(name: "n\(count)", type: type, inputs: inputs, outputs: [output], attributes: attributes))
    return output
  }

  mutating func convolution(_ x: String, channels: (Int, Int), group: Int, _ chain: Chain) -> String {
    let weight = constant([channels.1, channels.0 / group] + chain.kernel)
    let bias = constant([channels.1])
    return node(
      "Conv", [x, weight, bias],
      [
        "group": .int(group), "pads": .ints(chain.pads), "strides": .ints(chain.strides),
        "dilations": .ints(chain.dilations),
      ])
  }

  mutating func normalization(_ x: String, channels: Int) -> String {
    let variance = Tensor((0..<channels).map { _ in abs(next()) + 0.5 })
    return node(
      "BatchNormalization",
      [x, constant([channels]), constant([channels]), constant([channels]), constant(variance)])
  }

  mutating func quantized(_ x: String, scale: Float, zeroPoint: Int8) -> String {
    let (scale, zero) = (scalar(scale), constant(Tensor(scalar: zeroPoint)))
    return node("DequantizeLinear", [node("QuantizeLinear", [x, scale, zero]), scale, zero])
  }

  /// Where a value is quantized, sums in another order may round to the neighbouring step.
  mutating func compare(output: String, step: Float = 0.06) throws {
    graph.outputs = [ValueInfo(name: output, dtype: .float32, dims: nil)]
    let expected = try #require(try ReferenceEvaluator(graph).run(inputs)[output])
    let result = try #require(try GraphProgram(graph).run(inputs)[output])
    #expect(result.shape == expected.shape)
    let isQuantized = graph.nodes.contains { $0.type == "QuantizeLinear" }
    var steps = 0
    for (value, wanted) in zip(result.floats, expected.floats) {
      let error = abs(value - wanted)
      if error <= 1e-5 + 1e-4 * abs(wanted) { continue }
      guard isQuantized && error <= step else {
        Issue.record("\(value) instead of \(wanted) in \(graph.nodes.map(\.type.name))")
        return
      }
      steps += 1
    }
    #expect(steps * 100 <= result.count, "\(steps) of \(result.count) are a step apart")
  }

  private mutating func random(_ dims: [Int]) -> Tensor {
    Tensor((0..<dims.reduce(1, *)).map { _ in next() }, shape: Shape(dims))
  }

  /// Uniform in -1 to 1 (SplitMix64).
  private mutating func next() -> Float {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return Float(Int64(bitPattern: z ^ (z >> 31)) >> 40) * 0x1p-23
  }
}
