import Tensor

/// The positions along one axis, or of all elements in a row, for which a condition holds.
public struct Compress: Operator {
  public static let type: OperatorType = "Compress"

  /// nil for all elements in a row.
  public let axis: Int?

  public init(_ node: Node, opset: Int) throws(GraphError) { axis = try node.int("axis") }

  public func infer(_ inputs: [Facts?]) throws(Mismatch) -> [Facts] {
    let x = try inputs.required(0)
    let condition = try inputs.required(1)
    try condition.require(dtypeIn: [.bool], "the condition")
    try condition.require(rank: 1, "the condition")
    guard var dims = x.dims else {
      return [Facts(dtype: x.dtype, dims: axis == nil ? [.unknown] : nil)]
    }
    let axis = try axis.map { axis throws(Mismatch) in try axis.axis(ofRank: dims.count) }
    let size = axis.map { dims[$0] } ?? dims.product
    var count = Dim.unknown
    if let size = size.value, let condition = condition.constant?.integers {
      // A condition that is too short is false behind its end.
      count = Dim(condition.prefix(max(size, 0)).count { $0 != 0 })
    }
    if let axis { dims[axis] = count } else { dims = [count] }
    return [Facts(dtype: x.dtype, dims: dims)]
  }

  public func links(_ inputs: [Facts?], _ outputs: [Facts]) -> [AxisLink] {
    guard let rank = inputs.optional(0)?.rank, let axis, let own = try? axis.axis(ofRank: rank) else {
      return []
    }
    return AxisLink.identity(rank: rank).filter { $0.from.axis != own }
  }

  public var selects: Bool { true }
}
