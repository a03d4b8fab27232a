/// The sum of magnitudes along some axes.
public struct ReduceL1: Reduction {
  public static let type: OperatorType = "ReduceL1"

  public let axes: ReducedAxes

  public init(_ node: Node, opset: Int) throws(GraphError) {
    axes = try ReducedAxes(node, inputFrom: 18, opset: opset)
  }

  public var isPositivelyHomogeneous: Bool { true }
}
