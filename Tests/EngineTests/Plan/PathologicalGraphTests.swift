import Engine
import Graph
import Tensor
import Testing

/// Graphs that are out to take all time or all memory; `Tests/Python/pathological.py` has whole files of such.
@Suite struct PathologicalGraphTests {
  private func run(_ nodes: [Node], constants: [String: Tensor] = [:]) throws -> [Float]? {
    let graph = Graph(
      inputs: [ValueInfo(name: "x", dtype: .float32, dims: [1, 4])],
      outputs: [ValueInfo(name: "y", dtype: nil, dims: nil)], nodes: nodes, constants: constants,
      opsets: ["": 17])
    let x = Tensor([1, -2, 3, -4] as [Float], shape: [1, 4])
    return try GraphProgram(graph.capturing().sorted()).run(["x": x])["y"]?.floats
  }

  private func node(
    _ type: OperatorType, _ inputs: [String], _ output: String, _ attributes: [String: Attribute] = [:]
  ) -> Node {
    Node(name: output, type: type, inputs: inputs, outputs: [output], attributes: attributes)
  }

  @Test(.timeLimit(.minutes(1))) func tenThousandNodesInAChain() throws {
    let nodes = (0..<10_000).map { node("Neg", [$0 == 0 ? "x" : "v\($0)"], $0 == 9_999 ? "y" : "v\($0 + 1)") }
    #expect(try run(nodes.reversed()) == [1, -2, 3, -4])
  }

  @Test(.timeLimit(.minutes(1))) func tenThousandNodesBesideEachOther() throws {
    let nodes = (0..<10_000).map { node("Relu", ["x"], "v\($0)") }
    let names = nodes.map { $0.outputs[0] }
    #expect(try run(nodes + [node("Sum", names, "y")]) == [10_000, 0, 30_000, 0])
    let joined = try run(nodes + [node("Concat", names, "y", ["axis": .int(1)])])
    #expect(joined?.count == 40_000 && joined?.reduce(0, +) == 40_000)
  }

  @Test(arguments: [1 << 40, 1 << 38, 1 << 62]) func valuesOfNoMachine(size: Int) {
    let constants = ["size": Tensor([Int64(size), 4]), "zero": Tensor(scalar: Float(0))]
    let error = #expect(throws: (any Error).self) {
      try run([node("Expand", ["x", "size"], "h"), node("ReduceMax", ["h"], "y")], constants: constants)
    }
    #expect("\(error!)".contains("memory") && "\(error!)".contains("'h'"), "\(error!)")
    let folded = #expect(throws: (any Error).self) {
      try run(
        [node("ConstantOfShape", ["size"], "h"), node("ReduceMax", ["h"], "y")], constants: constants)
    }
    #expect("\(folded!)".contains("'h'"), "\(folded!)")
  }

  /// A Loop whose body hands its condition on through `condition`.
  private func loop(trips: Int?, condition: [Node], from: String) -> (
    nodes: [Node], constants: [String: Tensor]
  ) {
    let body = Graph(
      inputs: [
        ValueInfo(name: "i", dtype: .int64, dims: []), ValueInfo(name: "go", dtype: .bool, dims: []),
        ValueInfo(name: "in", dtype: .float32, dims: nil),
      ],
      outputs: [from, "out"].map { ValueInfo(name: $0, dtype: nil, dims: nil) },
      nodes: condition + [node("Neg", ["in"], "out")], constants: ["three": Tensor(scalar: Int64(3))],
      opsets: ["": 17])
    return (
      [node("Loop", [trips == nil ? "" : "trips", "", "x"], "y", ["body": .graph(body)])],
      trips.map { ["trips": Tensor(scalar: Int64($0))] } ?? [:]
    )
  }

  @Test func aLoopThatOnlyItsNumberEnds() throws {
    for trips in [1 << 62, nil] {
      let endless = loop(trips: trips, condition: [node("Identity", ["go"], "still")], from: "still")
      let error = #expect(throws: EngineError.self) { try run(endless.nodes, constants: endless.constants) }
      #expect(error?.description.contains("at most 16777216 are run") == true)
    }
    // So many rounds are what an exporter writes for a loop that a condition ends.
    let ending = loop(trips: .max, condition: [node("Less", ["i", "three"], "still")], from: "still")
    #expect(try run(ending.nodes, constants: ending.constants) == [-1, 2, -3, 4].map { -$0 })
    let some = loop(trips: 3, condition: [], from: "go")
    #expect(try run(some.nodes, constants: some.constants) == [-1, 2, -3, 4])
  }
}
