import Graph
import Tensor

/// Runs a whole graph operator by operator with the plain definitions.
public struct ReferenceEvaluator: Sendable {
  private let graph: Graph
  private let operators: [any Evaluable]

  /// - Throws: `GraphError` where the graph is wrong, `EngineError.unsupported` where an operator cannot be computed.
  public init(_ graph: Graph) throws {
    self.graph = graph
    operators = try graph.nodes.map { node in
      let op = try OperatorRegistry.resolve(node, in: graph)
      guard let evaluable = op as? any Evaluable else {
        throw EngineError.unsupported(
          node: node.label, reason: "operator \(node.type) cannot be computed yet")
      }
      return evaluable
    }
  }

  /// The graph's outputs by name.
  ///
  /// - Throws: `EngineError.input` for an input that is missing, or what an operator throws, with its node.
  public func run(_ inputs: [String: Tensor]) throws -> [String: Tensor] {
    var values = graph.constants
    values.merge(inputs) { _, given in given }
    for (node, op) in zip(graph.nodes, operators) {
      let arguments = node.inputs.map { $0.isEmpty ? nil : values[$0] }
      for (name, argument) in zip(node.inputs, arguments) where argument == nil && !name.isEmpty {
        throw EngineError.input(name, reason: "is not given")
      }
      for (name, value) in zip(node.outputs, try op.evaluate(arguments, at: node)) { values[name] = value }
    }
    var outputs: [String: Tensor] = [:]
    for output in graph.outputs {
      guard let value = values[output.name] else {
        throw EngineError.input(output.name, reason: "is not given")
      }
      outputs[output.name] = value
    }
    return outputs
  }
}
