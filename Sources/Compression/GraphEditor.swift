import Graph
import Tensor

/// Nodes and constants that are to stand between a value and those that read it.
struct Insertion {
  var nodes: [Node]
  var constants: [String: Tensor]
  var widths: [String: Int]
  /// What is read from now on.
  var output: String
}

/// Edits one graph by insertions, each placed where what it needs is there.
struct GraphEditor {
  private(set) var graph: Graph
  /// Nodes to come before the node of an index.
  private var before: [Int: [Node]] = [:]
  private var names: UniqueNames

  init(_ graph: Graph) {
    self.graph = graph
    names = UniqueNames(graph)
  }

  /// A name that nothing has yet: `base`, or `base` and a number.
  mutating func fresh(_ base: String) -> String { names.make(base) }

  /// Puts an insertion's nodes before node `index`, and lets `readers` read its output.
  mutating func insert(
    _ insertion: Insertion, before index: Int, readers: [ActivationPair.Reader]
  ) {
    before[index, default: []] += insertion.nodes
    graph.constants.merge(insertion.constants) { $1 }
    graph.widths.merge(insertion.widths) { $1 }
    for reader in readers { graph.nodes[reader.node].inputs[reader.input] = insertion.output }
  }

  /// Gives what a node writes under a name a new one, so that something else can be written under it.
  ///
  /// - Returns: the new name and the node; nil where no node writes it.
  mutating func renameOutput(_ name: String) -> (name: String, node: Int)? {
    for index in graph.nodes.indices {
      guard let output = graph.nodes[index].outputs.firstIndex(of: name) else { continue }
      let new = fresh(name + "_float")
      graph.nodes[index].outputs[output] = new
      return (new, index)
    }
    return nil
  }

  mutating func setConstant(_ name: String, _ tensor: Tensor) { graph.constants[name] = tensor }

  mutating func setNode(_ index: Int, _ node: Node) { graph.nodes[index] = node }

  /// Lets a node read another value, as one more input where it has not so many.
  mutating func setInput(_ input: Int, of index: Int, to name: String) {
    while graph.nodes[index].inputs.count <= input { graph.nodes[index].inputs.append("") }
    graph.nodes[index].inputs[input] = name
  }

  /// Takes out those of the constants that nothing reads any more.
  mutating func dropUnread(_ constants: Set<String>) {
    if constants.isEmpty { return }
    let read = Set(graph.nodes.flatMap(\.inputs)).union(graph.outputs.map(\.name))
    for name in constants.subtracting(read) { graph.constants[name] = nil }
  }

  /// The graph with all nodes in their places.
  func finished() -> Graph {
    if before.isEmpty { return graph }
    var result = graph
    result.nodes = graph.nodes.indices.flatMap { (before[$0] ?? []) + [graph.nodes[$0]] }
    result.nodes += before[graph.nodes.count] ?? []
    return result
  }
}
