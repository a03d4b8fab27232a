/// Whether an element is false.
public struct Not: UnaryElementwise {
  public static let type: OperatorType = "Not"

  public init(_ node: Node, opset: Int) {}

  public func fold(_ size: Dim) -> Dim { Dim(size.truth.map(!)) }
}
