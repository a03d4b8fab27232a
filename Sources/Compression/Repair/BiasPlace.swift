import Graph
import Tensor

/// Where a number can be added to each output channel of a layer.
struct BiasPlace: Sendable {
  var node: Int
  var input: Int
  /// What adding 1 to a channel adds to the constant there.
  var factor: Float
  /// What lies there.
  var constant: Tensor?

  /// The place of a layer: its own bias, the constant of the Add behind it, the mean of the batch normalisation behind
  /// it, or a bias that it has not yet; nil where there is none, as with a MatMul that nothing is added to.
  ///
  /// - Parameter channels: of its output.
  init?(of layer: Layer, channels: Int, in typed: TypedGraph) {
    let graph = typed.graph
    let adding = typed.operators[layer.node] as? any BiasAdding
    if let adding, adding.biasFactor != 0, let name = graph.nodes[layer.node].input(adding.biasInput) {
      guard let constant = Self.constant(name, channels: channels, axis: -1, in: typed) else { return nil }
      self.init(
        node: layer.node, input: adding.biasInput, factor: 1 / adding.biasFactor, constant: constant)
    } else if let behind = Self.behind(layer, channels: channels, in: typed) {
      self = behind
    } else if let adding, adding.biasFactor != 0,
      graph.constants[layer.weight]?.dtype == .float32
    {
      self.init(node: layer.node, input: adding.biasInput, factor: 1 / adding.biasFactor)
    } else {
      return nil
    }
  }

  private init(node: Int, input: Int, factor: Float, constant: Tensor? = nil) {
    self.node = node
    self.input = input
    self.factor = factor
    self.constant = constant
  }

  /// What lies there, with `change` added to the channels.
  func moved(by change: [Double]) -> Tensor {
    let old = constant?.floats ?? [0]
    let new = change.indices.map { index in
      Float(Double(old[old.count == 1 ? 0 : index]) + Double(factor) * change[index])
    }
    guard let constant, constant.count == new.count else { return Tensor(new) }
    return Tensor(new, shape: constant.shape)
  }

  private static func behind(_ layer: Layer, channels: Int, in typed: TypedGraph) -> BiasPlace? {
    let graph = typed.graph
    guard let value = graph.nodes[layer.node].outputs.first,
      !graph.outputs.contains(where: { $0.name == value }),
      let readers = graph.consumers[value], readers.count == 1,
      let input = graph.nodes[readers[0]].inputs.firstIndex(of: value)
    else { return nil }
    let (index, node) = (readers[0], graph.nodes[readers[0]])
    if typed.operators[index] is BatchNormalization, input == 0, let mean = node.input(3),
      let constant = constant(mean, channels: channels, axis: -1, in: typed)
    {
      return BiasPlace(node: index, input: 3, factor: -1, constant: constant)
    }
    if let add = typed.operators[index] as? Add, add.axis == nil, let rank = typed.facts[value]?.rank,
      typed.facts[node.outputs[0]]?.rank == rank, let axis = typed.outputAxis(of: layer),
      let other = node.input(1 - input),
      let constant = constant(other, channels: channels, axis: axis - rank, in: typed)
    {
      return BiasPlace(node: index, input: 1 - input, factor: 1, constant: constant)
    }
    return nil
  }

  /// A constant that has one number for each channel, on the axis counted from the end, or one for all where that can
  /// be stretched to a vector.
  private static func constant(_ name: String, channels: Int, axis: Int, in typed: TypedGraph) -> Tensor? {
    guard let constant = typed.graph.constants[name], constant.dtype == .float32 else { return nil }
    let dims = constant.shape.dims
    if constant.count == 1 && axis == -1 { return constant }
    guard constant.count == channels, dims.count + axis >= 0, dims[dims.count + axis] == channels else {
      return nil
    }
    return constant
  }
}

extension TypedGraph {
  /// The axis on which a layer's output has its channels.
  func outputAxis(of layer: Layer) -> Int? {
    guard let slot = operators[layer.node]?.weightSlot(inputs(of: layer.node)) else { return nil }
    let weight = AxisLink.Axis(.input(slot.weight), slot.outputAxis)
    return links(of: layer.node).compactMap { $0.end(from: weight, to: .output(0)) }.first
  }
}
