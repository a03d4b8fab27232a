import Graph

/// An operator that is an elementwise function, which the step before it can apply to its result.
protocol FusableActivation: Lowerable {
  /// The function; nil where its parameters are not known before the plan runs.
  func activation(_ inputs: [Facts?]) -> Activation?
}

extension FusableActivation {
  func lower(_ node: Node, into plan: inout Lowering) throws -> Bool {
    guard let activation = activation(plan.facts(of: node)) else { return false }
    return try plan.lowerActivation(activation, node)
  }
}

extension Lowering {
  /// Adds an activation as a step of its own.
  mutating func lowerActivation(_ activation: Activation, _ node: Node) throws -> Bool {
    guard let name = node.input(0) else { return false }
    var value = try value(name)
    guard value.isFloat else { return false }
    if value.order != .plain && !activation.keepsZero { value = try plain(name, node: node.label) }
    let result = allocateOver(name, value)
    add(
      ActivationStep(source: value, destination: result, activation: activation), node: node.label,
      touching: [value, result])
    define(node.outputs[0], result)
    return true
  }
}

extension Relu: FusableActivation {
  func activation(_ inputs: [Facts?]) -> Activation? { Activation(function: .relu(slope: 0)) }
}

extension LeakyRelu: FusableActivation {
  func activation(_ inputs: [Facts?]) -> Activation? { Activation(function: .relu(slope: alpha)) }
}

extension Sigmoid: FusableActivation {
  func activation(_ inputs: [Facts?]) -> Activation? { Activation(function: .sigmoid) }
}

extension Tanh: FusableActivation {
  func activation(_ inputs: [Facts?]) -> Activation? { Activation(function: .tanh) }
}

extension Lowering {
  /// What is known of a node's inputs.
  func facts(of node: Node) -> [Facts?] {
    node.inputs.map { name in name.isEmpty ? nil : typed.facts[name] ?? .unknown }
  }

  /// Takes in the activation that alone reads `output`, if there is one.
  ///
  /// - Returns: the name of the value that then results, and the function.
  mutating func absorbActivation(after output: String) -> (output: String, activations: [Activation]) {
    guard let reader = soleReader(of: output), let op = reader.op as? any FusableActivation,
      !leadsToQuantization(reader.node, op), let activation = op.activation(facts(of: reader.node))
    else { return (output, []) }
    absorb(reader.index)
    return (reader.node.outputs[0], [activation])
  }

  /// A Clip before a quantizer belongs to it: it is the clamp of a narrow width.
  private func leadsToQuantization(_ node: Node, _ op: any Operator) -> Bool {
    op is Clip && soleReader(of: node.outputs[0])?.op is QuantizeLinear
  }
}
