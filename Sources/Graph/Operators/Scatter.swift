/// What ScatterElements was called before opset 11.
public struct Scatter: ElementScattering {
  public static let type: OperatorType = "Scatter"

  public let axis: Int
  public var reduction: ScatterReduction { .none }

  public init(_ node: Node, opset: Int) throws(GraphError) { axis = try node.int("axis", default: 0) }
}
