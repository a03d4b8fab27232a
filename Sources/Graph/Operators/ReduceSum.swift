/// The sum along some axes.
public struct ReduceSum: Reduction {
  public static let type: OperatorType = "ReduceSum"

  public let axes: ReducedAxes

  public init(_ node: Node, opset: Int) throws(GraphError) {
    axes = try ReducedAxes(node, inputFrom: 13, opset: opset)
  }

  public var isPositivelyHomogeneous: Bool { true }

  public func fold(_ sizes: [Dim]) -> Dim { sizes.reduce(0, +) }
}
