/// A function that a recurrent layer applies to each element of a gate or a state.
public struct RecurrentActivation: Hashable, Sendable {
  public enum Function: String, Hashable, Sendable, CaseIterable {
    case affine, elu, hardSigmoid, leakyRelu, relu, scaledTanh, sigmoid, softplus, softsign, tanh,
      thresholdedRelu

    /// ONNX's numbers where a node gives none; nil for what the function does not take.
    fileprivate var defaults: (alpha: Float?, beta: Float?) {
      switch self {
      case .affine: (1, 0)
      case .elu, .thresholdedRelu: (1, nil)
      case .hardSigmoid: (0.2, 0.5)
      case .leakyRelu: (0.01, nil)
      case .scaledTanh: (1, 1)
      case .relu, .sigmoid, .softplus, .softsign, .tanh: (nil, nil)
      }
    }
  }

  public let function: Function
  public let alpha: Float
  public let beta: Float

  /// The functions of all directions, in ONNX's order.
  ///
  /// - Parameter defaults: of one direction.
  static func all(_ node: Node, defaults: [Function], directions: Int) throws(GraphError) -> [Self] {
    let functions = try functions(node) ?? (0..<directions).flatMap { _ in defaults }
    let count = directions * defaults.count
    guard functions.count == count else {
      throw node.invalid("activations", "has \(functions.count) functions instead of \(count)")
    }
    // Each function takes the next number of those that it has.
    var alphas = (try node.floats("activation_alpha") ?? [])[...]
    var betas = (try node.floats("activation_beta") ?? [])[...]
    return functions.map { function in
      let (alpha, beta) = function.defaults
      return Self(
        function: function, alpha: alpha.map { alphas.popFirst() ?? $0 } ?? 0,
        beta: beta.map { betas.popFirst() ?? $0 } ?? 0)
    }
  }

  private static func functions(_ node: Node) throws(GraphError) -> [Function]? {
    var found: [Function] = []
    guard let names = try node.strings("activations") else { return nil }
    for name in names {
      guard let function = Function.allCases.first(where: { $0.rawValue.lowercased() == name.lowercased() })
      else { throw node.invalid("activations", "has '\(name)', which is no activation of a recurrent layer") }
      found.append(function)
    }
    return found
  }
}
