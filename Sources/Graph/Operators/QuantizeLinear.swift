import Tensor

/// `saturate(round(x / scale) + zeroPoint)`, halves going to the even number.
public struct QuantizeLinear: Operator {
  public static let type: OperatorType = "QuantizeLinear"

  public let layout: QuantizationLayout
  /// The output's type where there is no zero point to give it.
  public let outputType: DType

  static let quantized: Set<DType> = [.uint8, .int8, .uint16, .int16, .uint4, .int4]

  public init(_ node: Node, opset: Int) throws(GraphError) {
    layout = try QuantizationLayout(node, opset: opset)
    let number = try node.int("output_dtype", default: 0)
    if number == 0 {
      outputType = .uint8
    } else if let dtype = DType(rawValue: number), Self.quantized.contains(dtype) {
      outputType = dtype
    } else {
      throw node.invalid("output_dtype", "asks for element type \(number), which is not supported")
    }
  }

  public func infer(_ inputs: [Facts?]) throws(Mismatch) -> [Facts] {
    let x = try inputs.required(0)
    try x.require(dtypeIn: [.float32, .float16, .bfloat16, .int32], "the data")
    try layout.check(inputs)
    let zeroPoint = inputs.optional(2)
    try zeroPoint?.require(dtypeIn: Self.quantized, "the zero point")
    return [Facts(dtype: zeroPoint == nil ? outputType : zeroPoint?.dtype, dims: x.dims)]
  }

  public func links(_ inputs: [Facts?], _ outputs: [Facts]) -> [AxisLink] { layout.links(inputs, outputs) }
}
