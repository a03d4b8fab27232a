import Graph
import Tensor

/// Where a number can be added to each output channel of a layer.
struct BiasPlace: Sendable {
  /// The node that adds it: the layer's, or the one behind.
  var node: Int
  var input: Int
  /// What lies there is multiplied by this before it is added.
  var factor: Float
  /// What lies there; nil where there is nothing yet.
  var constant: String?

  /// The places of a layer: its own bias; where it has none the constant of the Add behind it, or the mean of the
  /// batch normalisation behind it, and then a bias to be given to it. None where its bias is no constant with an
  /// element for each channel or one for all, nor for a MatMul that nothing is added to.
  static func all(of layer: Layer, in typed: TypedGraph) -> [BiasPlace] {
    guard let weight = typed.graph.constants[layer.weight] else { return [] }
    let channels = weight.shape[layer.slot.outputAxis]
    var own: BiasPlace?
    if let adding = typed.operators[layer.node] as? any BiasAdding, adding.biasFactor != 0 {
      let place = BiasPlace(node: layer.node, input: adding.biasInput, factor: adding.biasFactor)
      if typed.graph.nodes[layer.node].input(place.input) != nil {
        return [place.filled(in: typed.graph, channels: channels)].compactMap { $0 }
      }
      if weight.dtype == .float32 { own = place }
    }
    return [behind(layer, channels: channels, in: typed), own].compactMap { $0 }
  }

  /// What lies there, with `change` added to the channels.
  ///
  /// - Parameter constant: as it is; nil for zeros.
  func moved(_ constant: Tensor?, by change: [Double]) -> Tensor {
    let old = constant?.floats ?? [0]
    let new = change.indices.map { index in
      Float(Double(old[old.count == 1 ? 0 : index]) + change[index] / Double(factor))
    }
    guard let constant, constant.count == new.count else { return Tensor(new) }
    return Tensor(new, shape: constant.shape)
  }

  private static func behind(_ layer: Layer, channels: Int, in typed: TypedGraph) -> BiasPlace? {
    let graph = typed.graph
    guard let value = graph.nodes[layer.node].outputs.first,
      !graph.outputs.contains(where: { $0.name == value }),
      let readers = typed.consumers[value], readers.count == 1,
      let input = graph.nodes[readers[0]].inputs.firstIndex(of: value),
      let axis = typed.outputAxis(of: layer), let rank = typed.facts[value]?.rank
    else { return nil }
    let node = readers[0]
    if let norm = typed.operators[node] as? BatchNormalization, norm.isSpatial, input == 0, axis == 1 {
      return BiasPlace(node: node, input: 3, factor: -1).filled(in: graph, channels: channels)
    }
    // A legacy Add lays its second operand at an axis, not at the end.
    if let add = typed.operators[node] as? Add, add.axis == nil || (axis == rank - 1 && input == 0) {
      let place = BiasPlace(node: node, input: 1 - input, factor: 1)
        .filled(in: graph, channels: channels, axis: axis - rank)
      let own = place?.constant.flatMap { graph.constants[$0]?.shape.dims }
      guard let own, add.axis == nil || own.count > 0 && (try? add.aligned(own, toRank: rank)) == own else {
        return nil
      }
      return place
    }
    return nil
  }

  /// With the constant that lies there; nil where that has not one number for each channel, on the axis counted from
  /// the end, or one for all where that can be stretched to a vector.
  private func filled(in graph: Graph, channels: Int, axis: Int = -1) -> BiasPlace? {
    guard let name = graph.nodes[node].input(input), let constant = graph.constants[name],
      constant.dtype == .float32
    else { return nil }
    var place = self
    place.constant = name
    let dims = constant.shape.dims
    if constant.count == 1 && axis == -1 { return place }
    return constant.count == channels && dims.count + axis >= 0 && dims[dims.count + axis] == channels
      ? place : nil
  }
}
