import Graph
import Tensor

/// Two layers between which factors above 0 can move: the second alone reads what the first writes, through
/// nodes that are positively homogeneous.
struct EqualizedPair: Sendable {
  /// Where a constant keeps channels: channel `k` is positions `k * block ..< (k + 1) * block` on an axis.
  struct Place: Sendable {
    var constant: String
    var axis: Int
    var block = 1
  }

  var channels: Int
  /// What makes the channels.
  var first: (weight: Place, bias: Place?)
  /// What reads them.
  var second: Place

  /// The pairs of a model, in the order of their first layers.
  static func all(of model: Model) -> [EqualizedPair] {
    let search = Search(model)
    return model.layers.compactMap { search.pair(from: $0) }
  }
}

/// Follows channels from one layer to the next.
private struct Search {
  let model: Model
  let consumers: [String: [Int]]
  let outputs: Set<String>
  let layers: [Int: Layer]

  init(_ model: Model) {
    self.model = model
    consumers = model.graph.consumers
    outputs = Set(model.graph.outputs.map(\.name))
    layers = Dictionary(model.layers.map { ($0.node, $0) }) { first, _ in first }
  }

  func pair(from layer: Layer) -> EqualizedPair? {
    let channels = layer.shape[layer.slot.outputAxis]
    guard isFree(layer.weight, at: layer.node, input: layer.slot.weight),
      let made = links(layer.node).first(where: {
        $0.joins(.init(.input(layer.slot.weight), layer.slot.outputAxis), to: .output(0)) && $0.isPlain
      }), let output = made.other(.init(.input(layer.slot.weight), layer.slot.outputAxis))
    else { return nil }
    var bias: EqualizedPair.Place?
    if let slot = layer.slot.bias {
      // A bias that is one number for all channels cannot be scaled channel by channel.
      guard let place = place(ofInput: slot, node: layer.node, output: output, channels: channels) else {
        return nil
      }
      bias = place
    }
    guard let second = reader(of: output.axis, block: 1, from: layer.node, channels: channels) else {
      return nil
    }
    return EqualizedPair(
      channels: channels,
      first: (.init(constant: layer.weight, axis: layer.slot.outputAxis), bias), second: second)
  }

  /// Where the next layer multiplies the channels that lie on an axis of a node's first output.
  private func reader(of axis: Int, block: Int, from node: Int, channels: Int) -> EqualizedPair.Place? {
    var (node, axis, block) = (node, axis, block)
    while let value = model.graph.nodes[node].outputs.first, !outputs.contains(value),
      let readers = consumers[value], readers.count == 1,
      model.typed.facts[value]?.dims?[axis].value == channels * block
    {
      let next = readers[0]
      if let layer = layers[next] {
        guard model.graph.nodes[next].input(layer.slot.data) == value,
          isFree(layer.weight, at: next, input: layer.slot.weight)
        else { return nil }
        return place(in: layer, axis: axis, block: block, channels: channels)
      }
      guard let op = model.typed.operators[next], op.isPositivelyHomogeneous,
        model.graph.nodes[next].input(0) == value
      else { return nil }
      let input = AxisLink.Axis(.input(0), axis)
      guard let link = links(next).first(where: { $0.joins(input, to: .output(0)) }),
        link.offset == 0, link.from == input || link.isPlain, let output = link.other(input)
      else { return nil }
      (node, axis, block) = (next, output.axis, block * link.block)
    }
    return nil
  }

  /// Where a layer's weight has the channels that lie on an axis of its data: on an axis of its own, over which
  /// it sums, or on that of its outputs, where it takes each channel by itself.
  private func place(in layer: Layer, axis: Int, block: Int, channels: Int) -> EqualizedPair.Place? {
    let data = AxisLink.Axis(.input(layer.slot.data), axis)
    let weight = AxisLink.Side.input(layer.slot.weight)
    let links = links(layer.node)
    if let link = links.first(where: { $0.joins(data, to: weight) }) {
      guard link.isPlain, let own = link.other(data), layer.shape[own.axis] == channels * block else {
        return nil
      }
      return EqualizedPair.Place(constant: layer.weight, axis: own.axis, block: block)
    }
    guard let through = links.first(where: { $0.joins(data, to: .output(0)) && $0.offset == 0 }),
      through.from == data || through.isPlain, let output = through.other(data),
      let own = links.first(where: { $0.joins(output, to: weight) && $0.isPlain })?.other(output),
      layer.shape[own.axis] == channels * block * through.block
    else { return nil }
    return EqualizedPair.Place(constant: layer.weight, axis: own.axis, block: block * through.block)
  }

  /// Where a constant input has the channels that lie on an axis of the output.
  private func place(ofInput input: Int, node: Int, output: AxisLink.Axis, channels: Int)
    -> EqualizedPair.Place?
  {
    guard let name = model.graph.nodes[node].input(input), isFree(name, at: node, input: input),
      let own = links(node).first(where: { $0.joins(output, to: .input(input)) && $0.isPlain })?.other(
        output),
      model.graph.constants[name]?.shape[own.axis] == channels
    else { return nil }
    return EqualizedPair.Place(constant: name, axis: own.axis)
  }

  /// Whether a node reads a float constant as it is, and nobody else does.
  private func isFree(_ constant: String, at node: Int, input: Int) -> Bool {
    model.graph.nodes[node].input(input) == constant && consumers[constant] == [node]
      && model.graph.constants[constant]?.dtype == .float32 && !outputs.contains(constant)
  }

  private func links(_ node: Int) -> [AxisLink] {
    model.typed.operators[node]?.links(model.typed.inputs(of: node), model.typed.outputs(of: node)) ?? []
  }
}

extension AxisLink {
  /// Whether positions are the same on both sides.
  fileprivate var isPlain: Bool { block == 1 && offset == 0 }

  fileprivate func joins(_ axis: Axis, to side: Side) -> Bool {
    other(axis)?.side == side
  }

  /// The other end of a link that has one at `axis`.
  fileprivate func other(_ axis: Axis) -> Axis? {
    from == axis ? to : to == axis ? from : nil
  }
}
