import Tensor

/// The matrix product of 8-bit integers, whose zero points are taken off before: sums are int32.
///
/// Inputs are the two matrices and optionally their zero points: one each, one for each row of the left and each
/// column of the right, or as many as stretch to the matrices.
public struct MatMulInteger: Operator {
  public static let type: OperatorType = "MatMulInteger"

  public init(_ node: Node, opset: Int) {}

  public func infer(_ inputs: [Facts?]) throws(Mismatch) -> [Facts] {
    let (a, b) = (try inputs.required(0), try inputs.required(1))
    try a.requireQuantized(zeroPoint: inputs.optional(2), isLeft: true, "input 0")
    try b.requireQuantized(zeroPoint: inputs.optional(3), isLeft: false, "input 1")
    return [Facts(dtype: .int32, dims: try MatMul.product(a, b))]
  }

  public func macs(_ inputs: [Facts?], _ outputs: [Facts]) -> Dim { MatMul.macs(inputs, outputs) }
  public func weightSlots(_ inputs: [Facts?]) -> [WeightSlot] { MatMul.weightSlots(inputs) }
}

/// The matrix product of 8-bit numbers with scales and zero points, which gives such numbers.
///
/// Inputs are the left matrix with scale and zero point, the right one with its own, and the output's scale and zero
/// point.
public struct QLinearMatMul: Operator {
  public static let type: OperatorType = "QLinearMatMul"

  public init(_ node: Node, opset: Int) {}

  public func infer(_ inputs: [Facts?]) throws(Mismatch) -> [Facts] {
    let (a, b, zeroPoint) = (try inputs.required(0), try inputs.required(3), try inputs.required(7))
    try a.requireQuantized(zeroPoint: try inputs.required(2), isLeft: true, "input 0")
    try b.requireQuantized(zeroPoint: try inputs.required(5), isLeft: false, "input 3")
    for (index, matrix, isLeft) in [(1, a, true), (4, b, false)] {
      let scale = try inputs.required(index)
      try scale.require(dtypeIn: [.float32, .float16, .bfloat16], "input \(index)")
      try scale.requireStretching(to: matrix, isLeft: isLeft, "input \(index)")
    }
    try inputs.required(6).require(dtypeIn: [.float32, .float16, .bfloat16], "the output's scale")
    try inputs.required(6).requireSingle("the output's scale")
    try zeroPoint.require(dtypeIn: [.int8, .uint8], "the output's zero point")
    try zeroPoint.requireSingle("the output's zero point")
    return [Facts(dtype: zeroPoint.dtype, dims: try MatMul.product(a, b))]
  }

  public func macs(_ inputs: [Facts?], _ outputs: [Facts]) -> Dim {
    MatMul.macs([inputs.optional(0), inputs.optional(3)], outputs)
  }

  public func weightSlots(_ inputs: [Facts?]) -> [WeightSlot] {
    MatMul.weightSlots([inputs.optional(0), inputs.optional(3)]).map { slot in
      var slot = slot
      slot.weight *= 3
      slot.data = slot.data.map { $0 * 3 }
      return slot
    }
  }
}

extension Facts {
  fileprivate func requireQuantized(zeroPoint: Facts?, isLeft: Bool, _ what: String) throws(Mismatch) {
    try require(dtypeIn: [.int8, .uint8], what)
    guard let zeroPoint else { return }
    try zeroPoint.require(dtypeOf: self, "the zero point of \(what)")
    try zeroPoint.requireStretching(to: self, isLeft: isLeft, "the zero point of \(what)")
  }

  /// One element; a list of one for each row of a left matrix or each column of a right one; or a tensor that
  /// stretches to the matrices.
  fileprivate func requireStretching(to matrix: Facts, isLeft: Bool, _ what: String) throws(Mismatch) {
    guard let own = dims, let dims = matrix.dims, count != 1 else { return }
    let fits: Bool
    if own.count == 1, !dims.isEmpty {
      fits = !own[0].contradicts(dims[isLeft ? max(dims.count - 2, 0) : dims.count - 1])
    } else {
      fits =
        own.count == dims.count && !zip(own, dims).contains { $0.value != 1 && $0.contradicts($1) }
    }
    if !fits { throw Mismatch("\(what) (\(own.text)) does not stretch to \(dims.text)") }
  }
}
