import Compression
import Graph
import Tensor
import Testing

/// Integers against the formula, wherever a weight's channels lie.
@Suite struct LinearRoundingTests {
  /// A layer that reads its weight as `[K, N]`, and one that reads it as `[N, K]`.
  private func model(_ weight: Tensor, transposed: Bool) throws -> Model {
    var graph = Graph(opsets: ["": 21])
    graph.constants["weight"] = weight
    graph.inputs = [
      ValueInfo(name: "x", dtype: .float32, dims: [.symbol("N"), Dim(weight.shape[transposed ? 1 : 0])])
    ]
    graph.outputs = [ValueInfo(name: "y", dtype: .float32, dims: nil)]
    graph.nodes = [
      Node(
        name: "a", type: transposed ? "Gemm" : "MatMul", inputs: ["x", "weight"], outputs: ["y"],
        attributes: transposed ? ["transB": .int(1)] : [:])
    ]
    return try Model(graph)
  }

  private func expected(_ values: [[Float]], _ rule: WeightRule) -> [[Int]] {
    let scheme: Scheme = rule.scheme == .affine ? .affine : .symmetric
    return values.map { channel in
      let found = LinearParameters(
        low: channel.min() ?? 0, high: channel.max() ?? 0, bits: rule.bits, scheme: scheme,
        options: rule.linear)
      let isEven = rule.linear.rounding == .halfEven
      return channel.map { value in
        let quotient = (value / found.scale).rounded(isEven ? .toNearestOrEven : .toNearestOrAwayFromZero)
        return min(max(Int(quotient) + found.zeroPoint, found.lowest), found.highest)
      }
    }
  }

  @Test(arguments: [false, true], LinearOptions.Rounding.allCases)
  func channelsAreRoundedByTheirScales(transposed: Bool, rounding: LinearOptions.Rounding) throws {
    var random = SplitMix(seed: 26)
    for (channels, length) in [(1, 7), (37, 1), (19, 33)] {
      for bits in [2, 4, 8, 16] {
        for scheme in [WeightScheme.symmetric, .affine] {
          for integers in LinearOptions.Integers.allCases {
            var values = (0..<channels).map { channel in
              random.normal([length]).floats.map { $0 * Float(channel % 4) }
            }
            // Whole halves of the scale, of both signs.
            values[0] = values[0].indices.map { $0 == 0 ? 127 : Float($0 % 9) / 2 - 2 }
            let rule = WeightRule(
              layers: ["*"], bits: bits, scheme: scheme, granularity: .channel,
              linear: LinearOptions(rounding: rounding, integers: integers))
            let flat =
              transposed
              ? values.flatMap { $0 } : (0..<length).flatMap { place in values.map { $0[place] } }
            let shape: Shape = transposed ? [channels, length] : [length, channels]
            let model = try model(Tensor(flat, shape: shape), transposed: transposed)
            let graph = try Compressor(model).apply(Recipe(weights: [rule])).graph
            let found = try #require(graph.constants["weight"]?.integers)
            let wanted = expected(values, rule)
            #expect(
              found
                == (transposed
                  ? wanted.flatMap { $0 } : (0..<length).flatMap { place in wanted.map { $0[place] } }))
          }
        }
      }
    }
  }
}
