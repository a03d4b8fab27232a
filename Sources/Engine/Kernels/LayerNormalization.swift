import Graph
import Tensor

extension LayerNormalization: Lowerable {
  func lower(_ node: Node, into plan: inout Lowering) throws -> Bool {
    let name = node.inputs[0]
    guard node.outputs.dropFirst().allSatisfy(\.isEmpty), try plan.value(name).isFloat,
      let scale = plan.tensor(node.input(1)), scale.dtype == .float32
    else { return false }
    let value = try plan.plain(name, node: node.label)
    let first = try axis.axis(ofRank: value.dims.count)
    let (rows, count) = (value.dims[..<first].reduce(1, *), value.dims[first...].reduce(1, *))
    guard rows > 0, count > 0, scale.count == count else { return false }
    var shift: Tensor?
    if let name = node.input(2) {
      guard let tensor = plan.tensor(name), tensor.dtype == .float32, tensor.count == count else {
        return false
      }
      shift = tensor
    }
    let primitive = try Primitive.layerNormalization(
      MemoryDescriptor(plain: [rows, count]), epsilon: epsilon, hasShift: shift != nil, node: node.label)
    guard primitive.isFast else { return false }
    let result = plan.allocate(value.dims)
    var arguments: [(PrimitiveStep.Role, PrimitiveStep.Operand)] = [
      (.source, .value(value)), (.destination, .value(result)), (.scale, .value(plan.constant(scale))),
    ]
    if let shift { arguments.append((.shift, .value(plan.constant(shift)))) }
    plan.add(PrimitiveStep(primitive, arguments), node: node.label, touching: [value, result])
    plan.define(node.outputs[0], result)
    return true
  }
}
