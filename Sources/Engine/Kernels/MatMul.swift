import Graph
import Tensor

extension MatMul: Lowerable {
  func lower(_ node: Node, into plan: inout Lowering) throws -> Bool {
    let (left, right) = (try plan.value(node.inputs[0]), try plan.value(node.inputs[1]))
    let dims = try plan.dims(node.outputs[0])
    guard left.isFloat, right.isFloat, left.dims.count >= 2, right.dims.count >= 2,
      !(left.dims + right.dims).contains(0)
    else { return false }
    if right.dims.count == 2, let weight = plan.tensor(node.input(1)) {
      let (output, bias) = absorbBias(after: node.outputs[0], width: right.dims[1], &plan)
      try plan.lowerDense(
        try plan.plain(node.inputs[0], node: node.label), weight: weight, isTransposed: true, bias: bias,
        output: output, node: node)
      return true
    }
    return try lowerVarying(left, right, dims, node, into: &plan)
  }

  /// Both vary: a product for each of the batch axes, the smaller operand broadcast. Operands with exchanged axes are
  /// read as they lie, and a Transpose behind the product is done in writing it, where oneDNN is fast at that.
  private func lowerVarying(
    _ left: Value, _ right: Value, _ dims: [Int], _ node: Node, into plan: inout Lowering
  ) throws -> Bool {
    guard dims.count <= 6, left.isMatrices, right.isMatrices else { return false }
    let rank = dims.count
    func make(_ a: Value, _ b: Value, _ destination: MemoryDescriptor) throws -> Primitive {
      try Primitive.matmul(
        source: a.descriptor(rank: rank), weights: b.descriptor(rank: rank), bias: nil,
        destination: destination, operations: [], node: node.label)
    }
    var (a, b) = (left, right)
    var output = node.outputs[0]
    var order = MemoryOrder.plain
    var primitive: Primitive?
    if let reader = plan.soleReader(of: output), let transpose = reader.op as? Transpose,
      let strides = try transpose.stridesOfInput(dims)
    {
      let exchanged = try make(a, b, MemoryDescriptor(dims, strides: strides))
      if exchanged.isFast {
        primitive = exchanged
        order = .strided(strides)
        plan.absorb(reader.index)
        output = reader.node.outputs[0]
      }
    }
    if primitive == nil {
      let plain = try make(a, b, MemoryDescriptor(plain: dims))
      if plain.isFast || (a.order == .plain && b.order == .plain) { primitive = plain }
    }
    if primitive == nil {
      (a, b) = (
        try plan.converted(a, to: .plain, node: node.label),
        try plan.converted(b, to: .plain, node: node.label)
      )
      primitive = try make(a, b, MemoryDescriptor(plain: dims))
    }
    let result = plan.allocate(order == .plain ? dims : try plan.dims(output))
    plan.add(
      PrimitiveStep(
        primitive!, [(.source, .value(a)), (.weights, .value(b)), (.destination, .value(result))]),
      node: node.label, touching: [a, b, result])
    plan.define(output, result)
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

extension Value {
  /// Whether it lies row-major or with axes exchanged.
  fileprivate var isMatrices: Bool {
    switch order {
    case .plain, .strided: true
    case .blocked, .channelsLast: false
    }
  }

  /// As oneDNN reads it, with axes of size 1 in front up to a rank.
  fileprivate func descriptor(rank: Int) -> MemoryDescriptor {
    let missing = rank - dims.count
    let strides = if case .strided(let strides) = order { strides } else { shape.strides }
    let whole = max(storedCount, 1)
    return MemoryDescriptor(
      Array(repeating: 1, count: missing) + dims, strides: Array(repeating: whole, count: missing) + strides)
  }
}
