import Tensor

/// Elements chosen one by one: each index is a position along one axis, all other positions are the index's own.
public struct GatherElements: Operator {
  public static let type: OperatorType = "GatherElements"

  public let axis: Int

  public init(_ node: Node, opset: Int) throws(GraphError) { axis = try node.int("axis", default: 0) }

  public func infer(_ inputs: [Facts?]) throws(Mismatch) -> [Facts] {
    let data = try inputs.required(0)
    let indices = try inputs.required(1)
    try indices.requireIndices(into: data, axis: axis)
    return [Facts(dtype: data.dtype, dims: indices.dims)]
  }

  /// Off its own axis, positions are those of the data with the same number.
  public func links(_ inputs: [Facts?], _ outputs: [Facts]) -> [AxisLink] {
    guard let rank = outputs[0].rank, let own = try? axis.axis(ofRank: rank) else { return [] }
    return AxisLink.identity(input: 1, rank: rank)
      + (0..<rank).filter { $0 != own }.map {
        AxisLink(AxisLink.Axis(.output(0), $0), AxisLink.Axis(.input(0), $0))
      }
  }

  public var selects: Bool { true }
}

extension Facts {
  /// Indices of the data's rank, along `axis`, and at most as large beside it.
  func requireIndices(into data: Facts, axis: Int) throws(Mismatch) {
    try require(dtypeIn: [.int64, .int32], "the indices")
    try data.require(minimumRank: 1, "the data")
    if let rank = data.rank { try require(rank: rank, "the indices") }
    guard let own = dims, let sizes = data.dims else { return }
    let axis = try axis.axis(ofRank: sizes.count)
    for other in own.indices where other != axis {
      if let mine = own[other].value, let size = sizes[other].value, mine > size {
        throw Mismatch(
          "the indices (\(own.text)) are larger than the data (\(sizes.text)) beside axis \(axis)")
      }
    }
    try requireIndices(below: sizes[axis].value, "axis \(axis)")
  }

  /// Where they are known, that indices are within an axis of size `size`.
  func requireIndices(below size: Int?, _ what: String) throws(Mismatch) {
    guard let size, let constant, let list = constant.integers else { return }
    for index in list where index < -size || index >= size {
      throw Mismatch("index \(index) is out of range for \(what) of size \(size)")
    }
  }
}
