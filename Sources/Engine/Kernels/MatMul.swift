import Graph
import Tensor

extension MatMul: Lowerable {
  func lower(_ node: Node, into plan: inout Lowering) throws -> Bool {
    let (left, right) = (try plan.value(node.inputs[0]), try plan.value(node.inputs[1]))
    let dims = try plan.dims(node.outputs[0])
    guard left.isFloat, right.isFloat, left.dims.count >= 2, right.dims.count >= 2,
      (left.dims + right.dims).reduce(1, *) > 0
    else { return false }
    if right.dims.count == 2, let weight = plan.tensor(node.input(1)) {
      let (output, bias) = absorbBias(after: node.outputs[0], width: right.dims[1], &plan)
      try plan.lowerDense(
        try plan.plain(node.inputs[0], node: node.label), weight: weight, isTransposed: true, bias: bias,
        output: output, node: node)
      return true
    }
    // Both vary: a product for each of the batch axes, the smaller operand broadcast.
    guard dims.count <= 6 else { return false }
    let (a, b) = (
      try plan.plain(node.inputs[0], node: node.label), try plan.plain(node.inputs[1], node: node.label)
    )
    let destination = plan.allocate(dims)
    let ones = { (dims: [Int], rank: Int) in Array(repeating: 1, count: rank - dims.count) + dims }
    let primitive = try Primitive.matmul(
      source: MemoryDescriptor(plain: ones(a.dims, dims.count)),
      weights: MemoryDescriptor(plain: ones(b.dims, dims.count)), bias: nil,
      destination: MemoryDescriptor(plain: dims), activations: [], node: node.label)
    plan.add(
      PrimitiveStep(
        primitive, [(.source, .value(a)), (.weights, .value(b)), (.destination, .value(destination))]),
      node: node.label, touching: [a, b, destination])
    plan.define(node.outputs[0], destination)
    return true
  }

  /// Takes in an Add of a constant with one number for each column.
  private func absorbBias(after output: String, width: Int, _ plan: inout Lowering) -> (String, [Float]?) {
    guard let reader = plan.soleReader(of: output), reader.op is Add else { return (output, nil) }
    let other = reader.node.inputs[0] == output ? reader.node.inputs[1] : reader.node.inputs[0]
    guard let bias = plan.tensor(other) ?? plan.typed.graph.constants[other], bias.dtype == .float32,
      bias.shape == [width]
    else { return (output, nil) }
    plan.absorb(reader.index)
    return (reader.node.outputs[0], bias.floats)
  }
}
