import Graph
import Tensor

extension If: Evaluable {
  public func evaluate(_ inputs: [Tensor?]) throws -> [Tensor] {
    let branch = If.isTrue(try required(inputs, 0)) ? thenBranch : elseBranch
    let evaluator = try ReferenceEvaluator(branch.graph)
    return try branch.outputs(of: evaluator.run(branch.captured(from: inputs)))
  }
}

extension InnerGraph {
  /// Values that the graph reads from around it, by its own names, from the inputs of the node.
  func captured(from inputs: [Tensor?]) -> [String: Tensor] {
    var values: [String: Tensor] = [:]
    for case (let name, let value?) in zip(captures, inputs.suffix(captures.count)) { values[name] = value }
    return values
  }

  /// Results by name in the order of the graph's outputs.
  func outputs(of results: [String: Tensor]) throws -> [Tensor] {
    try graph.outputs.map { output in
      guard let value = results[output.name] else {
        throw EngineError.input(output.name, reason: "is not given")
      }
      return value
    }
  }
}
