import Graph

/// An axis of a value, by the value's name.
struct ValueAxis: Hashable {
  var value: String
  var axis: Int
}

extension ChannelGroup {
  /// Whether its channels are heads: each is several outputs of a layer, and the products of an attention go head by
  /// head. Known by links alone.
  ///
  /// - Parameter products: axes along which products of two computed values go position by position.
  func hasHeads(among products: Set<ValueAxis>) -> Bool {
    members.contains { $0.channels.count > channels }
      && places.contains { products.contains(ValueAxis(value: $0.value, axis: $0.axis)) }
  }
}

extension TypedGraph {
  /// Axes along which products of two computed values, as those of queries and keys, go position by position: both
  /// sides have them and so has what comes out, while another axis of each is summed over.
  var productAxes: Set<ValueAxis> {
    let constants = constantValues
    var axes: Set<ValueAxis> = []
    for (index, node) in graph.nodes.enumerated() {
      guard let op = operators[index] else { continue }
      let computed = node.inputs.indices.filter {
        !node.inputs[$0].isEmpty && !constants.contains(node.inputs[$0])
      }
      guard computed.count > 1 else { continue }
      // By the axis of the output.
      var kept: [AxisLink.Axis: [AxisLink.Axis]] = [:]
      for link in op.links(inputs(of: index), outputs(of: index)) {
        for (near, far) in [(link.from, link.to), (link.to, link.from)] {
          if case .input(let input) = near.side, case .output = far.side, computed.contains(input) {
            kept[far, default: []].append(near)
          }
        }
      }
      let through = Set(kept.values.joined())
      let isProduct = computed.allSatisfy { input in
        let dims = facts[node.inputs[input]]?.dims ?? []
        return dims.indices.contains { axis in
          dims[axis].value != 1 && !through.contains(AxisLink.Axis(.input(input), axis))
        }
      }
      guard isProduct else { continue }
      for shared in kept.values where shared.count > 1 {
        for axis in shared {
          guard case .input(let input) = axis.side else { continue }
          axes.insert(ValueAxis(value: node.inputs[input], axis: axis.axis))
        }
      }
    }
    return axes
  }
}
