import Graph
import Tensor
import Testing

/// Graphs in nodes of graphs in nodes, in small files that would take all time or memory.
@Suite struct NestedGraphTests {
  private func value(_ name: String, _ dims: [Dim]? = nil) -> ValueInfo {
    ValueInfo(name: name, dtype: .float32, dims: dims)
  }

  /// Nodes in both branches of an If that gives `name`.
  private func choice(_ nodes: [Node], _ output: String, as name: String) -> Node {
    let branch = Attribute.graph(Graph(outputs: [value(output)], nodes: nodes))
    return Node(
      name: name, type: "If", inputs: ["flag"], outputs: [name],
      attributes: ["then_branch": branch, "else_branch": branch])
  }

  private func model(_ node: Node, _ constants: [String: Tensor] = [:], before: [Node] = []) throws -> Model {
    let inputs = [value("x", [2, 3]), ValueInfo(name: "flag", dtype: .bool, dims: [])]
    let graph = Graph(
      inputs: inputs, outputs: [value(node.outputs[0])], nodes: before + [node], constants: constants,
      opsets: ["": 17])
    return try Model(graph.capturing().sorted())
  }

  /// A branch that does not fit is looked at once: of twice at each level would come four billion times.
  @Test func branchesThatDoNotFit() throws {
    var node = Node(name: "bad", type: "MatMul", inputs: ["x", "x"], outputs: ["v"])
    for level in 0..<30 {
      let name = "y\(level)"
      let good = Node(name: "bad", type: "MatMul", inputs: ["x", "x"], outputs: ["v"])
      node = Node(
        name: name, type: "If", inputs: ["flag"], outputs: [name],
        attributes: [
          "then_branch": .graph(Graph(outputs: [value(node.outputs[0])], nodes: [node])),
          "else_branch": .graph(Graph(outputs: [value("v")], nodes: [good])),
        ])
    }
    #expect(throws: GraphError.self) { try model(node) }
  }

  private func loops(_ depth: Int) -> Node {
    var node = Node(name: "add", type: "Add", inputs: ["v0", "x"], outputs: ["r0"])
    for level in 1...depth {
      let inner = level - 1
      let body = Graph(
        inputs: [
          ValueInfo(name: "i\(level)", dtype: .int64, dims: []),
          ValueInfo(name: "c\(level)", dtype: .bool, dims: []), value("v\(inner)"),
        ],
        outputs: [ValueInfo(name: "c\(level)", dtype: .bool, dims: []), value("r\(inner)")], nodes: [node])
      node = Node(
        name: "loop\(level)", type: "Loop", inputs: ["", "flag", level == depth ? "x" : "v\(level)"],
        outputs: ["r\(level)"], attributes: ["body": .graph(body)])
    }
    return node
  }

  @Test func loopsInLoops() throws {
    let shallow = try model(loops(4))
    #expect(shallow.typed.facts["r4"]?.dims == [2, 3])
    let error = #expect(throws: GraphError.self) { try model(loops(5)) }
    #expect(error?.description.contains("loops nested deeper than 4") == true)
  }

  /// A weight that a graph inside reads is known by its shape, which may be one that no memory holds.
  @Test(arguments: [4, 1 << 34, 1 << 38]) func fixedValueFromOutside(columns: Int) throws {
    let product = Node(name: "p", type: "MatMul", inputs: ["x", "w"], outputs: ["v"])
    let grow = Node(name: "grow", type: "Expand", inputs: ["one", "shape"], outputs: ["w"])
    let constants = ["one": Tensor([Float(1)]), "shape": Tensor([3, Int64(columns)])]
    let model = try model(choice([product], "v", as: "y"), constants, before: [grow])
    #expect(model.typed.facts["y"]?.dims == [2, Dim(columns)])
    #expect(model.layers.isEmpty)
  }
}
