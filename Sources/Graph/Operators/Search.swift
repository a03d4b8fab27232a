/// An operator that gives the position of one element along an axis, as int64.
public protocol Search: Operator {
  var search: SearchedAxis { get }
}

/// The axis of a search, and which of equal elements is found.
public struct SearchedAxis: Hashable, Sendable {
  public let axis: Int
  /// Whether the axis stays, with size 1.
  public let keepsAxis: Bool
  /// Whether the last of equal elements is found instead of the first.
  public let takesLast: Bool

  init(_ node: Node) throws(GraphError) {
    axis = try node.int("axis", default: 0)
    keepsAxis = try node.bool("keepdims", default: true)
    takesLast = try node.bool("select_last_index", default: false)
  }
}

extension Search {
  public func infer(_ inputs: [Facts?]) throws(Mismatch) -> [Facts] {
    guard let dims = try inputs.required(0).dims else { return [Facts(dtype: .int64)] }
    let axis = try search.axis.axis(ofRank: dims.count)
    let output = dims.reduced([axis], keepsAxes: search.keepsAxis)
    if dims[axis].value == 0, !output.contains(where: { $0.value == 0 }) {
      throw Mismatch("axis \(axis) has no elements to choose from")
    }
    return [Facts(dtype: .int64, dims: output)]
  }

  public func links(_ inputs: [Facts?], _ outputs: [Facts]) -> [AxisLink] {
    guard let rank = inputs.optional(0)?.rank, let axis = try? search.axis.axis(ofRank: rank) else {
      return []
    }
    return AxisLink.reduced([axis], rank: rank, keepsAxes: search.keepsAxis)
  }
}
