import Tensor

/// A matrix as large as its input with ones on a diagonal and zeros elsewhere.
public struct EyeLike: Operator {
  public static let type: OperatorType = "EyeLike"

  /// nil for the input's.
  public let dtype: DType?
  /// Which diagonal: 0 the main one, above 0 to its right.
  public let diagonal: Int

  public init(_ node: Node, opset: Int) throws(GraphError) {
    diagonal = try node.int("k", default: 0)
    if let number = try node.int("dtype") {
      guard let dtype = DType(rawValue: number) else {
        throw node.invalid("dtype", "asks for element type \(number), which is not supported")
      }
      self.dtype = dtype
    } else {
      dtype = nil
    }
  }

  public func infer(_ inputs: [Facts?]) throws(Mismatch) -> [Facts] {
    let x = try inputs.required(0)
    try x.require(rank: 2, "the input")
    return [Facts(dtype: dtype ?? x.dtype, dims: x.dims ?? [.unknown, .unknown])]
  }
}
