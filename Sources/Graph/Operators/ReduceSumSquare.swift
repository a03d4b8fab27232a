/// The sum of squares along some axes.
public struct ReduceSumSquare: Reduction {
  public static let type: OperatorType = "ReduceSumSquare"

  public let axes: ReducedAxes

  public init(_ node: Node, opset: Int) throws(GraphError) {
    axes = try ReducedAxes(node, inputFrom: 18, opset: opset)
  }
}
