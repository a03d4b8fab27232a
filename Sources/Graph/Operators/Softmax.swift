/// `exp(x) / sum(exp(x))` along one axis, or along several taken as one.
public struct Softmax: Operator {
  public static let type: OperatorType = "Softmax"

  public let axis: Int
  /// Whether all axes from `axis` on are taken as one, as before opset 13.
  public let flattens: Bool

  public init(_ node: Node, opset: Int) throws(GraphError) {
    flattens = opset < 13
    axis = try node.int("axis", default: flattens ? 1 : -1)
  }

  /// The axes that are normalised together. `axis` may be the rank before opset 13: none.
  public func normalizedAxes(rank: Int) throws(Mismatch) -> Range<Int> {
    if flattens && axis == rank { return rank..<rank }
    let axis = try axis.axis(ofRank: rank)
    return axis..<(flattens ? rank : axis + 1)
  }

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
