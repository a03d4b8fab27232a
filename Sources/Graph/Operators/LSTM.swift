/// A recurrent layer with a cell beside its state; the weights have its gates in the order input, output, forget, cell.
public struct LSTM: Recurrent {
  public static let type: OperatorType = "LSTM"
  public static let gates = 4
  public static let states = [5, 6]

  public let form: RecurrentForm
  /// Whether the forget gate is what the input gate leaves of 1.
  public let couplesForget: Bool

  public init(_ node: Node, opset: Int) throws(GraphError) {
    form = try RecurrentForm(node, activations: [.sigmoid, .tanh, .tanh])
    couplesForget = try node.bool("input_forget", default: false)
  }

  public func infer(_ inputs: [Facts?]) throws(Mismatch) -> [Facts] {
    let outputs = try inferRecurrent(inputs, weight: inputs.required(1), recurrent: inputs.required(2))
    try checkPeepholes(inputs, outputs)
    return outputs
  }

  /// Input 7 weighs the cell for the input, output and forget gate: `[D, 3·H]`.
  func checkPeepholes(_ inputs: [Facts?], _ outputs: [Facts]) throws(Mismatch) {
    guard let peepholes = inputs.optional(7) else { return }
    let hidden = outputs[0].dims?[3] ?? .unknown
    try peepholes.require(dims: [Dim(form.directions), hidden * 3], "the peepholes")
    try peepholes.require(dtypeOf: outputs[0], "the peepholes")
  }
}
