import Tensor

extension Graph {
  /// The graph with some inputs given once and for all: they become constants, and sizes that they share with other
  /// inputs become numbers there. The nodes stay as they are.
  public func fixing(_ values: [String: Tensor]) -> Graph {
    if values.isEmpty { return self }
    var graph = self
    var sizes: [String: Int] = [:]
    for input in inputs {
      guard let value = values[input.name] else { continue }
      graph.constants[input.name] = value
      for (dim, size) in zip(input.dims ?? [], value.shape.dims) where dim.symbols.count == 1 {
        if dim == .symbol(dim.symbols[0]) { sizes[dim.symbols[0]] = size }
      }
    }
    graph.inputs.removeAll { values[$0.name] != nil }
    return graph.binding(sizes)
  }
}
