import Graph
import Tensor

extension Gather: Lowerable {
  func lower(_ node: Node, into plan: inout Lowering) throws -> Bool {
    let (data, indices) = (
      try plan.plain(node.inputs[0], node: node.label), try plan.plain(node.inputs[1], node: node.label)
    )
    let axis = try axis.axis(ofRank: data.dims.count)
    guard data.dtype.bits >= 8, indices.dtype == .int64 || indices.dtype == .int32 else { return false }
    let result = plan.allocate(try plan.dims(node.outputs[0]), dtype: data.dtype)
    plan.add(
      GatherStep(node: node.label, data: data, indices: indices, result: result, axis: axis),
      node: node.label,
      touching: [data, indices, result])
    plan.define(node.outputs[0], result)
    return true
  }
}

/// Copies slices along an axis by their indices; the data is read where it lies.
private struct GatherStep: Step {
  let node: String
  let data: Value
  let indices: Value
  let result: Value
  let axis: Int

  func bind(_ memory: StepMemory) throws -> BoundStep {
    let (from, by, to) = (memory.address(data), memory.address(indices), memory.address(result))
    let (outer, size) = (data.dims[..<axis].reduce(1, *), data.dims[axis])
    let piece = data.dims[(axis + 1)...].reduce(1, *) * data.dtype.bits / 8
    let count = indices.dims.reduce(1, *)
    return { [indices, node, axis] inputs in
      let numbers = by.pointer(inputs)
      let (source, target) = (from.pointer(inputs), to.pointer(inputs))
      for k in 0..<count {
        var index =
          indices.dtype == .int64
          ? Int(numbers.load(fromByteOffset: 8 * k, as: Int64.self))
          : Int(numbers.load(fromByteOffset: 4 * k, as: Int32.self))
        if index < 0 { index += size }
        guard index >= 0, index < size else {
          throw EngineError.unsupported(
            node: node, reason: "reads index \(index) of axis \(axis), which has size \(size)")
        }
        for block in 0..<outer {
          (target + (block * count + k) * piece).copyMemory(
            from: source + (block * size + index) * piece, byteCount: piece)
        }
      }
    }
  }
}
