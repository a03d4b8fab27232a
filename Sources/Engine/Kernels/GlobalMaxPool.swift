import Graph

extension GlobalMaxPool: Lowerable {
  func lower(_ node: Node, into plan: inout Lowering) throws -> Bool {
    let value = try plan.value(node.inputs[0])
    let spatial = Array(value.dims.dropFirst(2))
    guard value.isFloat, (3...5).contains(value.dims.count), !spatial.contains(0) else { return false }
    let one = Extent(spatial.map { _ in 1 }, fill: 1)
    let none = Extent(spatial.map { _ in 0 }, fill: 0)
    let result = plan.allocate(try plan.dims(node.outputs[0]))
    let window = PoolWindow(
      input: Extent(spatial, fill: 1), output: one, kernel: Extent(spatial, fill: 1), strides: one,
      dilations: one, before: none, after: none)
    plan.add(
      PoolStep(kind: .maximum, source: value, destination: result, window: window), node: node.label,
      touching: [value, result])
    plan.define(node.outputs[0], result)
    return true
  }
}
