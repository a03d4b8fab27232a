import Graph
import Tensor

extension Transpose: Lowerable {
  func lower(_ node: Node, into plan: inout Lowering) throws -> Bool {
    let name = node.inputs[0]
    guard try plan.value(name).isFloat else { return false }
    let value = try plan.plain(name, node: node.label)
    let dims = try plan.dims(node.outputs[0])
    guard dims.count <= 6, value.storedCount > 0 else { return false }
    let strides = try order(rank: dims.count).map { value.shape.strides[$0] }
    let readers = plan.readers(of: node.outputs[0])
    // A product reads the axes as they lie; for all others they are exchanged here.
    if !readers.isEmpty, readers.allSatisfy({ $0 is MatMul }) {
      plan.alias(node.outputs[0], of: name, value, dims: dims, order: .strided(strides))
      return true
    }
    let exchanged = Value(dtype: value.dtype, dims: dims, order: .strided(strides), place: value.place)
    plan.define(node.outputs[0], try plan.converted(exchanged, to: .plain, node: node.label))
    return true
  }

  /// Strides by which a value of sizes `dims` is written so that, its axes exchanged, it lies row-major; nil where the
  /// last axis would not stay the last.
  func stridesOfInput(_ dims: [Int]) throws -> [Int]? {
    let order = try order(rank: dims.count)
    guard order.last == dims.count - 1 else { return nil }
    let target = Shape(order.map { dims[$0] }).strides
    var strides = [Int](repeating: 1, count: dims.count)
    for (position, axis) in order.enumerated() { strides[axis] = target[position] }
    return strides
  }
}
