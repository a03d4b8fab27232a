import Tensor

/// The same numbers in another element type.
public struct Cast: Operator {
  public static let type: OperatorType = "Cast"

  public let target: DType
  /// Whether what is too large for an 8-bit float becomes its largest number.
  public let saturates: Bool

  public init(_ node: Node, opset: Int) throws(GraphError) {
    guard let number = try node.int("to") else { throw node.invalid("to", "is missing") }
    guard let dtype = DType(rawValue: number) else {
      throw node.invalid("to", "asks for element type \(number), which is not supported")
    }
    target = dtype
    saturates = try node.int("saturate", default: 1) != 0
  }

  public func infer(_ inputs: [Facts?]) throws(Mismatch) -> [Facts] {
    let x = try inputs.required(0)
    return [Facts(dtype: target, dims: x.dims).with(elements: x.wholeElements?.map(fold))]
  }

  /// A size in the new type: of `bool` whether it is not 0.
  private func fold(_ size: Dim) -> Dim {
    target == .bool ? Dim(size.equals(0).map(!)) : size
  }

  public func links(_ inputs: [Facts?], _ outputs: [Facts]) -> [AxisLink] {
    AxisLink.identity(rank: outputs[0].rank)
  }

  public var weightPath: Int? { 0 }
}
