/// An operator that makes one element of all those along some axes.
public protocol Reduction: Operator {
  var axes: ReducedAxes { get }

  /// The result for all elements of a list of sizes that a graph computes; unknown where it is not exact.
  func fold(_ sizes: [Dim]) -> Dim
}

/// Which axes are reduced, and whether they stay.
public struct ReducedAxes: Hashable, Sendable {
  public let source: AxesSource
  /// Whether the axes stay, with size 1.
  public let keepsAxes: Bool
  /// Whether no axes means none instead of all.
  public let emptyMeansNone: Bool

  /// - Parameter inputFrom: the version from which on the axes are an input.
  init(_ node: Node, inputFrom: Int, opset: Int) throws(GraphError) {
    source = try AxesSource(node, input: 1, fromOpset: inputFrom, opset: opset)
    keepsAxes = try node.bool("keepdims", default: true)
    emptyMeansNone = try node.bool("noop_with_empty_axes", default: false)
  }

  /// The axes that are reduced, ascending; nil where an input gives them that is not known.
  public func reduced(_ inputs: [Facts?], rank: Int) throws(Mismatch) -> [Int]? {
    switch source.resolved(inputs) {
    case .axes(let list) where !list.isEmpty: try list.axes(ofRank: rank)
    case .omitted, .axes: emptyMeansNone ? [] : Array(0..<rank)
    case .unknown: nil
    }
  }
}

extension Reduction {
  public func fold(_ sizes: [Dim]) -> Dim { .unknown }

  public func infer(_ inputs: [Facts?]) throws(Mismatch) -> [Facts] {
    let x = try inputs.required(0)
    guard let dims = x.dims else { return [Facts(dtype: x.dtype)] }
    guard let reduced = try axes.reduced(inputs, rank: dims.count) else {
      return [Facts(dtype: x.dtype, dims: axes.keepsAxes ? dims.map { _ in .unknown } : nil)]
    }
    let output = Facts(dtype: x.dtype, dims: dims.reduced(reduced, keepsAxes: axes.keepsAxes))
    guard let sizes = x.elements else { return [output] }
    return [output.with(elements: reduced.isEmpty ? sizes.map { fold([$0]) } : [fold(sizes)])]
  }

  public func links(_ inputs: [Facts?], _ outputs: [Facts]) -> [AxisLink] {
    guard let rank = inputs.optional(0)?.rank, let reduced = try? axes.reduced(inputs, rank: rank) else {
      return []
    }
    return AxisLink.reduced(reduced, rank: rank, keepsAxes: axes.keepsAxes)
  }
}

extension [Dim] {
  /// With size 1 in place of some axes, or without them.
  func reduced(_ axes: [Int], keepsAxes: Bool) -> [Dim] {
    indices.compactMap { axes.contains($0) ? keepsAxes ? 1 : nil : self[$0] }
  }
}

extension AxisLink {
  /// The axes of input 0 that are left when some are reduced.
  static func reduced(_ axes: [Int], rank: Int, keepsAxes: Bool) -> [AxisLink] {
    (0..<rank).filter { !axes.contains($0) }.enumerated().map { .from(0, $1, to: keepsAxes ? $1 : $0) }
  }
}
