import Compression
import Engine
import Graph
import Tensor
import Testing

/// Equal steps from the least to the greatest weight, as torch computes them.
@Suite struct MinMaxTests {
  struct Input: Decodable {
    var weight: Vectors.Array
    var bits: Int
  }

  struct Expected: Decodable {
    var quantized: [Int]
    var weight: [Double]
  }

  @Test func integersAreTorchs() throws {
    for example in try Vectors.read("min_max", Input.self, Expected.self) {
      let weight = example.input.weight.tensor
      let model = try Fixtures.layers([("a", weight)])
      let recipe = Recipe(weights: [WeightRule(layers: ["a"], bits: example.input.bits, scheme: .minMax)])
      let result = try Compressor(model).apply(recipe)
      #expect(result.graph.constants["a.weight"]?.integers == example.expected.quantized, "\(example.name)")
      #expect(try Compressor(model).estimate(recipe) == Cost.count(result.graph), "\(example.name)")
      let found = try read(result.graph, inputs: weight.shape[1])
      let range = (example.expected.weight.max() ?? 0) - (example.expected.weight.min() ?? 0)
      for (row, column) in (0..<weight.shape[0]).flatMap({ row in (0..<weight.shape[1]).map { (row, $0) } }) {
        let exact = example.expected.weight[row * weight.shape[1] + column]
        #expect(abs(Double(found[column * weight.shape[0] + row]) - exact) < 1e-6 * max(1, range))
      }
    }
  }

  /// What is all the same stays what it is.
  @Test(arguments: [0, 0.75] as [Float]) func oneNumberIsItself(number: Float) throws {
    let model = try Fixtures.layers([("a", Tensor([number, number, number, number], shape: [2, 2]))])
    let recipe = Recipe(weights: [WeightRule(layers: ["a"], bits: 4, scheme: .minMax)])
    let graph = try Compressor(model).apply(recipe).graph
    #expect(try read(graph, inputs: 2) == [number, number, number, number])
    #expect(try Compressor(model).estimate(recipe) == Cost.count(graph))
  }

  /// The weight that a Gemm multiplies with, transposed: what comes of the unit vectors.
  private func read(_ graph: Graph, inputs: Int) throws -> [Float] {
    let unit = (0..<inputs * inputs).map { Float($0 / inputs == $0 % inputs ? 1 : 0) }
    let outputs = try ReferenceEvaluator(graph).run(["a.x": Tensor(unit, shape: [inputs, inputs])])
    return outputs["a.y"]?.floats ?? []
  }
}
