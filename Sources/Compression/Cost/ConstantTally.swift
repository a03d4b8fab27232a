import Engine
import Graph
import Tensor

/// What one constant adds to the cost of a model.
struct ConstantTally: Hashable, Sendable {
  /// Elements that are parameters.
  var parameters = 0
  var nonzero = 0
  var bytes = 0
}

/// What the constants of a graph are.
struct ConstantRoles {
  /// Scales and zero points: no parameters.
  private(set) var scales: Set<String> = []
  /// Bounds of the Clips in narrow pairs, which follow from scale and zero point and so take nothing.
  private(set) var bounds: Set<String> = []
  /// Integers that stand for real numbers, with the nodes that say which, the first one first.
  private(set) var quantized: [String: [Int]] = [:]
  /// Scales and zero points of a layer's weight, by the weight's name.
  private(set) var scalesOfWeight: [String: Set<String>] = [:]
  /// Weights of which several share an element.
  private(set) var packed: [String: Layer] = [:]

  /// - Parameter layers: of the graph.
  init(_ typed: TypedGraph, layers: [Layer]) {
    let graph = typed.graph
    for index in typed.pairClips {
      let bounds = graph.nodes[index].inputs.dropFirst().filter { graph.constants[$0] != nil }
      self.bounds.formUnion(bounds)
    }
    for (index, node) in graph.nodes.enumerated() {
      switch typed.operators[index] {
      case is QuantizeLinear, is DequantizeLinear:
        scales.formUnion(node.inputs.dropFirst().filter { graph.constants[$0] != nil })
        if let name = node.input(0), let tensor = graph.constants[name], !tensor.dtype.isFloatingPoint {
          quantized[name] = [index]
        }
      default: continue
      }
    }
    let producers = typed.producers
    let constantValues = typed.constantValues
    for layer in layers {
      if let packing = layer.slot.packing {
        packed[layer.weight] = layer
        let parameters = packing.parameters.compactMap { graph.nodes[layer.node].input($0) }
          .filter { graph.constants[$0] != nil }
        scales.formUnion(parameters)
        scalesOfWeight[layer.weight] = Set(parameters)
        continue
      }
      guard let dtype = graph.constants[layer.weight]?.dtype, !dtype.isFloatingPoint || dtype.float8 != nil,
        let input = graph.nodes[layer.node].input(layer.slot.weight),
        let origin = typed.origin(of: input, producers: producers, constantValues: constantValues)
      else { continue }
      let path = Array(origin.path.reversed())
      // 8-bit floats stand for themselves, but for a scale.
      if !dtype.isFloatingPoint { quantized[layer.weight] = path }
      let parameters = WeightQuantization.read(path, in: typed).parameters
      scales.formUnion(parameters)
      scalesOfWeight[layer.weight] = parameters
    }
    // Other constants that are stored as integers before arithmetic: factors of normalisations.
    var others: [String: [Int]] = [:]
    for node in graph.nodes {
      for input in node.inputs where graph.constants[input] == nil && constantValues.contains(input) {
        guard let origin = typed.origin(of: input, producers: producers, constantValues: constantValues),
          quantized[origin.constant] == nil, graph.widths[origin.constant] != nil,
          let dtype = graph.constants[origin.constant]?.dtype, !dtype.isFloatingPoint
        else { continue }
        // Nodes are in order: the last one that reads it has the whole way.
        others[origin.constant] = Array(origin.path.reversed())
      }
    }
    for (constant, path) in others {
      quantized[constant] = path
      scales.formUnion(WeightQuantization.read(path, in: typed).parameters)
    }
  }

  /// What constant `name` adds.
  func tally(_ name: String, in typed: TypedGraph) -> ConstantTally {
    guard let tensor = typed.graph.constants[name], !bounds.contains(name) else { return ConstantTally() }
    let bits = typed.graph.width(of: name) ?? tensor.dtype.bits
    if let layer = packed[name], let packing = layer.slot.packing {
      let constants = typed.graph.nodes[layer.node].inputs.map { typed.graph.constants[$0] }
      let op = typed.operators[layer.node] as? any WeightUnpacking
      return ConstantTally(
        parameters: packing.count, nonzero: op?.nonzeroWeights(constants) ?? packing.count,
        bytes: tensor.byteCount)
    }
    if scales.contains(name) {
      return ConstantTally(bytes: tensor.count * ((bits + 7) / 8))
    }
    if let path = quantized[name] {
      // A bias: which of its numbers round to zero only the ranges of activations tell.
      if tensor.dtype == .int32 {
        return ConstantTally(parameters: tensor.count, nonzero: tensor.count, bytes: 4 * tensor.count)
      }
      return ConstantTally(
        parameters: tensor.count,
        nonzero: WeightQuantization.read(path, in: typed).nonzero(in: tensor),
        bytes: (tensor.count * bits + 7) / 8)
    }
    // Shapes, axes and indices are no part of what was learned.
    guard tensor.dtype.isFloatingPoint else { return ConstantTally() }
    return ConstantTally(
      parameters: tensor.count, nonzero: tensor.nonzeroCount, bytes: (tensor.count * bits + 7) / 8)
  }
}
