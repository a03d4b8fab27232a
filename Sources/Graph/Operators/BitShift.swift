/// The bits of the first input, moved by as many places as the second input says.
public struct BitShift: BinaryElementwise {
  public static let type: OperatorType = "BitShift"

  /// Whether they move to higher places.
  public let isLeft: Bool

  public init(_ node: Node, opset: Int) throws(GraphError) {
    switch try node.string("direction") {
    case "LEFT": isLeft = true
    case "RIGHT": isLeft = false
    case nil: throw node.invalid("direction", "is missing")
    case let other?: throw node.invalid("direction", "is '\(other)' instead of 'LEFT' or 'RIGHT'")
    }
  }
}
