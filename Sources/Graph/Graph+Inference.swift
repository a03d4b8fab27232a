import Tensor

/// A graph with its operators resolved and the facts of every value.
public struct TypedGraph: Sendable {
  public let graph: Graph
  /// The operator of each node, in the order of `graph.nodes`; nil where it is not known.
  public let operators: [(any Operator)?]
  public let facts: [String: Facts]
  private let index = GraphIndex()

  /// As of the graph, worked out once.
  public var producers: [String: Int] { index.producers(graph) }
  /// As of the graph, worked out once.
  public var consumers: [String: [Int]] { index.consumers(graph) }
  /// As of the graph, worked out once.
  public var constantValues: Set<String> { index.constantValues(graph) }

  package init(graph: Graph, operators: [(any Operator)?], facts: [String: Facts]) {
    self.graph = graph
    self.operators = operators
    self.facts = facts
  }

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
    try typed(binding: sizes, given: [:], lenient: lenient)
  }

  /// The same for a graph inside another, with what is known of the values that it reads from around it.
  func typed(binding sizes: [String: Int] = [:], given: [String: Facts], lenient: Bool) throws(GraphError)
    -> TypedGraph
  {
    var typing = Typing(self, binding: sizes, given: given)
    for input in inputs {
      if let dims = typing.facts[input.name]?.dims, dims.isTooLarge {
        throw .malformed("input '\(input.name)' has \(dims.text) elements, more than any memory holds")
      }
    }
    var operators: [(any Operator)?] = []
    operators.reserveCapacity(nodes.count)
    for node in nodes {
      if lenient && !OperatorRegistry.knows(node.type) {
        operators.append(nil)
        for output in node.outputs { typing.facts[output] = .unknown }
      } else {
        operators.append(try typing.add(node))
      }
    }
    return TypedGraph(graph: self, operators: operators, facts: typing.facts)
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
