/// The mean along some axes.
public struct ReduceMean: Reduction {
  public static let type: OperatorType = "ReduceMean"

  public let axes: ReducedAxes

  public init(_ node: Node, opset: Int) throws(GraphError) {
    axes = try ReducedAxes(node, inputFrom: 18, opset: opset)
  }

  public var isPositivelyHomogeneous: Bool { true }
}
