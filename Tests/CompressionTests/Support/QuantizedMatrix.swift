import Compression
import Graph
import Tensor
import Testing

/// The integers, scales and zero points that a recipe makes of a tensor as the weight of a dense layer.
struct QuantizedMatrix {
  let integers: [Int]
  /// Bit patterns.
  let scales: [UInt32]
  let zeroPoints: [Int]

  init(
    _ tensor: Tensor, bits: Int, symmetric: Bool, axis: Int?, options: LinearOptions = .standard,
    mode: QuantizationMode? = nil
  ) throws {
    // As a matrix whose rows or columns are the channels of a Gemm.
    let shape = tensor.shape
    let matrix =
      axis == nil || shape.rank < 2
      ? tensor.reshaped([1, tensor.count]) : tensor.reshaped([shape[0], shape.inner(of: 0)])
    var graph = try Fixtures.layers([("w", matrix)], opset: bits == 16 ? 21 : 17).graph
    if axis == 1 {
      graph.nodes[0].attributes = [:]
      graph.inputs[0].dims = [.symbol("N"), Dim(matrix.shape[0])]
    }
    let rule = WeightRule(
      layers: ["*"], bits: bits, scheme: symmetric ? .symmetric : .affine,
      granularity: axis == nil ? .tensor : .channel, linear: options)
    let compressor = Compressor(try Model(graph))
    let result = try compressor.apply(Recipe(weights: [rule], mode: mode)).graph
    #expect(result.width(of: "w.weight") == bits)
    let node = try #require(result.nodes.first { $0.type == "DequantizeLinear" })
    #expect(node.inputs.count == (symmetric && options.isSigned ? 2 : 3))
    let scales = try #require(result.constants[node.inputs[1]]).floats
    integers = try #require(result.constants["w.weight"]?.integers)
    self.scales = scales.map(\.bitPattern)
    zeroPoints = node.input(2).flatMap { result.constants[$0]?.integers } ?? scales.map { _ in 0 }
  }
}
