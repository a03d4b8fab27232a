import Tensor

/// A new axis along which each index has one value at its place and another elsewhere.
public struct OneHot: Operator {
  public static let type: OperatorType = "OneHot"

  /// Where the new axis is in the output.
  public let axis: Int
  /// Whether negative indices count from the end, as from opset 11 on; before, they are no place.
  public let wraps: Bool

  public init(_ node: Node, opset: Int) throws(GraphError) {
    axis = try node.int("axis", default: -1)
    wraps = opset >= 11
  }

  public func infer(_ inputs: [Facts?]) throws(Mismatch) -> [Facts] {
    let indices = try inputs.required(0)
    let depth = try inputs.required(1)
    let values = try inputs.required(2)
    try depth.requireSingle("'depth'")
    try values.require(length: 2, "'values'")
    guard let dims = indices.dims else { return [Facts(dtype: values.dtype)] }
    var size = depth.elements?.first ?? .unknown
    if let constant = depth.constant { size = Dim(constant.converted(to: .int64).integers?.first ?? 0) }
    if let value = size.value, value < 0 { throw Mismatch("'depth' is \(value)") }
    var output = dims
    output.insert(size, at: try axis.axis(ofRank: dims.count + 1))
    return [Facts(dtype: values.dtype, dims: output)]
  }

  public func links(_ inputs: [Facts?], _ outputs: [Facts]) -> [AxisLink] {
    guard let rank = inputs.optional(0)?.rank, let new = try? axis.axis(ofRank: rank + 1) else { return [] }
    return (0..<rank).map { .from(0, $0, to: $0 < new ? $0 : $0 + 1) }
  }
}
