/// A recurrent layer with an update and a reset gate; the weights have them in the order update, reset, hidden.
public struct GRU: Recurrent {
  public static let type: OperatorType = "GRU"
  public static let gates = 3
  public static let states = [5]

  public let form: RecurrentForm
  /// Whether the reset gate comes behind the recurrent product instead of before it.
  public let resetsProduct: Bool

  public init(_ node: Node, opset: Int) throws(GraphError) {
    form = try RecurrentForm(node, activations: [.sigmoid, .tanh])
    resetsProduct = try node.bool("linear_before_reset", default: false)
  }
}
