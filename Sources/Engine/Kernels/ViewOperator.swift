import Graph

/// An operator whose output is its first input under another shape: it costs nothing.
protocol ViewOperator: Lowerable {}

extension ViewOperator {
  func lower(_ node: Node, into plan: inout Lowering) throws -> Bool {
    guard node.outputs.dropFirst().allSatisfy(\.isEmpty) else { return false }
    let value = try plan.plain(node.inputs[0], node: node.label)
    plan.alias(node.outputs[0], of: node.inputs[0], value, dims: try plan.dims(node.outputs[0]))
    return true
  }
}

extension Flatten: ViewOperator {}
extension Reshape: ViewOperator {}
extension Squeeze: ViewOperator {}
extension Unsqueeze: ViewOperator {}
extension Identity: ViewOperator {}
extension Dropout: ViewOperator {}
