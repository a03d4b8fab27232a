/// The product of two inputs, stretched to each other's shape.
public struct Mul: BinaryElementwise {
  public static let type: OperatorType = "Mul"

  public let axis: Int?

  public init(_ node: Node, opset: Int) throws(GraphError) { axis = try Self.legacyAxis(node, opset: opset) }

  public func fold(_ left: Dim, _ right: Dim) -> Dim { left * right }

  public func scalings(_ inputs: [Facts?]) -> [[Int]] { [[0], [1]] }
}
