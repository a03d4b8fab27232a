import Graph

/// What happens elsewhere when channels are taken out of a layer.
public struct ChannelCoupling: Hashable, Sendable {
  /// Number of channels that can be taken out one by one: fewer than the layer has where some are tied together,
  /// as in a grouped convolution.
  public var channels: Int
  /// Other layers that lose the same output channels.
  public var layers: [String]
  /// Other nodes whose constants get shorter, such as normalisations, by what people call them.
  public var nodes: [String]
  /// Layers that read fewer input channels.
  public var readers: [String]
  /// Why nothing can be taken out: "its channels reach the model's output 'logits'"; nil where it can.
  public var obstacle: String?
  /// Whether its channels are the heads of an attention.
  public var hasHeads = false

  public init(
    channels: Int, layers: [String], nodes: [String], readers: [String], obstacle: String? = nil
  ) {
    self.channels = channels
    self.layers = layers
    self.nodes = nodes
    self.readers = readers
    self.obstacle = obstacle
  }

  /// How many of the channels a rule for this layer alone takes out.
  public func removed(_ amount: Amount, roundTo: Int? = nil) -> Int {
    let rule = PruningRule(layers: [], amount: amount, roundTo: roundTo)
    return rule.rounded(min(amount.count(of: channels), channels), of: channels)
  }
}

extension Compressor {
  /// What shrinks with a layer's output channels, and why they cannot be taken out if they cannot.
  ///
  /// - Parameter index: index in `model.layers`.
  /// - Complexity: the first call closes over the links of the whole graph, later ones look up.
  public func coupling(ofLayer index: Int) -> ChannelCoupling {
    let groups = planner.channelGroups
    guard let number = groups.ofLayer[index] else {
      return ChannelCoupling(
        channels: 0, layers: [], nodes: [], readers: [], obstacle: "the sizes of its weight are not known")
    }
    let group = groups.groups[number]
    let axes = Set(group.places.map { ConstantAxis(value: $0.value, axis: $0.axis) })
    let shortened = Set(group.places.map(\.value)).filter { model.graph.constants[$0] != nil }
    let layerNodes = Set(model.layers.map(\.node))
    let nodes = model.graph.nodes.enumerated().filter { index, node in
      !layerNodes.contains(index) && node.inputs.contains(where: shortened.contains)
    }
    var coupling = ChannelCoupling(
      channels: group.channels, layers: group.layers.filter { $0 != index }.map { model.layers[$0].name },
      nodes: nodes.map { $1.plainName },
      readers: model.layers.filter { layer in
        axes.contains(ConstantAxis(value: layer.weight, axis: layer.slot.inputAxis))
      }.map(\.name), obstacle: group.obstacle)
    coupling.hasHeads = group.isAttention
    return coupling
  }

  private struct ConstantAxis: Hashable {
    var value: String
    var axis: Int
  }
}
