import Compression
import Graph
import Tensor
import Testing

/// Sizes that no machine holds are counted as not known, and never overflow.
@Suite struct LargeCountTests {
  private func cost(_ dims: [Dim], layers: Int) throws -> CostReport {
    let names = ["x"] + (1...layers).map { "y\($0)" }
    let graph = Graph(
      inputs: [ValueInfo(name: "x", dtype: .float32, dims: dims)],
      outputs: [ValueInfo(name: names[layers], dtype: .float32, dims: nil)],
      nodes: (0..<layers).map {
        Node(name: "fc\($0)", type: "MatMul", inputs: [names[$0], "w"], outputs: [names[$0 + 1]])
      },
      constants: ["w": Tensor([Float](repeating: 1, count: 4), shape: [2, 2])], opsets: ["": 17])
    return Cost.count(try Model(graph))
  }

  @Test func whatFitsIsCounted() throws {
    let cost = try cost([1, Dim(1 << 39), 2], layers: 3)
    #expect(cost.isComplete)
    #expect(cost.macs == 3 << 41)
    #expect(cost.peakActivationBytes == 1 << 43)
  }

  @Test func oneTooLarge() throws {
    let error = #expect(throws: GraphError.self) { try cost([1, Dim(1 << 60), 2], layers: 1) }
    #expect(error?.description.contains("more than any memory holds") == true)
  }

  @Test func tooMuchTogether() throws {
    let cost = try cost([1, Dim(1 << 39), 2], layers: 600)
    #expect(!cost.isComplete)
    #expect(cost.macs == 1 << 50)
    #expect(cost.layers.map(\.macs).reduce(0, +) == 1 << 50)
    #expect(cost.bops == 1 << 60)
  }
}
