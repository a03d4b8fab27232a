/// An operator that makes of the elements along one axis, or along several taken as one, as many others.
public protocol AxisNormalization: Operator {
  /// The axes that are taken together.
  func normalizedAxes(rank: Int) throws(Mismatch) -> Range<Int>
}

extension AxisNormalization {
  public func infer(_ inputs: [Facts?]) throws(Mismatch) -> [Facts] {
    let x = try inputs.required(0)
    if let rank = x.rank { _ = try normalizedAxes(rank: rank) }
    return [Facts(dtype: x.dtype, dims: x.dims)]
  }

  public func links(_ inputs: [Facts?], _ outputs: [Facts]) -> [AxisLink] {
    guard let rank = outputs[0].rank, let normalized = try? normalizedAxes(rank: rank) else { return [] }
    return AxisLink.identity(rank: rank).filter { !normalized.contains($0.from.axis) }
  }
}

/// The axis of Softmax and its kin, which all changed alike.
public struct NormalizedAxis: Hashable, Sendable {
  public let axis: Int
  /// Whether all axes from `axis` on are taken as one, as before opset 13.
  public let flattens: Bool

  init(_ node: Node, opset: Int) throws(GraphError) {
    flattens = opset < 13
    axis = try node.int("axis", default: flattens ? 1 : -1)
  }

  /// `axis` may be the rank before opset 13: no axes.
  func axes(rank: Int) throws(Mismatch) -> Range<Int> {
    if flattens && axis == rank { return rank..<rank }
    let axis = try axis.axis(ofRank: rank)
    return axis..<(flattens ? rank : axis + 1)
  }
}
