import Graph
import Tensor

extension Softmax: Lowerable {
  func lower(_ node: Node, into plan: inout Lowering) throws -> Bool {
    try plan.lowerSoftmax(self, isLog: false, node)
  }
}

extension LogSoftmax: Lowerable {
  func lower(_ node: Node, into plan: inout Lowering) throws -> Bool {
    try plan.lowerSoftmax(self, isLog: true, node)
  }
}

extension Lowering {
  /// Adds a softmax, or its logarithm, of input 0 along neighbouring axes.
  fileprivate mutating func lowerSoftmax(_ op: some AxisNormalization, isLog: Bool, _ node: Node) throws
    -> Bool
  {
    let name = node.inputs[0]
    guard try value(name).isFloat else { return false }
    let value = try plain(name, node: node.label)
    let range = try op.normalizedAxes(rank: value.dims.count)
    let sizes = [value.dims[..<range.lowerBound], value.dims[range], value.dims[range.upperBound...]]
      .map { $0.reduce(1, *) }
    guard !sizes.contains(0) else { return false }
    let flat = sizes[2] == 1 ? [sizes[0], sizes[1]] : sizes
    let primitive = try Primitive.softmax(
      MemoryDescriptor(plain: flat), axis: 1, isLog: isLog, node: node.label)
    guard primitive.isFast else { return false }
    let result = allocateOver(name, value)
    add(
      PrimitiveStep(primitive, [(.source, .value(value)), (.destination, .value(result))]), node: node.label,
      touching: [value, result])
    define(node.outputs[0], result)
    return true
  }
}
