/// The logarithm of the sum of exponentials along some axes.
public struct ReduceLogSumExp: Reduction {
  public static let type: OperatorType = "ReduceLogSumExp"

  public let axes: ReducedAxes

  public init(_ node: Node, opset: Int) throws(GraphError) {
    axes = try ReducedAxes(node, inputFrom: 18, opset: opset)
  }
}
