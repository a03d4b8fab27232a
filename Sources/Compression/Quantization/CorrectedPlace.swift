import Engine
import Graph

/// Where a number can be added to each output channel of a layer.
struct CorrectedPlace: Sendable {
  /// Index in `model.layers`.
  var layer: Int
  /// The input of a node that is added: of the layer's own, or of the Add behind it.
  var node: Int
  var input: Int
  /// The constant there; nil where there is none yet.
  var constant: String?
  /// What is there is multiplied by this before it is added.
  var factor: Float
  /// What the layer sums is multiplied by this.
  var sumFactor: Float

  /// Of all layers that can be observed and have such a place. A MatMul has one in an Add of a constant behind it, a Conv or
  /// Gemm in its own bias, whether it has one or not. There is none where the number added is not a constant with an
  /// element for each channel.
  static func all(of model: Model) -> [CorrectedPlace] {
    let consumers = model.graph.consumers
    let outputs = Set(model.graph.outputs.map(\.name))
    return model.layers.indices.compactMap { index in
      let layer = model.layers[index]
      guard LayerObserver.canObserve(layer, in: model.typed),
        let op = model.typed.operators[layer.node] as? any Unfoldable
      else { return nil }
      var place = CorrectedPlace(layer: index, node: layer.node, input: 0, factor: 1, sumFactor: op.sumFactor)
      if let offset = op.offset {
        (place.input, place.factor) = (offset.input, offset.factor)
      } else {
        guard let value = model.graph.nodes[layer.node].outputs.first, !outputs.contains(value),
          let readers = consumers[value], readers.count == 1, model.typed.operators[readers[0]] is Add,
          let input = model.graph.nodes[readers[0]].inputs.firstIndex(where: { $0 != value })
        else { return nil }
        (place.node, place.input) = (readers[0], input)
      }
      guard let name = model.graph.nodes[place.node].input(place.input) else {
        return op.offset == nil ? nil : place
      }
      guard let bias = model.graph.constants[name], bias.dtype == .float32,
        bias.count == layer.shape[layer.slot.outputAxis], bias.shape.dims.last == bias.count
      else { return nil }
      place.constant = name
      return place
    }
  }
}
