/// Its data with single elements replaced by updates, or combined with them.
public struct ScatterElements: ElementScattering {
  public static let type: OperatorType = "ScatterElements"

  public let axis: Int
  public let reduction: ScatterReduction

  public init(_ node: Node, opset: Int) throws(GraphError) {
    axis = try node.int("axis", default: 0)
    reduction = try ScatterReduction(node)
  }
}
