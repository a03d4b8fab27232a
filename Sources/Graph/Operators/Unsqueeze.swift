/// With axes of size 1 put in, so that they are at the given places of the output.
public struct Unsqueeze: Operator {
  public static let type: OperatorType = "Unsqueeze"

  public let axes: AxesSource

  public init(_ node: Node, opset: Int) throws(GraphError) {
    axes = try AxesSource(node, input: 1, fromOpset: 13, opset: opset)
    if axes == .omitted { throw node.invalid("axes", "is missing") }
  }

  /// For each output axis the input's, nil for a new one; nil where that is not known.
  private func sources(_ inputs: [Facts?]) throws(Mismatch) -> [Int?]? {
    guard let rank = try inputs.required(0).rank else { return nil }
    switch axes.resolved(inputs) {
    case .unknown: return nil
    case .omitted: throw Mismatch("the axes are missing")
    case .axes(let list):
      let new = try list.axes(ofRank: rank + list.count)
      var next = 0
      return (0..<(rank + list.count)).map { axis in
        if new.contains(axis) { return nil }
        defer { next += 1 }
        return next
      }
    }
  }

  public func infer(_ inputs: [Facts?]) throws(Mismatch) -> [Facts] {
    let x = try inputs.required(0)
    guard let sources = try sources(inputs), let dims = x.dims else { return [Facts(dtype: x.dtype)] }
    return [
      Facts(
        dtype: x.dtype, dims: sources.map { $0.map { dims[$0] } ?? 1 },
        elements: sources.count <= 1 ? x.elements : nil)
    ]
  }

  public func links(_ inputs: [Facts?], _ outputs: [Facts]) -> [AxisLink] {
    guard let sources = try? sources(inputs) else { return [] }
    return sources.enumerated().compactMap { output, input in input.map { .from(0, $0, to: output) } }
  }

  public var selects: Bool { true }
}
