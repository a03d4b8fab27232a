import Graph

extension Clip: FusableActivation {
  func activation(_ inputs: [Facts?]) -> Activation? {
    limits(inputs).map { Activation(function: .clip($0.lower, $0.upper)) }
  }

  func lower(_ node: Node, into plan: inout Lowering) throws -> Bool {
    guard let limits = limits(plan.facts(of: node)), limits.lower <= limits.upper, let name = node.input(0),
      let activation = activation(plan.facts(of: node))
    else { return false }
    let value = try plan.value(name)
    guard value.isFloat else { return false }
    if try plan.lowerQuantization(of: name, behind: node.outputs[0], clamp: limits.lower...limits.upper) {
      return true
    }
    return try plan.lowerActivation(activation, node)
  }
}
