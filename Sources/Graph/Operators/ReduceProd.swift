/// The product along some axes.
public struct ReduceProd: Reduction {
  public static let type: OperatorType = "ReduceProd"

  public let axes: ReducedAxes

  public init(_ node: Node, opset: Int) throws(GraphError) {
    axes = try ReducedAxes(node, inputFrom: 18, opset: opset)
  }

  public func fold(_ sizes: [Dim]) -> Dim { sizes.product }
}
