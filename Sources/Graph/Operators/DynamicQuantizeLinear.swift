import Tensor

/// Data as uint8 with the scale and the zero point that its own range gives.
public struct DynamicQuantizeLinear: Operator {
  public static let type: OperatorType = "DynamicQuantizeLinear"

  public init(_ node: Node, opset: Int) {}

  public func infer(_ inputs: [Facts?]) throws(Mismatch) -> [Facts] {
    let x = try inputs.required(0)
    try x.require(dtypeIn: [.float32], "the data")
    return [
      Facts(dtype: .uint8, dims: x.dims), Facts(dtype: .float32, dims: []), Facts(dtype: .uint8, dims: []),
    ]
  }

  public func links(_ inputs: [Facts?], _ outputs: [Facts]) -> [AxisLink] {
    AxisLink.identity(rank: outputs[0].rank)
  }
}
