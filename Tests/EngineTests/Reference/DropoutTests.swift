import Engine
import Graph
import Tensor
import Testing

/// Dropout that is to train; ONNX's own cases have seed 0 alone.
@Suite struct DropoutTests {
  private func run(
    _ ratio: Float, training: Bool = true, seed: Int?, count: Int = 2000
  ) throws -> [String: Tensor] {
    let graph = Graph(
      outputs: ["y", "mask"].map { ValueInfo(name: $0, dtype: nil, dims: nil) },
      nodes: [
        Node(
          name: "drop", type: "Dropout", inputs: ["x", "ratio", "training"], outputs: ["y", "mask"],
          attributes: seed.map { ["seed": .int($0)] } ?? [:])
      ],
      constants: ["ratio": Tensor(scalar: ratio), "training": Tensor(scalar: training)],
      opsets: ["": 13])
    let x = Tensor((0..<count).map { Float($0) })
    return try ReferenceEvaluator(graph).run(["x": x])
  }

  @Test func drawsAsNumPyDoes() throws {
    // numpy.random.RandomState(7).uniform(size=2000): 0.0763, 0.7799, 0.4384 at first, 0.0394, 0.6486 at last.
    let outputs = try run(0.5, seed: 7)
    let y = try #require(outputs["y"]?.floats)
    let mask = try #require(outputs["mask"]?.array(of: Bool.self))
    #expect(mask.prefix(3) == [false, true, false])
    #expect(mask.count { $0 } == 986)
    #expect(y.indices.allSatisfy { y[$0] == (mask[$0] ? 2 * Float($0) : 0) })
  }

  @Test(arguments: [(Float(0), true), (0.5, false)]) func isTheIdentity(_ ratio: Float, training: Bool) throws
  {
    let outputs = try run(ratio, training: training, seed: nil, count: 3)
    #expect(outputs["y"]?.floats == [0, 1, 2])
    #expect(outputs["mask"]?.array(of: Bool.self) == [true, true, true])
  }

  @Test func refusesWhatIsNotDefined() {
    let seedless = #expect(throws: EngineError.self) { try run(0.5, seed: nil) }
    #expect(seedless?.description.contains("node 'drop': Dropout in training_mode has no seed") == true)
    for ratio in [1, -1, Float.nan] {
      #expect(throws: GraphError.self) { try run(ratio, seed: 0) }
    }
  }
}
