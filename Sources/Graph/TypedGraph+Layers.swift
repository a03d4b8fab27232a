import Tensor

extension TypedGraph {
  /// The constant weights of rank 2 or more, in the order of the nodes that have them, each under a name of its own.
  ///
  /// A layer's slot has its axes as the constant is stored, whatever lies between the two.
  ///
  /// - Parameter samples: how many samples the facts are for.
  public func layers(samples: Int = 1) -> [Layer] {
    let producers = producers
    let constantValues = constantValues
    var names = LayerNames()
    return graph.nodes.indices.flatMap { index in
      var layers = layers(of: index, producers: producers, constantValues: constantValues)
      let names = names.next(layers.map { ($0.weight, $0.slot.role) }, node: graph.nodes[index])
      let macs = operators[index]?.macs(inputs(of: index), outputs(of: index)).value
      let shares = macs.map {
        WeightShares(of: $0 / max(samples, 1), weights: layers.map(\.shape.count)).shares
      }
      for place in layers.indices {
        layers[place].name = names[place]
        layers[place].macs = shares?[place]
      }
      return layers
    }
  }

  /// The layers of one node, without their names and multiplications.
  private func layers(
    of index: Int, producers: [String: Int], constantValues: Set<String>
  ) -> [Layer] {
    let node = graph.nodes[index]
    return (operators[index]?.weightSlots(inputs(of: index)) ?? []).compactMap { slot in
      guard let input = node.input(slot.weight),
        let origin = origin(
          of: input, axes: [slot.outputAxis, slot.inputAxis], producers: producers,
          constantValues: constantValues),
        let weight = graph.constants[origin.constant], weight.shape.rank >= 2
      else { return nil }
      var stored = slot
      stored.outputAxis = origin.axes[0]
      stored.inputAxis = origin.axes[1]
      let bias = slot.bias.flatMap { node.input($0) }.flatMap {
        self.origin(of: $0, producers: producers, constantValues: constantValues)?.constant
      }
      let weights = slot.packing?.count ?? weight.count
      return Layer(
        name: "", node: index, type: slot.type ?? node.type, weight: origin.constant, bias: bias,
        shape: weight.shape,
        slot: stored, parameters: weights + (bias.flatMap { graph.constants[$0]?.count } ?? 0), macs: nil)
    }
  }
}

/// A node's multiplications as those of each of its weights: all elements of all weights are used at as many
/// positions as every other.
public struct WeightShares {
  public let shares: [Int]

  /// - Parameter weights: the elements of each weight.
  public init(of macs: Int, weights: [Int]) {
    let all = weights.reduce(0, +)
    shares = weights.count == 1 ? [macs] : weights.map { all == 0 ? 0 : macs / all * $0 }
  }
}
