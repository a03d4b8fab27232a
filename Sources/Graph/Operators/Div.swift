/// The quotient of two inputs, stretched to each other's shape; whole numbers are cut off towards zero.
public struct Div: BinaryElementwise {
  public static let type: OperatorType = "Div"

  public let axis: Int?

  public init(_ node: Node, opset: Int) throws(GraphError) { axis = try Self.legacyAxis(node, opset: opset) }

  public func fold(_ left: Dim, _ right: Dim) -> Dim {
    if let a = left.value, let b = right.value {
      let (quotient, overflow) = a.dividedReportingOverflow(by: b)
      return overflow ? .unknown : Dim(quotient)
    }
    return foldReal(left, right)
  }

  public func foldReal(_ left: Dim, _ right: Dim) -> Dim { left / right ?? .unknown }

  public func scalings(_ inputs: [Facts?]) -> [[Int]] { [[0]] }
}
