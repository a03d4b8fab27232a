import Engine
import Graph
import Tensor
import Testing

/// Graphs inside nodes, on the definitions and in stages.
@Suite struct ControlFlowTests {
  /// `y = flag ? x * w + 1 : x * v`, with the weights inside the branches.
  private func choice() throws -> Graph {
    func branch(_ nodes: [Node], _ constants: [String: Tensor]) -> Attribute {
      .graph(
        Graph(
          outputs: [ValueInfo(name: "out", dtype: .float32, dims: nil)], nodes: nodes, constants: constants))
    }
    let weight = Tensor((0..<32).map { Float($0) }, shape: [2, 16])
    let other = Tensor((0..<32).map { Float(-$0) }, shape: [2, 16])
    let product = Node(name: "p", type: "MatMul", inputs: ["x", "w"], outputs: ["t"])
    let sum = Node(name: "s", type: "Add", inputs: ["t", "one"], outputs: ["out"])
    let plain = Node(name: "q", type: "MatMul", inputs: ["x", "w"], outputs: ["out"])
    let node = Node(
      name: "if", type: "If", inputs: ["flag"], outputs: ["y"],
      attributes: [
        "then_branch": branch([product, sum], ["w": weight, "one": Tensor([Float(1)])]),
        "else_branch": branch([plain], ["w": other]),
      ])
    let graph = Graph(
      inputs: [
        ValueInfo(name: "x", dtype: .float32, dims: [.symbol("N"), 2]),
        ValueInfo(name: "flag", dtype: .bool, dims: []),
      ], outputs: [ValueInfo(name: "y", dtype: .float32, dims: nil)], nodes: [node])
    return try graph.capturing().sorted()
  }

  @Test func weightsOfBranchesBecomeTheGraphs() throws {
    let graph = try choice()
    #expect(graph.constants.keys.sorted() == ["w", "w_2"])
    #expect(graph.nodes[0].inputs.count == 4)
    #expect(Array(graph.nodes[0].ownInputs) == ["flag"])
    #expect(Set(graph.nodes[0].captures) == ["x", "w", "w_2"])
  }

  @Test(arguments: [true, false]) func takesABranch(flag: Bool) throws {
    let graph = try choice()
    let inputs = [
      "x": Tensor([Float(1), 2, 3, 4, 5, 6], shape: [3, 2]),
      "flag": Tensor(dtype: .bool, shape: []) { $0[0] = flag ? 1 : 0 },
    ]
    let expected = try #require(try ReferenceEvaluator(graph).run(inputs)["y"])
    #expect(expected.shape == [3, 16])
    #expect(expected.array(of: Float.self)[1] == (flag ? 1 * 1 + 2 * 17 + 1 : -35))
    let result = try #require(try GraphProgram(graph).run(inputs)["y"])
    #expect(result.array(of: Float.self) == expected.array(of: Float.self))
  }

  /// Doubles a value until the rounds are over or it exceeds 100, and keeps all values on the way.
  @Test(arguments: [(3, [6, 12, 24]), (9, [6, 12, 24, 48, 96, 192])]) func goesRound(
    rounds: Int, values: [Int]
  ) throws {
    let body = Graph(
      inputs: [
        ValueInfo(name: "i", dtype: .int64, dims: []), ValueInfo(name: "goes", dtype: .bool, dims: []),
        ValueInfo(name: "v", dtype: .float32, dims: [1]),
      ],
      outputs: [
        ValueInfo(name: "on", dtype: .bool, dims: nil), ValueInfo(name: "next", dtype: .float32, dims: nil),
        ValueInfo(name: "next", dtype: .float32, dims: nil),
      ],
      nodes: [
        Node(name: "double", type: "Mul", inputs: ["v", "two"], outputs: ["next"]),
        Node(name: "left", type: "Sub", inputs: ["hundred", "next"], outputs: ["d"]),
        Node(name: "sign", type: "Relu", inputs: ["d"], outputs: ["r"]),
        Node(name: "cast", type: "Cast", inputs: ["r"], outputs: ["c"], attributes: ["to": .int(9)]),
        Node(name: "flat", type: "Squeeze", inputs: ["c"], outputs: ["on"]),
      ])
    let node = Node(
      name: "loop", type: "Loop", inputs: ["n", "", "x"], outputs: ["last", "all"],
      attributes: ["body": .graph(body)])
    let sum = Node(
      name: "sum", type: "ReduceMean", inputs: ["all"], outputs: ["mean"], attributes: ["keepdims": .int(0)])
    let graph = try Graph(
      inputs: [
        ValueInfo(name: "n", dtype: .int64, dims: []), ValueInfo(name: "x", dtype: .float32, dims: [1]),
      ],
      outputs: [
        ValueInfo(name: "all", dtype: .float32, dims: nil),
        ValueInfo(name: "mean", dtype: .float32, dims: nil),
      ],
      nodes: [node, sum],
      constants: ["two": Tensor([Float(2)]), "hundred": Tensor([Float(100)])]
    ).capturing().sorted()
    let inputs = ["n": Tensor(scalar: Int64(rounds)), "x": Tensor([Float(3)])]
    let reference = try ReferenceEvaluator(graph).run(inputs)
    let results = try GraphProgram(graph).run(inputs)
    for given in [reference, results] {
      #expect(given["all"]?.shape == [values.count, 1])
      #expect(given["all"]?.array(of: Float.self) == values.map { Float($0) })
      #expect(given["mean"]?.array(of: Float.self) == [Float(values.reduce(0, +)) / Float(values.count)])
    }
  }
}
