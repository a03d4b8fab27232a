import Engine
import Graph
import Tensor
import Testing

/// Small graphs whose gradients are compared with differences of the plain definitions in double precision.
///
/// The loss is the sum of all outputs' elements, each times a number of its own.
struct GradientCheck {
  private(set) var graph = Graph(opsets: ["": 17, "com.microsoft": 1])
  private var inputs: [String: Tensor] = [:]
  private var learning: Set<String> = []
  private var state: UInt64
  private var count = 0

  init(seed: UInt64, opset: Int = 17) {
    state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1
    graph.opsets[""] = opset
  }

  /// A constant that learns.
  mutating func parameter(_ dims: [Int], from lower: Float = -1, to upper: Float = 1) -> String {
    count += 1
    let name = "p\(count)"
    graph.constants[name] = random(dims, lower, upper)
    learning.insert(name)
    return name
  }

  mutating func input(_ dims: [Int]) -> String {
    count += 1
    let name = "x\(count)"
    graph.inputs.append(ValueInfo(name: name, dtype: .float32, dims: dims.map { Dim($0) }))
    inputs[name] = random(dims, -1, 1)
    return name
  }

  mutating func constant(_ tensor: Tensor) -> String {
    count += 1
    graph.constants["c\(count)"] = tensor
    return "c\(count)"
  }

  mutating func constant(_ dims: [Int], from lower: Float = -1, to upper: Float = 1) -> String {
    constant(random(dims, lower, upper))
  }

  mutating func integers(_ values: [Int]) -> String { constant(Tensor(values.map { Int64($0) })) }

  mutating func nodes(
    _ type: OperatorType, _ inputs: [String], _ attributes: [String: Attribute] = [:], outputs: Int = 1
  ) -> [String] {
    count += 1
    let names = (0..<outputs).map { "v\(count)_\($0)" }
    graph.nodes.append(
      Node(name: "n\(count)", type: type, inputs: inputs, outputs: names, attributes: attributes))
    return names
  }

  mutating func node(_ type: OperatorType, _ inputs: [String], _ attributes: [String: Attribute] = [:])
    -> String
  {
    nodes(type, inputs, attributes)[0]
  }

  /// Checks the gradients of all parameters.
  ///
  /// - Parameters:
  ///   - isTraining: as `TrainingGraph.forward` has it; the definition then is that of nodes that train.
  ///   - tolerance: of the largest element of each gradient.
  mutating func check(_ outputs: [String], isTraining: Bool = false, tolerance: Double = 2e-4) throws {
    graph.outputs = outputs.map { ValueInfo(name: $0, dtype: .float32, dims: nil) }
    let training = try TrainingGraph(
      graph, learning: learning, inputs: inputs.mapValues { ($0.dtype, $0.shape) })
    #expect(try TrainingGraph.obstacles(graph, learning: learning).isEmpty)
    let results = try training.forward(inputs, isTraining: isTraining)
    let weights = try results.keys.sorted().reduce(into: [String: Tensor]()) {
      $0[$1] = random(try #require(results[$1]).shape.dims, -1, 1)
    }
    try training.backward(weights)
    let first = gradients(training)
    // A second pass starts anew, and gives the same bits.
    _ = try training.forward(inputs, isTraining: isTraining)
    try training.backward(weights)
    #expect(gradients(training) == first)

    let plain = definition(isTraining: isTraining)
    let expected = try ReferenceEvaluator(plain).run(inputs.mapValues { $0.converted(to: .float64) })
    for (name, result) in results {
      let wanted = try #require(expected[name]).doubles
      let largest = max(wanted.map(abs).max() ?? 0, 1)
      for (value, other) in zip(result.doubles, wanted) where !(abs(value - other) <= 1e-5 * largest) {
        Issue.record("\(name) has \(value) instead of \(other)")
        return
      }
    }
    for name in learning.sorted() {
      let analytic = try #require(first[name])
      let numeric = try differences(plain, of: name, weights)
      let largest = max(numeric.map { abs($0.value) }.max() ?? 0, 1e-2)
      for (index, wanted) in numeric where !(abs(Double(analytic[index]) - wanted) <= tolerance * largest) {
        Issue.record("the gradient of \(name) has \(analytic[index]) instead of \(wanted) at \(index)")
        break
      }
    }
  }

  private func gradients(_ training: TrainingGraph) -> [String: [Float]] {
    Dictionary(
      uniqueKeysWithValues: training.parameters.map { ($0, training.withGradient($0) { Array($0) }) })
  }

  /// The graph in double precision.
  private func definition(isTraining: Bool) -> Graph {
    var plain = graph
    plain.constants = plain.constants.mapValues { $0.dtype == .float32 ? $0.converted(to: .float64) : $0 }
    for index in plain.inputs.indices { plain.inputs[index].dtype = .float64 }
    if isTraining {
      for index in plain.nodes.indices where plain.nodes[index].type == "BatchNormalization" {
        plain.nodes[index].attributes["training_mode"] = .int(1)
      }
    }
    return plain
  }

  /// Central differences for up to 24 elements of a parameter.
  private func differences(_ plain: Graph, of name: String, _ weights: [String: Tensor]) throws
    -> [Int: Double]
  {
    let values = try #require(plain.constants[name])
    let evaluator = { (graph: Graph) -> Double in
      let results = try ReferenceEvaluator(graph).run(inputs.mapValues { $0.converted(to: .float64) })
      return try weights.reduce(0) { sum, weight in
        sum
          + zip(try #require(results[weight.key]).doubles, weight.value.doubles).reduce(0) {
            $0 + $1.0 * $1.1
          }
      }
    }
    var found: [Int: Double] = [:]
    // So small that hardly any number lies on two sides of a kink.
    let step = 1e-7
    for index in stride(from: 0, to: values.count, by: max(values.count / 24, 1)) {
      var moved = values.doubles
      func loss(_ value: Double) throws -> Double {
        moved[index] = value
        var graph = plain
        graph.constants[name] = Tensor(moved, shape: values.shape)
        return try evaluator(graph)
      }
      let here = values.doubles[index]
      found[index] = (try loss(here + step) - loss(here - step)) / (2 * step)
    }
    return found
  }

  private mutating func random(_ dims: [Int], _ lower: Float, _ upper: Float) -> Tensor {
    Tensor((0..<dims.reduce(1, *)).map { _ in next(lower, upper) }, shape: Shape(dims))
  }

  /// Uniform (SplitMix64).
  private mutating func next(_ lower: Float, _ upper: Float) -> Float {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return lower + (upper - lower) * Float((z ^ (z >> 31)) >> 40) * 0x1p-24
  }
}
