import Graph

/// An operator whose output is its first input under another shape: it costs nothing.
protocol ViewOperator: Lowerable {}

extension ViewOperator {
  func lower(_ node: Node, into plan: inout Lowering) throws -> Bool { try plan.lowerView(node) }
}

extension Lowering {
  /// Makes a node's output a view of its first input.
  fileprivate mutating func lowerView(_ node: Node) throws -> Bool {
    guard node.outputs.dropFirst().allSatisfy(\.isEmpty) else { return false }
    let value = try plain(node.inputs[0], node: node.label)
    alias(node.outputs[0], of: node.inputs[0], value, dims: try dims(node.outputs[0]))
    return true
  }
}

extension Flatten: ViewOperator {}
extension Reshape: ViewOperator {}
extension Squeeze: ViewOperator {}
extension Unsqueeze: ViewOperator {}
extension Identity: ViewOperator {}

extension Dropout: ViewOperator {
  func lower(_ node: Node, into plan: inout Lowering) throws -> Bool {
    // What is or may be told to train is computed by its definition.
    if let name = node.input(2), plan.tensor(name)?.integers != [0] { return false }
    return try plan.lowerView(node)
  }
}
