/// The logarithm of the sum along some axes.
public struct ReduceLogSum: Reduction {
  public static let type: OperatorType = "ReduceLogSum"

  public let axes: ReducedAxes

  public init(_ node: Node, opset: Int) throws(GraphError) {
    axes = try ReducedAxes(node, inputFrom: 18, opset: opset)
  }
}
