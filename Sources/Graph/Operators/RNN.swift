/// A plain recurrent layer, `h = f(W·x + R·h + b)`.
public struct RNN: Recurrent {
  public static let type: OperatorType = "RNN"
  public static let gates = 1
  public static let states = [5]

  public let form: RecurrentForm

  public init(_ node: Node, opset: Int) throws(GraphError) {
    form = try RecurrentForm(node, activations: [.tanh])
  }
}
