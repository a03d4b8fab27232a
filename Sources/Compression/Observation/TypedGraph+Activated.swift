import Graph

extension TypedGraph {
  /// The value behind a layer's activation, and the axis on which it has the layer's output channels: followed
  /// through nodes that keep positions where they are, as long as nothing else reads what they write.
  ///
  /// - Returns: nil where no activation that gives zeros comes.
  func activatedOutput(of layer: Layer) -> (value: String, axis: Int)? {
    let (consumers, constantValues) = (consumers, constantValues)
    func isComputed(_ name: String, beside value: String) -> Bool {
      name != value && !name.isEmpty && !constantValues.contains(name)
    }
    guard let made = graph.nodes[layer.node].outputs.first, let axis = outputAxis(of: layer) else {
      return nil
    }
    var (value, place) = (made, axis)
    while let readers = consumers[value], readers.count == 1 {
      let node = readers[0]
      // The other operands are constants: sums of two values are nobody's activation.
      guard !graph.nodes[node].inputs.contains(where: { isComputed($0, beside: value) }) else { return nil }
      guard graph.nodes[node].outputs.count == 1, let output = graph.nodes[node].outputs.first,
        let input = graph.nodes[node].inputs.firstIndex(of: value),
        facts[output]?.dims?.count == facts[value]?.dims?.count,
        let next = links(of: node).compactMap({
          $0.end(from: .init(.input(input), place), to: .output(0))
        }).first
      else { return nil }
      (value, place) = (output, next)
      if operators[node] is Relu || operators[node] is Clip { return (value, place) }
    }
    return nil
  }
}
