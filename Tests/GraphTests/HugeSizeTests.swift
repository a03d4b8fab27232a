import Graph
import Tensor
import Testing

/// Sizes that no memory holds are refused where they first appear, so that nothing multiplies them.
@Suite struct HugeSizeTests {
  private func typed(_ dims: [Dim], _ nodes: [Node] = [], binding: [String: Int] = [:]) throws -> TypedGraph {
    try Graph(
      inputs: [ValueInfo(name: "x", dtype: .float32, dims: dims)], nodes: nodes,
      constants: ["repeats": Tensor([Int64(1 << 31), 1 << 31])], opsets: ["": 17]
    ).typed(binding: binding)
  }

  @Test(arguments: [[1 << 62], [1 << 31, 1 << 31], [1 << 62, 1 << 62], [0, 1 << 62], [(1 << 40) + 1]])
  func inputs(sizes: [Int]) {
    let error = #expect(throws: GraphError.self) { try typed(sizes.map { Dim($0) }) }
    #expect(error?.description.hasPrefix("input 'x' has \(sizes[0])") == true)
  }

  @Test func namesAreCheckedOnceTheyAreNumbers() throws {
    _ = try typed([.symbol("N"), Dim(1 << 20), Dim(1 << 20)])
    _ = try typed([.symbol("N"), Dim(1 << 20)], binding: ["N": 1 << 20])
    #expect(throws: GraphError.self) { try typed([.symbol("N"), Dim(1 << 20)], binding: ["N": 1 << 21]) }
  }

  @Test func outputs() {
    let tile = Node(name: "t", type: "Tile", inputs: ["x", "repeats"], outputs: ["y"])
    let error = #expect(throws: GraphError.self) { try typed([1, 4], [tile]) }
    #expect(
      error?.description
        == "Tile node 't': gives 2147483648·8589934592 elements, more than any memory holds")
  }
}
