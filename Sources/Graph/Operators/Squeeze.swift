/// Without some axes of size 1, or without all of them.
public struct Squeeze: Operator {
  public static let type: OperatorType = "Squeeze"

  public let axes: AxesSource

  public init(_ node: Node, opset: Int) throws(GraphError) {
    axes = try AxesSource(node, input: 1, fromOpset: 13, opset: opset)
  }

  /// The input axes that stay; nil where that is not known.
  public func kept(_ inputs: [Facts?]) throws(Mismatch) -> [Int]? {
    guard let dims = try inputs.required(0).dims else { return nil }
    switch axes.resolved(inputs) {
    case .unknown: return nil
    case .omitted: return dims.sizes.map { sizes in sizes.indices.filter { sizes[$0] != 1 } }
    case .axes(let list):
      let axes = try list.axes(ofRank: dims.count)
      for axis in axes where dims[axis].contradicts(1) {
        throw Mismatch("axis \(axis) has size \(dims[axis]) and cannot be left out")
      }
      return dims.indices.filter { !axes.contains($0) }
    }
  }

  public func infer(_ inputs: [Facts?]) throws(Mismatch) -> [Facts] {
    let x = try inputs.required(0)
    guard let kept = try kept(inputs), let dims = x.dims else { return [Facts(dtype: x.dtype)] }
    return [Facts(dtype: x.dtype, dims: kept.map { dims[$0] }, elements: x.elements)]
  }

  public func links(_ inputs: [Facts?], _ outputs: [Facts]) -> [AxisLink] {
    guard let kept = try? kept(inputs) else { return [] }
    return kept.enumerated().map { .from(0, $1, to: $0) }
  }

  public var selects: Bool { true }
}
