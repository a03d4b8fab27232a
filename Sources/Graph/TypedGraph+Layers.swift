import Tensor

extension TypedGraph {
  /// The nodes that have a constant weight of rank 2 or more, in order, each under a name of its own.
  ///
  /// A layer's slot has its axes as the constant is stored, whatever lies between the two.
  ///
  /// - Parameter samples: how many samples the facts are for.
  public func layers(samples: Int = 1) -> [Layer] {
    let producers = graph.producers
    let constantValues = constantValues
    var names = LayerNames()
    var layers: [Layer] = []
    for (index, node) in graph.nodes.enumerated() {
      let inputs = inputs(of: index)
      guard let op = operators[index], var slot = op.weightSlot(inputs), let input = node.input(slot.weight),
        let origin = origin(
          of: input, axes: [slot.outputAxis, slot.inputAxis], producers: producers,
          constantValues: constantValues),
        let weight = graph.constants[origin.constant], weight.shape.rank >= 2
      else { continue }
      slot.outputAxis = origin.axes[0]
      slot.inputAxis = origin.axes[1]
      let bias = slot.bias.flatMap { node.input($0) }.flatMap {
        self.origin(of: $0, producers: producers, constantValues: constantValues)?.constant
      }
      let macs = op.macs(inputs, outputs(of: index)).value
      layers.append(
        Layer(
          name: names.next(weight: origin.constant, node: node), node: index, type: node.type,
          weight: origin.constant, bias: bias, shape: weight.shape, slot: slot,
          parameters: weight.count + (bias.flatMap { graph.constants[$0]?.count } ?? 0),
          macs: macs.map { $0 / max(samples, 1) }))
    }
    return layers
  }
}
