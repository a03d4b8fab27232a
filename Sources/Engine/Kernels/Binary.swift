import Graph

/// An operator that `BinaryStep` computes.
protocol BinaryLowerable: BinaryElementwise, Lowerable {
  var function: BinaryStep.Function { get }
}

extension BinaryLowerable {
  func lower(_ node: Node, into plan: inout Lowering) throws -> Bool {
    // Before opset 7 the smaller operand lay along a given axis.
    guard axis == nil else { return false }
    let dims = try plan.dims(node.outputs[0])
    var (left, right) = (try plan.value(node.inputs[0]), try plan.value(node.inputs[1]))
    guard left.isFloat, right.isFloat, dims.reduce(1, *) > 0 else { return false }
    if left.dims != right.dims || left.order != right.order
      || (function == .divide && left.order != .plain)
    {
      left = try plan.plain(node.inputs[0], node: node.label)
      right = try plan.plain(node.inputs[1], node: node.label)
    }
    let destination = plan.allocate(dims, left.order)
    plan.add(
      BinaryStep(function: function, left: left, right: right, destination: destination), node: node.label,
      touching: [left, right, destination])
    plan.define(node.outputs[0], destination)
    return true
  }
}

extension Add: BinaryLowerable {
  var function: BinaryStep.Function { .add }
}

extension Sub: BinaryLowerable {
  var function: BinaryStep.Function { .subtract }
}

extension Mul: BinaryLowerable {
  var function: BinaryStep.Function { .multiply }
}

extension Div: BinaryLowerable {
  var function: BinaryStep.Function { .divide }
}
