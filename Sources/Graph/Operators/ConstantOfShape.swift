import Tensor

/// A tensor of a shape that its input gives, with the same value everywhere.
public struct ConstantOfShape: Operator {
  public static let type: OperatorType = "ConstantOfShape"

  /// One element.
  public let value: Tensor

  public init(_ node: Node, opset: Int) throws(GraphError) {
    value = try node.tensor("value") ?? Tensor([Float(0)])
    if value.count != 1 { throw node.invalid("value", "has \(value.count) elements instead of 1") }
  }

  public func infer(_ inputs: [Facts?]) throws(Mismatch) -> [Facts] {
    let dims = try inputs.required(0).requireSizes("the shape")
    let output = Facts(dtype: value.dtype, dims: dims)
    guard let dims, dims.count <= 1, let count = dims.product.value, count <= 64,
      let element = value.integers?.first
    else { return [output] }
    return [output.with(elements: [Dim](repeating: Dim(element), count: count))]
  }
}
