import Engine
import Graph
import Tensor
import Testing

/// What `TrainingGraph` promises beside its gradients.
@Suite struct TrainingGraphTests {
  /// `y = relu(x · w) · v`.
  private static func small() -> Graph {
    var graph = Graph(opsets: ["": 17])
    graph.inputs = [ValueInfo(name: "x", dtype: .float32, dims: nil)]
    graph.constants["w"] = Tensor([1, -1, 2, 0.5] as [Float], shape: [2, 2])
    graph.constants["v"] = Tensor([1, 3] as [Float], shape: [2, 1])
    graph.nodes = [
      Node(name: "first", type: "MatMul", inputs: ["x", "w"], outputs: ["a"]),
      Node(name: "relu", type: "Relu", inputs: ["a"], outputs: ["b"]),
      Node(name: "second", type: "MatMul", inputs: ["b", "v"], outputs: ["y"]),
    ]
    graph.outputs = [ValueInfo(name: "y", dtype: .float32, dims: nil)]
    return graph
  }

  private static let one = Tensor([1, 1] as [Float], shape: [1, 2])

  @Test func stepByStep() throws {
    let training = try TrainingGraph(
      Self.small(), learning: ["v", "w"], inputs: ["x": (.float32, [1, 2])], keeps: ["a", "b"])
    #expect(training.parameters == ["v", "w"])
    let results = try training.forward(["x": Self.one], isTraining: true)
    #expect(results["a"]?.floats == [3, -0.5] && results["b"]?.floats == [3, 0])
    #expect(results["y"]?.floats == [3])
    try training.backward(["y": Tensor([1] as [Float], shape: [1, 1])])
    #expect(training.withGradient("v") { Array($0) } == [3, 0])
    #expect(training.withGradient("w") { Array($0) } == [1, 0, 1, 0])
    // A gradient of a kept value alone leaves those behind it at zero.
    try training.backward(["a": Tensor([1, 2] as [Float], shape: [1, 2])])
    #expect(training.withGradient("v") { Array($0) } == [0, 0])
    #expect(training.withGradient("w") { Array($0) } == [1, 2, 1, 2])
    // Both together add up.
    try training.backward([
      "a": Tensor([1, 2] as [Float], shape: [1, 2]), "y": Tensor([1] as [Float], shape: [1, 1]),
    ])
    #expect(training.withGradient("w") { Array($0) } == [2, 2, 2, 2])
  }

  @Test func parametersAreLive() throws {
    let training = try TrainingGraph(Self.small(), learning: ["w"], inputs: ["x": (.float32, [1, 2])])
    training.withParameter("w") { $0[1] = 4 }
    #expect(try training.forward(["x": Self.one], isTraining: true)["y"]?.floats == [3 + 3 * 4.5])
    let trained = training.trained()
    #expect(trained.constants["w"]?.floats == [1, 4, 2, 0.5])
    #expect(trained.constants["v"]?.floats == [1, 3])
    #expect(trained.nodes.count == 3)
    #expect(Self.small().constants["w"]?.floats == [1, -1, 2, 0.5])
  }

