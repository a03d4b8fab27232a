/// The root of the sum of squares along some axes.
public struct ReduceL2: Reduction {
  public static let type: OperatorType = "ReduceL2"

  public let axes: ReducedAxes

  public init(_ node: Node, opset: Int) throws(GraphError) {
    axes = try ReducedAxes(node, inputFrom: 18, opset: opset)
  }

  public var isPositivelyHomogeneous: Bool { true }
}
