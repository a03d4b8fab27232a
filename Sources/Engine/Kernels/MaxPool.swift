import Graph

extension MaxPool: Lowerable {
  func lower(_ node: Node, into plan: inout Lowering) throws -> Bool {
    guard !givesIndices else { return false }
    return try plan.lowerPool(window, .maximum, node)
  }
}

extension AveragePool: Lowerable {
  func lower(_ node: Node, into plan: inout Lowering) throws -> Bool {
    try plan.lowerPool(window, .average(countsPadding: includesPadding), node)
  }
}

extension Lowering {
  /// Adds a pooling of a node's input 0.
  mutating func lowerPool(_ window: SlidingWindow, _ kind: PoolStep.Kind, _ node: Node) throws -> Bool {
    let value = try value(node.inputs[0])
    guard value.isFloat, (3...5).contains(value.dims.count) else { return false }
    let result = try pool(value, window, kind, output: node.outputs[0], node: node)
    define(node.outputs[0], result)
    return true
  }

  /// Pools a value; what only reshapes it gets it in row-major order.
  mutating func pool(
    _ value: Value, _ window: SlidingWindow, _ kind: PoolStep.Kind, output: String, node: Node
  ) throws -> Value {
    let readers = readers(of: output)
    let isFlattened = !readers.isEmpty && readers.allSatisfy { $0 is any ViewOperator }
    let result = allocate(try dims(output), isFlattened ? .plain : value.order)
    let axes = try window.axes(input: Array(value.dims[2...]))
    let step = PoolStep(
      kind: kind, source: value, destination: result,
      window: PoolWindow(
        input: Extent(axes.map(\.input), fill: 1), output: Extent(axes.map(\.output), fill: 1),
        kernel: Extent(axes.map(\.kernel), fill: 1), strides: Extent(axes.map(\.stride), fill: 1),
        dilations: Extent(axes.map(\.dilation), fill: 1), before: Extent(axes.map(\.padBegin), fill: 0),
        after: Extent(axes.map(\.padEnd), fill: 0)))
    add(step, node: node.label, touching: [value, result])
    return result
  }
}
