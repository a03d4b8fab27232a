import Graph

/// Two models that read the same inputs, as one graph: so that one run gives the values of both on the same samples.
struct TwinGraph {
  let graph: Graph
  private let mark: String
  private let shared: Set<String>

  /// - Parameter other: has the inputs of `graph`; its values get other names.
  init(_ graph: Graph, and other: Graph) {
    shared = Set(graph.inputs.map(\.name)).union([""])
    let names = Set(graph.constants.keys).union(graph.nodes.flatMap(\.outputs)).union(shared)
    var mark = "pruned:"
    while names.contains(where: { $0.hasPrefix(mark) }) { mark += ":" }
    self.mark = mark
    var twins = graph
    for var node in other.nodes {
      node.name = mark + node.name
      node.inputs = node.inputs.map { [shared] in shared.contains($0) ? $0 : mark + $0 }
      node.outputs = node.outputs.map { $0.isEmpty ? $0 : mark + $0 }
      twins.nodes.append(node)
    }
    for (name, tensor) in other.constants { twins.constants[mark + name] = tensor }
    for (name, width) in other.widths { twins.widths[mark + name] = width }
    self.graph = twins
  }

  /// What a value of the other graph is called.
  func other(_ value: String) -> String { shared.contains(value) ? value : mark + value }
}
