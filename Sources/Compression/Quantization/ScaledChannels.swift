import Graph
import Tensor

/// Channels whose scale is that of some constants, and the layers that alone read them: factors above 0 can move from
/// one side to the other.
struct ScaledChannels: Sendable {
  /// Where a constant keeps channels: channel `k` is positions `k * block ..< (k + 1) * block` on an axis.
  struct Place: Sendable {
    var constant: String
    var axis: Int
    var block = 1
  }

  /// A layer that multiplies the channels with its weight.
  struct Reader: Sendable {
    var weight: Place
    /// The value that it reads, and where that has the channels.
    var value: String
    var place: (axis: Int, block: Int)
  }

  var channels: Int
  /// What makes the channels, and what is added to them on their way: all is scaled together. The first is what the node
  /// at the beginning multiplies with, a layer's weight or a normalisation's scale.
  var makers: [Place]
  /// In the order in which they are met.
  var readers: [Reader]
}

/// Follows channels from what makes them to the layers that read them, by what operators say of themselves.
struct ChannelSearch {
  private let model: Model
  private let consumers: [String: [Int]]
  private let outputs: Set<String>
  private let layers: [Int: [Layer]]

  init(_ model: Model) {
    self.model = model
    consumers = model.typed.consumers
    outputs = Set(model.graph.outputs.map(\.name))
    layers = Dictionary(grouping: model.layers, by: \.node)
  }

  /// The channels that constants of a node make; nil where it makes none that only layers read.
  func channels(of node: Int) -> ScaledChannels? {
    guard let op = model.typed.operators[node], let value = model.graph.nodes[node].outputs.first,
      let dims = model.typed.facts[value]?.dims
    else { return nil }
    for axis in dims.indices.reversed() {
      guard let channels = dims[axis].value else { continue }
      for list in op.scalings(model.typed.inputs(of: node)) {
        var found = ScaledChannels(channels: channels, makers: [], readers: [])
        if add(list, of: node, axis: axis, block: 1, to: &found), !found.makers.isEmpty,
          follow(value, axis: axis, block: 1, into: &found)
        {
          return found
        }
      }
    }
    return nil
  }

  /// Follows a value to all that reads it; false where that is not only layers and what keeps the channels' scale.
  private func follow(_ value: String, axis: Int, block: Int, into found: inout ScaledChannels)
    -> Bool
  {
    guard !outputs.contains(value), let readers = consumers[value], !readers.isEmpty,
      model.typed.facts[value]?.dims?[axis].value == found.channels * block
    else { return false }
    for next in readers {
      // A node that reads it twice stands twice, and has it at two inputs.
      let places = model.graph.nodes[next].inputs.indices.filter {
        model.graph.nodes[next].inputs[$0] == value
      }
      guard places.count == 1 else { return false }
      if let layer = layers[next]?.first(where: { $0.slot.data == places[0] }) {
        guard let weight = place(in: layer, axis: axis, block: block, channels: found.channels)
        else {
          return false
        }
        found.readers.append(.init(weight: weight, value: value, place: (axis, block)))
      } else if !pass(next, input: places[0], axis: axis, block: block, into: &found) {
        return false
      }
    }
    return true
  }

  /// Goes through a node that scales its output as one of its inputs is scaled, maybe with constants beside it.
  private func pass(
    _ node: Int, input: Int, axis: Int, block: Int, into found: inout ScaledChannels
  ) -> Bool {
    let results = model.graph.nodes[node].outputs
    guard let op = model.typed.operators[node], let value = results.first,
      // Only one output is followed.
      results.dropFirst().allSatisfy({ consumers[$0] == nil && !outputs.contains($0) })
    else { return false }
    let from = AxisLink.Axis(.input(input), axis)
    guard let link = model.typed.links(of: node).first(where: { $0.joins(from, to: .output(0)) }),
      link.offset == 0,
      link.from == from || link.isPlain, let output = link.other(from)
    else { return false }
    if !(op.isPositivelyHomogeneous && input == 0) {
      guard link.isPlain,
        let list = op.scalings(model.typed.inputs(of: node)).first(where: { $0.contains(input) }),
        add(list.filter { $0 != input }, of: node, axis: output.axis, block: block, to: &found)
      else { return false }
    }
    return follow(value, axis: output.axis, block: block * link.block, into: &found)
  }

  /// Adds constants that a node reads; false where one is none, or has not one element for each channel.
  private func add(
    _ inputs: [Int], of node: Int, axis: Int, block: Int, to found: inout ScaledChannels
  ) -> Bool {
    for input in inputs {
      guard let name = constant(of: node, input), let own = axisOf(input, of: node, tiedTo: axis),
        model.graph.constants[name]?.shape[own] == found.channels * block
      else { return false }
      found.makers.append(.init(constant: name, axis: own, block: block))
    }
    return true
  }

  /// The axis of an input whose positions are those of an axis of the output.
  private func axisOf(_ input: Int, of node: Int, tiedTo axis: Int) -> Int? {
    let output = AxisLink.Axis(.output(0), axis)
    let links = model.typed.links(of: node).filter {
      $0.from.side == .input(input) || $0.to.side == .input(input)
    }
    if !links.isEmpty {
      return links.first { $0.isPlain && $0.joins(output, to: .input(input)) }?.other(output)?.axis
    }
    guard let name = constant(of: node, input), let own = model.graph.constants[name]?.shape.rank,
      let rank = model.typed.outputs(of: node).first?.rank, axis - (rank - own) >= 0
    else { return nil }
    return axis - (rank - own)
  }

  /// Where a layer's weight has the channels that lie on an axis of its data: on an axis of its own, over which
  /// it sums, or on that of its outputs, where it takes each channel by itself.
  private func place(in layer: Layer, axis: Int, block: Int, channels: Int) -> ScaledChannels.Place? {
    guard let input = layer.slot.data, constant(of: layer.node, layer.slot.weight) == layer.weight else {
      return nil
    }
    let data = AxisLink.Axis(.input(input), axis)
    let weight = AxisLink.Side.input(layer.slot.weight)
    let links = model.typed.links(of: layer.node)
    if let link = links.first(where: { $0.joins(data, to: weight) }) {
      guard link.isPlain, let own = link.other(data), layer.shape[own.axis] == channels * block
      else {
        return nil
      }
      return .init(constant: layer.weight, axis: own.axis, block: block)
    }
    guard let through = links.first(where: { $0.joins(data, to: .output(0)) && $0.offset == 0 }),
      through.from == data || through.isPlain, let output = through.other(data),
      let own = links.first(where: { $0.joins(output, to: weight) && $0.isPlain })?.other(output),
      layer.shape[own.axis] == channels * block * through.block
    else { return nil }
    return .init(constant: layer.weight, axis: own.axis, block: block * through.block)
  }

  /// The float constant that a node reads as it is, where nobody else does.
  private func constant(of node: Int, _ input: Int) -> String? {
    guard let name = model.graph.nodes[node].input(input), consumers[name] == [node],
      model.graph.constants[name]?.dtype == .float32, !outputs.contains(name)
    else { return nil }
    return name
  }
}
