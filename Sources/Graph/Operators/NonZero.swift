import Tensor

/// The places of all elements that are not zero, in order: `[rank, count]`, one column for each.
public struct NonZero: Operator {
  public static let type: OperatorType = "NonZero"

  public init(_ node: Node, opset: Int) {}

  /// How many there are is known of a constant alone.
  public func infer(_ inputs: [Facts?]) throws(Mismatch) -> [Facts] {
    let x = try inputs.required(0)
    let count = x.constant.map { Dim($0.converted(to: .bool).array(of: Bool.self).count { $0 }) }
    return [Facts(dtype: .int64, dims: [x.rank.map { Dim(max($0, 1)) } ?? .unknown, count ?? .unknown])]
  }
}
