import Tensor

/// The operator Size: the number of elements of its input.
public struct SizeOf: Operator {
  public static let type: OperatorType = "Size"

  public init(_ node: Node, opset: Int) {}

  public func infer(_ inputs: [Facts?]) throws(Mismatch) -> [Facts] {
    let count = try inputs.required(0).dims.map(\.product)
    return [Facts(dtype: .int64, dims: []).with(elements: count.map { [$0] })]
  }
}
