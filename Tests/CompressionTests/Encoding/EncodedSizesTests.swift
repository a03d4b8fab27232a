import Compression
import Graph
import Tensor
import Testing

@Suite struct EncodedSizesTests {
  private let recipe = Recipe(
    pruning: [PruningRule(layers: ["*"], amount: .fraction(0.9))],
    weights: [WeightRule(layers: ["fc*"], bits: 5), WeightRule(layers: ["conv2"], bits: 8, scheme: .affine)])

  @Test func layersAddUp() throws {
    let compressor = Compressor(try Fixtures.lenet())
    for recipe in [.empty, recipe] {
      let graph = try compressor.apply(recipe).graph
      let sizes = try Cost.sizes(graph)
      let cost = try Cost.count(graph)
      #expect(sizes.dense == cost.sizeBytes)
      #expect(sizes.layers.map(\.dense) == cost.layers.map(\.sizeBytes))
      for encoding in SparseEncoding.allCases {
        #expect(sizes.bytes[encoding] == sizes.layers.reduce(0) { $0 + ($1.bytes[encoding] ?? 0) })
      }
      #expect(sizes.sparse == sizes.layers.reduce(0) { $0 + $1.sparse })
      #expect(sizes.layers.allSatisfy { $0.sparse <= $0.bytes.values.min() ?? 0 })
      let coded = sizes.layers.reduce(0) { $0 + ($1.huffman ?? $1.sparse) }
      #expect(sizes.huffman == (recipe == .empty ? nil : coded))
    }
  }

  @Test func everyConstantComesBack() throws {
    let model = try Model(Compressor(try Fixtures.mobile()).apply(recipeForMobile).graph)
    let sizes = try Cost.sizes(model)
    let cost = Cost.count(model)
    let codes = Cost.codes(model)
    #expect(codes.values.reduce(0) { $0 + $1.codes.count } == cost.parameters)
    #expect(codes.values.reduce(0) { $0 + $1.positions.count } == cost.nonzeroParameters)
    // Scales and zero points, which stay as they are.
    var total = cost.sizeBytes - codes.values.reduce(0) { $0 + DenseEncoding().encode($1).count }
    for weights in codes.values {
      let encoding = ConstantSizes(weights).best.coder
      let bytes = encoding.encode(weights)
      #expect(encoding.decode(bytes, weights.layout) == weights.codes)
      total += bytes.count
    }
    #expect(total == sizes.sparse)
  }

  private var recipeForMobile: Recipe {
    Recipe(
      pruning: [PruningRule(layers: ["*"], amount: .fraction(0.8))],
      weights: [WeightRule(layers: ["*"], bits: 6, scheme: .affine, granularity: .channel)])
  }

  @Test func whatIsNotPrunedStaysDense() throws {
    let sizes = try Cost.sizes(Fixtures.lenet())
    #expect(sizes.encoding == .dense)
    #expect(sizes.sparse == sizes.dense)
    #expect(sizes.huffman == nil)
  }

  @Test func pruningAndCodingShrink() throws {
    let graph = try Compressor(try Fixtures.lenet()).apply(recipe).graph
    let sizes = try Cost.sizes(graph)
    let coded = try #require(sizes.huffman)
    #expect(sizes.sparse < sizes.dense / 2)
    #expect(coded < sizes.sparse)
    #expect(sizes.layers[0].huffman == nil)
    #expect(sizes.layers[2].huffman != nil)
  }

  @Test func bitOperationsFollowTheWidths() throws {
    let compressor = Compressor(try Fixtures.mobile())
    #expect(compressor.baseline.bops == 32 * 32 * compressor.baseline.macs)
    var random = SplitMix(seed: 14)
    let recipe = Recipe(
      weights: [WeightRule(layers: ["*"], bits: 8), WeightRule(layers: ["fc"], bits: 4)],
      activations: [ActivationRule(layers: ["pw"], bits: 8)])
    let estimate = try compressor.estimate(recipe)
    let macs = estimate.layers.map(\.macs)
    let weightBits = [8, 8, 8, 4]
    let inputBits = [32, 32, 8, 32]
    #expect(estimate.layers.map(\.bops) == macs.indices.map { macs[$0] * weightBits[$0] * inputBits[$0] })
    #expect(estimate.macs == macs.reduce(0, +))
    #expect(estimate.bops == estimate.layers.reduce(0) { $0 + $1.bops })
    let data = CalibrationData(inputs: ["x": random.normal([2, 3, 8, 8])])
    #expect(try Cost.count(compressor.apply(recipe, calibration: data).graph).bops == estimate.bops)
  }
}
