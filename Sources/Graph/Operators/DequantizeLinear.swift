import Tensor

/// `(x - zeroPoint) · scale`, of integers and of 8-bit floats, whose zero point is 0.
public struct DequantizeLinear: Operator {
  public static let type: OperatorType = "DequantizeLinear"

  public let layout: QuantizationLayout

  public init(_ node: Node, opset: Int) throws(GraphError) {
    layout = try QuantizationLayout(node, opset: opset)
  }

  public func infer(_ inputs: [Facts?]) throws(Mismatch) -> [Facts] {
    let x = try inputs.required(0)
    try x.require(dtypeIn: QuantizeLinear.quantized.union([.int32, .float8e4m3fn, .float8e5m2]), "the data")
    try layout.check(inputs)
    if let zeroPoint = inputs.optional(2) { try zeroPoint.require(dtypeOf: x, "the zero point") }
    return [Facts(dtype: try inputs.required(1).dtype, dims: x.dims)]
  }

  public func links(_ inputs: [Facts?], _ outputs: [Facts]) -> [AxisLink] { layout.links(inputs, outputs) }

  public var weightPath: Int? { 0 }
}
