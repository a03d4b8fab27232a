/// The mean along some axes.
public struct ReduceMean: Operator {
  public static let type: OperatorType = "ReduceMean"

  public let axes: AxesSource
  /// Whether the axes stay, with size 1.
  public let keepsAxes: Bool
  /// Whether no axes means none instead of all.
  public let emptyMeansNone: Bool

  public init(_ node: Node, opset: Int) throws(GraphError) {
    axes = try AxesSource(node, input: 1, fromOpset: 18, opset: opset)
    keepsAxes = try node.bool("keepdims", default: true)
    emptyMeansNone = try node.bool("noop_with_empty_axes", default: false)
  }

  /// The axes that are reduced, ascending; nil where an input gives them that is not known.
  public func reduced(_ inputs: [Facts?], rank: Int) throws(Mismatch) -> [Int]? {
    switch axes.resolved(inputs) {
    case .axes(let list) where !list.isEmpty: try list.axes(ofRank: rank)
    case .omitted, .axes: emptyMeansNone ? [] : Array(0..<rank)
    case .unknown: nil
    }
  }

  public func infer(_ inputs: [Facts?]) throws(Mismatch) -> [Facts] {
    let x = try inputs.required(0)
    guard let dims = x.dims else { return [Facts(dtype: x.dtype)] }
    guard let axes = try reduced(inputs, rank: dims.count) else {
      return [Facts(dtype: x.dtype, dims: keepsAxes ? dims.map { _ in .unknown } : nil)]
    }
    var output: [Dim] = []
    for axis in dims.indices {
      if !axes.contains(axis) { output.append(dims[axis]) } else if keepsAxes { output.append(1) }
    }
    return [Facts(dtype: x.dtype, dims: output)]
  }

  public func links(_ inputs: [Facts?], _ outputs: [Facts]) -> [AxisLink] {
    guard let rank = inputs.optional(0)?.rank, let axes = try? reduced(inputs, rank: rank) else { return [] }
    return (0..<rank).filter { !axes.contains($0) }.enumerated().map { .from(0, $1, to: keepsAxes ? $1 : $0) }
  }

  public var isPositivelyHomogeneous: Bool { true }
}
