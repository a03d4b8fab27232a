/// `x · Φ(x)` with the normal distribution's `Φ`, or its approximation by a hyperbolic tangent (Hendrycks and Gimpel,
/// "Gaussian Error Linear Units").
public struct Gelu: UnaryElementwise {
  public static let type: OperatorType = "Gelu"

  public let approximates: Bool

  public init(_ node: Node, opset: Int) throws(GraphError) {
    switch try node.string("approximate") ?? "none" {
    case "none": approximates = false
    case "tanh": approximates = true
    case let other: throw node.invalid("approximate", "is '\(other)' instead of 'none' or 'tanh'")
    }
  }
}
