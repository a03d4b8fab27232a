import Tensor

/// Facts of values as they are inferred, node after node.
package struct Typing {
  package var facts: [String: Facts] = [:]
  private let graph: Graph

  /// - Parameters:
  ///   - sizes: numbers for named sizes of the inputs.
  ///   - given: facts of values from around the graph, or better ones of its inputs.
  package init(_ graph: Graph, binding sizes: [String: Int] = [:], given: [String: Facts] = [:]) {
    self.graph = graph
    facts.reserveCapacity(graph.nodes.count + graph.constants.count)
    for (name, tensor) in graph.constants { facts[name] = Facts(tensor) }
    for input in graph.inputs {
      facts[input.name] = Facts(dtype: input.dtype, dims: input.dims?.map { $0.binding(sizes) })
    }
    facts.merge(given) { $1 }
  }

  /// Infers a node's outputs.
  ///
  /// - Throws: `GraphError` that names the node.
  package mutating func add(_ node: Node) throws(GraphError) -> any Operator {
    let op = try OperatorRegistry.resolve(node, in: graph)
    if node.outputs.isEmpty {
      throw .inputs(node: node.label, type: node.type, reason: "has no outputs")
    }
    let inputs = node.inputs.map { $0.isEmpty ? nil : facts[$0] ?? Facts.unknown }
    let outputs: [Facts]
    do {
      outputs = try op.infer(inputs)
    } catch {
      throw .inputs(node: node.label, type: node.type, reason: error.reason)
    }
    let isFixed = !inputs.isEmpty && inputs.allSatisfy { $0?.isFixed ?? true }
    for (name, var output) in zip(node.outputs, outputs) where !name.isEmpty {
      if let dims = output.dims, dims.isTooLarge {
        throw .inputs(
          node: node.label, type: node.type, reason: "gives \(dims.text) elements, more than any memory holds"
        )
      }
      if isFixed { output.isFixed = true }
      facts[name] = output
    }
    return op
  }
}