  @Test func whatDoesNotFitIsNamed() throws {
    let graph = Self.small()
    let inputs: [String: (dtype: DType, shape: Shape)] = ["x": (.float32, [1, 2])]
    #expect(throws: EngineError.self) { try TrainingGraph(graph, learning: ["nothing"], inputs: inputs) }
    #expect(throws: EngineError.self) { try TrainingGraph(graph, learning: ["w"], inputs: [:]) }
    #expect(throws: EngineError.self) {
      try TrainingGraph(graph, learning: ["w"], inputs: inputs, keeps: ["nothing"])
    }
    let training = try TrainingGraph(graph, learning: ["w"], inputs: inputs)
    #expect(throws: EngineError.self) { try training.forward([:], isTraining: true) }
    #expect(throws: EngineError.self) {
      try training.forward(["x": Tensor([1, 1, 1, 1] as [Float], shape: [2, 2])], isTraining: true)
    }
    #expect(throws: EngineError.self) { try training.backward(["b": Self.one]) }
    #expect(throws: EngineError.self) { try training.backward(["y": Self.one]) }
  }

  @Test func obstaclesAreFoundBeforehand() throws {
    var graph = Self.small()
    graph.nodes[1] = Node(name: "odd", type: "Hardmax", inputs: ["a"], outputs: ["b"])
    let obstacles = try TrainingGraph.obstacles(graph, learning: ["w"])
    #expect(obstacles.map(\.node) == ["odd"] && obstacles.map(\.operator) == ["Hardmax"])
    // What is before an obstacle stays as it is, what is behind it learns.
    #expect(try TrainingGraph.obstacles(graph, learning: ["v"]).isEmpty)
    let error = #expect(throws: EngineError.self) {
      try TrainingGraph(graph, learning: ["w"], inputs: ["x": (.float32, [1, 2])])
    }
    #expect(error?.description.contains("odd") ?? false)
    let training = try TrainingGraph(graph, learning: ["v"], inputs: ["x": (.float32, [1, 2])])
    #expect(try training.forward(["x": Self.one], isTraining: true)["y"]?.floats == [1])
    try training.backward(["y": Tensor([1] as [Float], shape: [1, 1])])
    #expect(training.withGradient("v") { Array($0) } == [1, 0])
  }

  @Test func batchesThatDoNotFitAreRefused() throws {
    var graph = Self.small()
    graph.nodes[1] = Node(name: "huge", type: "MatMul", inputs: ["a", "t"], outputs: ["b"])
    graph.nodes[2] = Node(name: "sum", type: "ReduceSum", inputs: ["b"], outputs: ["y"])
    graph.nodes.insert(
      Node(name: "turned", type: "Transpose", inputs: ["a"], outputs: ["t"]), at: 1)
    let error = #expect(throws: EngineError.self) {
      try TrainingGraph(graph, learning: ["w"], inputs: ["x": (.float32, [1 << 19, 2])])
    }
    #expect(error?.description.contains("smaller batches") ?? false)
  }

  @Test func dropoutThatTrainsIsAnObstacle() throws {
    var graph = Self.small()
    graph.constants["ratio"] = Tensor(scalar: Float(0.5))
    for isTraining in [false, true] {
      graph.constants["training"] = Tensor(scalar: isTraining)
      graph.nodes[1] = Node(
        name: "drop", type: "Dropout", inputs: ["a", "ratio", "training"], outputs: ["b"])
      #expect(try TrainingGraph.obstacles(graph, learning: ["w"]).isEmpty == !isTraining)
    }
  }

  @Test func quantizersPassGradientsStraightThrough() throws {
    var graph = Graph(opsets: ["": 17])
    graph.constants["w"] = Tensor([0.26, -0.9, 5, -7, 1.27] as [Float])
    graph.constants["scale"] = Tensor(scalar: Float(0.25))
    graph.constants["zero"] = Tensor(scalar: Int8(3))
    graph.nodes = [
      Node(name: "q", type: "QuantizeLinear", inputs: ["w", "scale", "zero"], outputs: ["q"]),
      Node(name: "r", type: "Reshape", inputs: ["q", "shape"], outputs: ["r"]),
      Node(name: "d", type: "DequantizeLinear", inputs: ["r", "scale", "zero"], outputs: ["d"]),
      Node(name: "m", type: "Mul", inputs: ["d", "factor"], outputs: ["y"]),
    ]
    graph.constants["shape"] = Tensor([5, 1] as [Int64])
    graph.constants["factor"] = Tensor(scalar: Float(100))
    graph.outputs = [ValueInfo(name: "y", dtype: .float32, dims: nil)]
    #expect(try TrainingGraph.obstacles(graph, learning: ["w"]).isEmpty)
    let training = try TrainingGraph(graph, learning: ["w"], inputs: [:])
    training.withParameter("w") { ($0[2], $0[3]) = (40, -35) }
    let result = try training.forward([:], isTraining: true)["y"]
    #expect(result?.floats == [25, -100, 3100, -3275, 125])
    try training.backward(["y": Tensor([1, 2, 3, 4, 5] as [Float], shape: [5, 1])])
    #expect(training.withGradient("w") { Array($0) } == [100, 200, 0, 0, 500])
  }

  @Test func quantizersOfChannelsPassTheirOwnRanges() throws {
    var graph = Graph(opsets: ["": 17])
    graph.constants["w"] = Tensor([0.5, 9, -0.26, 0.5, 9, -300] as [Float], shape: [2, 3])
    graph.constants["scale"] = Tensor([0.01, 1] as [Float])
    graph.constants["zero"] = Tensor([0, 0] as [Int8])
    let axis: [String: Attribute] = ["axis": .int(0)]
    graph.nodes = [
      Node(
        name: "q", type: "QuantizeLinear", inputs: ["w", "scale", "zero"], outputs: ["q"], attributes: axis),
      Node(
        name: "d", type: "DequantizeLinear", inputs: ["q", "scale", "zero"], outputs: ["y"],
        attributes: axis),
    ]
    graph.outputs = [ValueInfo(name: "y", dtype: .float32, dims: nil)]
    let training = try TrainingGraph(graph, learning: ["w"], inputs: [:], keeps: ["q"])
    let results = try training.forward([:], isTraining: false)
    #expect(results["q"]?.dtype == .int8 && results["q"]?.integers == [50, 127, -26, 0, 9, -128])
    try training.backward(["y": Tensor([Float](repeating: 1, count: 6), shape: [2, 3])])
    let gradient = training.withGradient("w") { Array($0) }
    #expect(zip(gradient, [1, 0, 1, 1, 1, 0]).allSatisfy { abs($0 - $1) < 1e-6 })
  }

  @Test func wholeNumbersComeOutAsTheyAre() throws {
    var graph = Self.small()
    graph.nodes.append(
      Node(
        name: "best", type: "ArgMax", inputs: ["a"], outputs: ["best"],
        attributes: ["axis": .int(1), "keepdims": .int(0)]))
    graph.outputs.append(ValueInfo(name: "best", dtype: .int64, dims: nil))
    #expect(try TrainingGraph.obstacles(graph, learning: ["w"]).isEmpty)
    let training = try TrainingGraph(graph, learning: ["w"], inputs: ["x": (.float32, [1, 2])])
    #expect(try training.forward(["x": Self.one], isTraining: true)["best"]?.integers == [0])
  }

  /// torch's numbers for `BatchNorm1d(2)` on these four rows.
  @Test func runningStatisticsMove() throws {
    var graph = Graph(opsets: ["": 17])
    graph.inputs = [ValueInfo(name: "x", dtype: .float32, dims: [4, 2])]
    for (name, values) in [("one", [1, 1]), ("zero", [0, 0])] as [(String, [Float])] {
      graph.constants[name] = Tensor(values)
    }
    // Scale and variance are one constant, as exporters write it: they part when the variance moves.
    graph.nodes = [
      Node(
        name: "norm", type: "BatchNormalization", inputs: ["x", "one", "zero", "zero", "one"], outputs: ["y"])
    ]
    graph.outputs = [ValueInfo(name: "y", dtype: .float32, dims: nil)]
    let training = try TrainingGraph(graph, learning: ["one"], inputs: ["x": (.float32, [4, 2])])
    let x = Tensor([1, 10, 2, 10, 3, 10, 6, 30] as [Float], shape: [4, 2])
    _ = try training.forward(["x": x], isTraining: false)
    _ = try training.forward(["x": x], isTraining: true)
    let trained = training.trained()
    let names = trained.nodes[0].inputs
    #expect(trained.constants[names[1]]?.floats == [1, 1] && trained.constants[names[2]]?.floats == [0, 0])
    let mean = try #require(trained.constants[names[3]]).floats
    let variance = try #require(trained.constants[names[4]]).floats
    #expect(zip(mean, [0.3, 1.5]).allSatisfy { abs($0 - $1) < 1e-6 })
    #expect(zip(variance, [0.9 + 0.466_666_67, 0.9 + 10]).allSatisfy { abs($0 - $1) < 1e-5 })
  }

  @Test func severalRunAtOnce() async throws {
    let graph = Self.small()
    let gradients = try await withThrowingTaskGroup(of: [Float].self) { group in
      for _ in 0..<8 {
        group.addTask {
          let training = try TrainingGraph(graph, learning: ["w"], inputs: ["x": (.float32, [64, 2])])
          let x = Tensor((0..<128).map { Float($0 % 7) - 3 }, shape: [64, 2])
          var last: [Float] = []
          for _ in 0..<20 {
            _ = try training.forward(["x": x], isTraining: true)
            try training.backward(["y": Tensor([Float](repeating: 1, count: 64), shape: [64, 1])])
            last = training.withGradient("w") { Array($0) }
          }
          return last
        }
      }
      return try await group.reduce(into: Set<[Float]>()) { $0.insert($1) }
    }
    #expect(gradients.count == 1)
  }
}
