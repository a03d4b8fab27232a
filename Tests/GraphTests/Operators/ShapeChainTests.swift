import Graph
import Tensor
import Testing

/// Sizes that a graph computes from its own shapes.
@Suite struct ShapeChainTests {
  /// What `view(x.size(0), -1)` becomes: Shape, Gather, Unsqueeze, Concat, Reshape.
  @Test func flattenByShape() throws {
    let typed = try graph([
      Node(name: "", type: "Shape", inputs: ["x"], outputs: ["shape"]),
      Node(
        name: "", type: "Gather", inputs: ["shape", "zero"], outputs: ["first"], attributes: ["axis": .int(0)]
      ),
      Node(name: "", type: "Unsqueeze", inputs: ["first", "axes"], outputs: ["list"]),
      Node(
        name: "", type: "Concat", inputs: ["list", "rest"], outputs: ["target"], attributes: ["axis": .int(0)]
      ),
      Node(name: "", type: "Reshape", inputs: ["x", "target"], outputs: ["y"]),
    ]).typed()
    #expect(typed.facts["target"]?.elements == [batch, -1])
    #expect(typed.facts["y"]?.dims == [batch, 800])
  }

  @Test func arithmeticOnSizes() throws {
    let typed = try graph([
      Node(name: "", type: "Shape", inputs: ["x"], outputs: ["shape"]),
      Node(name: "", type: "Cast", inputs: ["shape"], outputs: ["cast"], attributes: ["to": .int(6)]),
      Node(name: "", type: "Cast", inputs: ["cast"], outputs: ["back"], attributes: ["to": .int(7)]),
      Node(name: "", type: "Mul", inputs: ["back", "two"], outputs: ["double"]),
      Node(name: "", type: "Add", inputs: ["double", "back"], outputs: ["triple"]),
      Node(name: "", type: "Div", inputs: ["triple", "back"], outputs: ["three"]),
      Node(name: "", type: "Sub", inputs: ["three", "two"], outputs: ["one"]),
    ]).typed()
    #expect(typed.facts["triple"]?.elements == [batch * 3, 150, 12, 12])
    #expect(typed.facts["three"]?.elements == [3, 3, 3, 3])
    #expect(typed.facts["one"]?.elements == [1, 1, 1, 1])
  }

  @Test(
    arguments: [
      ([0, -1], [batch, 800]), ([-1, 800], [batch, 800]), ([0, 0, 16], [batch, 50, 16]),
      ([-1], [batch * 800]),
      ([0, 5, 10, -1], [batch, 5, 10, 16]),
    ] as [([Int], [Dim])])
  func reshapesToNumbers(shape: [Int], dims: [Dim]) throws {
    let target = Facts(Tensor(shape.map { Int64($0) }))
    #expect(try Probe("Reshape", [.float(batch, 50, 4, 4), target]).dims == dims)
  }

  @Test(arguments: [[-1, -1], [-2, 4], [7, 5], [0, 0, 0, 0], [-1, 7], [Int.max, Int.max]])
  func refusesShape(shape: [Int]) {
    #expect(throws: Mismatch.self) {
      try Probe("Reshape", [.float(2, 3, 4), Facts(Tensor(shape.map { Int64($0) }))])
    }
  }

  @Test func unknownShapeKeepsItsLength() throws {
    let shape = Facts(dtype: .int64, dims: [3])
    #expect(try Probe("Reshape", [.float(2, 3, 4), shape]).dims == [.unknown, .unknown, .unknown])
    #expect(try Probe("Reshape", [.float(2, 3, 4), Facts(dtype: .int64, dims: [1])]).dims == [24])
    #expect(try Probe("Reshape", [.float(2, 3, 4), Facts(dtype: .int64)]).dims == nil)
  }

  @Test func readsOldForms() throws {
    #expect(try Probe("Reshape", [.float(2, 6)], ["shape": .ints([3, -1])], opset: 4).dims == [3, 4])
    #expect(try Probe("Squeeze", [.float(1, 6)], ["axes": .ints([0])], opset: 11).dims == [6])
    #expect(try Probe("Unsqueeze", [.float(6)], ["axes": .ints([-1, 0])], opset: 11).dims == [1, 6, 1])
    #expect(try Probe("ReduceMean", [.float(2, 6)], ["axes": .ints([1])], opset: 13).dims == [2, 1])
    #expect(try Probe("Pad", [.float(2, 6)], ["pads": .ints([0, 1, 0, 1])], opset: 10).dims == [2, 8])
    #expect(try Probe("Add", [.float(2, 6, 5), .float(6)], ["axis": .int(1)], opset: 6).dims == [2, 6, 5])
  }

  private func graph(_ nodes: [Node]) -> Graph {
    Graph(
      inputs: [ValueInfo(name: "x", dtype: .float32, dims: [batch, 50, 4, 4])], nodes: nodes,
      constants: [
        "zero": Tensor(scalar: Int64(0)), "axes": Tensor([Int64(0)]), "rest": Tensor([Int64(-1)]),
        "two": Tensor([Int64(2)]),
      ])
  }
}
