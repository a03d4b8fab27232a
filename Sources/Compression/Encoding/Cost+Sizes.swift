import Graph
import Tensor

extension Cost {
  /// What the constants of a graph take in several forms of storage.
  ///
  /// - Complexity: some passes over the elements of the constants.
  /// - Parameter isCancelled: asked before each constant; true ends the work.
  /// - Throws: `GraphError` where an operator is used wrongly, `CompressionError.cancelled`.
  public static func sizes(_ graph: Graph, isCancelled: () -> Bool = { false }) throws -> EncodedSizes {
    try sizes(try Model(graph), isCancelled: isCancelled)
  }

  public static func sizes(
    _ model: Model, isCancelled: () -> Bool = { false }
  ) throws(CompressionError) -> EncodedSizes {
    let typed = model.typed
    let roles = ConstantRoles(typed, layers: model.layers)
    var constants: [String: ConstantSizes] = [:]
    for name in typed.graph.constants.keys {
      if isCancelled() { throw .cancelled }
      constants[name] =
        roles.codes(name, in: typed).map { ConstantSizes($0) }
        ?? ConstantSizes(plain: roles.tally(name, in: typed).bytes)
    }
    func scaleBytes(_ layer: Layer) -> Int {
      roles.scalesOfWeight[layer.weight, default: []].reduce(0) { $0 + (constants[$1]?.sparse ?? 0) }
    }
    let layers = model.layers.map { layer in
      LayerSizes(
        layer.name, weight: constants[layer.weight] ?? ConstantSizes(plain: 0),
        bias: layer.bias.flatMap { constants[$0] } ?? ConstantSizes(plain: 0), scales: scaleBytes(layer))
    }
    let isCoded = model.layers.contains { constants[$0.weight]?.huffman != nil }
    let encodings = Set(layers.map(\.encoding))
    return EncodedSizes(
      bytes: constants.values.reduce(into: [:]) { $0.merge($1.bytes, uniquingKeysWith: +) },
      sparse: constants.values.reduce(0) { $0 + $1.sparse },
      encoding: encodings.count == 1 ? encodings.first : nil,
      huffman: isCoded ? constants.values.reduce(0) { $0 + ($1.huffman ?? $1.sparse) } : nil,
      layers: layers)
  }
}

extension Cost {
  /// The codes of every constant that is a parameter, by name.
  package static func codes(_ model: Model) -> [String: WeightCodes] {
    let roles = ConstantRoles(model.typed, layers: model.layers)
    var codes: [String: WeightCodes] = [:]
    for name in model.graph.constants.keys { codes[name] = roles.codes(name, in: model.typed) }
    return codes
  }
}

extension LayerSizes {
  fileprivate init(_ name: String, weight: ConstantSizes, bias: ConstantSizes, scales: Int) {
    self.init(
      name: name, bytes: weight.bytes.merging(bias.bytes, uniquingKeysWith: +).mapValues { $0 + scales },
      sparse: weight.sparse + bias.sparse + scales, encoding: weight.best,
      huffman: weight.huffman.map { $0 + (bias.huffman ?? bias.sparse) + scales })
  }
}

extension ConstantRoles {
  /// The elements of a constant that are parameters; nil for any other.
  func codes(_ name: String, in typed: TypedGraph) -> WeightCodes? {
    guard let tensor = typed.graph.constants[name], !bounds.contains(name), !scales.contains(name) else {
      return nil
    }
    let bits = typed.graph.width(of: name) ?? tensor.dtype.bits
    if let path = quantized[name] {
      return WeightCodes(tensor, bits: bits, reading: WeightQuantization.read(path, in: typed))
    }
    return tensor.dtype.isFloatingPoint ? WeightCodes(tensor, bits: bits) : nil
  }
}
