import Graph

extension TypedGraph {
  func links(of node: Int) -> [AxisLink] {
    operators[node]?.links(inputs(of: node), outputs(of: node)) ?? []
  }

  /// The axis on which a layer's output has its channels.
  func outputAxis(of layer: Layer) -> Int? {
    let slots = operators[layer.node]?.weightSlots(inputs(of: layer.node)) ?? []
    guard let slot = slots.first(where: { $0.weight == layer.slot.weight }) else { return nil }
    let weight = AxisLink.Axis(.input(slot.weight), slot.outputAxis)
    return links(of: layer.node).compactMap { $0.end(from: weight, to: .output(0)) }.first
  }
}
