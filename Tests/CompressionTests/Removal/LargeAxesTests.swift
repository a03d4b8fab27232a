import Compression
import Graph
import Tensor
import Testing

/// Axes so long, and values read so often, that going through all of them would take all time or memory.
@Suite struct LargeAxesTests {
  @Test func axesOfAMillion() throws {
    // An input may leave sizes open, so that no count of its elements refuses it.
    let dims = [Dim.symbol("M")] + [Dim](repeating: Dim(1 << 20), count: 2)
    let graph = Graph(
      inputs: [
        ValueInfo(name: "x", dtype: .float32, dims: [.symbol("N"), 2]),
        ValueInfo(name: "large", dtype: .float32, dims: dims),
      ],
      outputs: [ValueInfo(name: "y", dtype: .float32, dims: nil)],
      nodes: [Node(name: "fc", type: "MatMul", inputs: ["x", "w"], outputs: ["y"])],
      constants: ["w": Tensor([Float](repeating: 1, count: 4), shape: [2, 2])], opsets: ["": 17])
    let coupling = Compressor(try Model(graph)).coupling(ofLayer: 0)
    #expect(coupling.obstacle?.contains("output 'y'") == true)
  }

  /// 20 billion joins, if each time were one of its own.
  @Test func aValueReadTenThousandTimes() throws {
    let graph = Graph(
      inputs: [ValueInfo(name: "x", dtype: .float32, dims: [2, Dim(1 << 20)])],
      outputs: [ValueInfo(name: "y", dtype: .float32, dims: nil)],
      nodes: [
        Node(name: "sum", type: "Sum", inputs: Array(repeating: "x", count: 10_000), outputs: ["s"]),
        Node(name: "fc", type: "MatMul", inputs: ["w", "s"], outputs: ["y"]),
      ], constants: ["w": Tensor([Float](repeating: 1, count: 4), shape: [2, 2])], opsets: ["": 17])
    let model = try Model(graph)
    #expect(Compressor(model).coupling(ofLayer: 0).obstacle != nil)
  }
}
