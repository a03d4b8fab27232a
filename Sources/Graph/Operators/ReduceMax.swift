/// The greatest element along some axes.
public struct ReduceMax: Reduction {
  public static let type: OperatorType = "ReduceMax"

  public let axes: ReducedAxes

  public init(_ node: Node, opset: Int) throws(GraphError) {
    axes = try ReducedAxes(node, inputFrom: 18, opset: opset)
  }

  public var selects: Bool { true }

  public func fold(_ sizes: [Dim]) -> Dim {
    sizes.reduce(nil) { most, size in most.map { .greater($0, size) } ?? size } ?? .unknown
  }
}
