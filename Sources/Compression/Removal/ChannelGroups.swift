import Graph
import Tensor

/// All groups of channels in a model, found by closing over the links that operators state between their axes,
/// in both directions. Knows no operator by name.
struct ChannelGroups: Sendable {
  let groups: [ChannelGroup]
  /// For each layer of the model, the index of its group; nil where its weight's sizes are not known.
  let ofLayer: [Int?]

  /// - Complexity: near linear in the sizes of all axes of all values.
  init(_ model: Model) {
    var ties = ChannelTies(model.typed)
    let made = Self.members(model, &ties)
    var groups = made.groups
    var groupOf = [Int32](repeating: -1, count: ties.numbers.count)
    var channelOf = groupOf
    for (root, channel) in made.channels {
      groupOf[root] = Int32(channel.group)
      channelOf[root] = Int32(channel.index)
    }
    for value in ties.numbers.values {
      let isWhole = model.graph.constants[value]?.dtype.isFloatingPoint ?? true
      for (axis, range) in ties.numbers.axes(of: value).enumerated() {
        guard let range else { continue }
        var places: [Int32: ChannelGroup.Place] = [:]
        for (position, number) in range.enumerated() {
          let root = ties.root(of: number)
          guard groupOf[root] >= 0 else { continue }
          places[groupOf[root], default: .init(value: value, axis: axis)].positions.append(Int32(position))
          places[groupOf[root]]?.channels.append(channelOf[root])
        }
        for (group, place) in places {
          groups[Int(group)].places.append(place)
          if !isWhole && groups[Int(group)].obstacle == nil {
            groups[Int(group)].obstacle = "'\(value)' is quantized already"
          }
        }
      }
    }
    let products = model.typed.productAxes
    for index in groups.indices { groups[index].isAttention = groups[index].hasHeads(among: products) }
    self.groups = groups
    ofLayer = made.ofLayer
  }

  /// Layers that share a channel are in one group; its channels are numbered in the order of its layers.
  private static func members(_ model: Model, _ ties: inout ChannelTies) -> (
    groups: [ChannelGroup], ofLayer: [Int?], channels: [Int: (group: Int, index: Int)]
  ) {
    var sets = DisjointSets(count: model.layers.count)
    var owners: [Int: Int] = [:]
    var roots: [[Int]] = []
    for (index, layer) in model.layers.enumerated() {
      roots.append(ties.roots(layer.weight, axis: layer.slot.outputAxis))
      for root in roots[index] {
        if let owner = owners[root] { sets.join(owner, index) } else { owners[root] = index }
      }
    }
    var groups: [ChannelGroup] = []
    var ofLayer = [Int?](repeating: nil, count: model.layers.count)
    var channels: [Int: (group: Int, index: Int)] = [:]
    for (index, layer) in model.layers.enumerated() where !roots[index].isEmpty {
      let first = sets.root(of: index)
      let group = ofLayer[first] ?? groups.count
      if group == groups.count { groups.append(ChannelGroup(layers: [], channels: 0, members: [])) }
      ofLayer[index] = group
      groups[group].layers.append(index)
      for root in roots[index] where channels[root] == nil {
        channels[root] = (group, groups[group].channels)
        groups[group].channels += 1
        if groups[group].obstacle == nil { groups[group].obstacle = ties.obstacle(ofRoot: root) }
      }
      let axis = layer.slot.outputAxis
      if !groups[group].members.contains(where: { $0.weight == layer.weight && $0.axis == axis }) {
        groups[group].members.append(
          ChannelGroup.Member(
            weight: layer.weight, axis: axis, channels: roots[index].map { channels[$0]?.index ?? 0 }))
      }
    }
    return (groups, ofLayer, channels)
  }
}
