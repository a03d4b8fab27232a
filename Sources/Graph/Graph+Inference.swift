import Tensor

/// A graph with its operators resolved and the facts of every value.
public struct TypedGraph: Sendable {
  public let graph: Graph
  /// The operator of each node, in the order of `graph.nodes`; nil where it is not known.
  public let operators: [(any Operator)?]
  public let facts: [String: Facts]

  /// What is known of the inputs of node `index`, nil for those left out.
  public func inputs(of index: Int) -> [Facts?] {
    graph.nodes[index].inputs.map { $0.isEmpty ? nil : facts[$0] ?? .unknown }
  }

  /// What is known of the outputs of node `index`.
  public func outputs(of index: Int) -> [Facts] {
    graph.nodes[index].outputs.map { facts[$0] ?? .unknown }
  }
}

extension Graph {
  /// Infers type and shape of every value, with the names in `sizes` bound to numbers.
  ///
  /// - Parameter lenient: go on behind an unknown operator, whose outputs are then unknown, instead of throwing.
  /// - Throws: `GraphError` that names the node.
  public func typed(binding sizes: [String: Int] = [:], lenient: Bool = false) throws(GraphError)
    -> TypedGraph
  {
    var facts: [String: Facts] = [:]
    facts.reserveCapacity(nodes.count + constants.count)
    for (name, tensor) in constants { facts[name] = Facts(tensor) }
    for input in inputs {
      facts[input.name] = Facts(dtype: input.dtype, dims: input.dims?.map { $0.binding(sizes) })
    }
    var operators: [(any Operator)?] = []
    operators.reserveCapacity(nodes.count)
    for node in nodes {
      if lenient && !OperatorRegistry.knows(node.type) {
        operators.append(nil)
        for output in node.outputs { facts[output] = .unknown }
        continue
      }
      let op = try OperatorRegistry.resolve(node, in: self)
      operators.append(op)
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
        if isFixed { output.isFixed = true }
        facts[name] = output
      }
    }
    return TypedGraph(graph: self, operators: operators, facts: facts)
  }

  /// The graph with its inputs' named sizes bound to numbers, and the unnamed ones left as they are.
  public func binding(_ sizes: [String: Int]) -> Graph {
    var graph = self
    for index in graph.inputs.indices {
      graph.inputs[index].dims = graph.inputs[index].dims?.map { $0.binding(sizes) }
    }
    return graph
  }
}
