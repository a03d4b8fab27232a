import Tensor

extension Graph {
  /// Names that nodes or outputs read and nothing here writes, in the order of first use.
  var freeValues: [String] {
    var known = Set(constants.keys).union(inputs.map(\.name))
    for node in nodes { known.formUnion(node.outputs) }
    var free: [String] = []
    for name in nodes.flatMap(\.inputs) + outputs.map(\.name)
    where !name.isEmpty && known.insert(name).inserted {
      free.append(name)
    }
    return free
  }

  /// The nodes, and those of graphs inside them.
  var allNodes: [Node] { nodes.flatMap { node in [node] + node.graphs.flatMap(\.graph.allNodes) } }

  /// Reads other values wherever a name of `names` is read.
  package func reading(_ names: [String: String]) -> Graph {
    if names.isEmpty { return self }
    var graph = self
    for index in nodes.indices {
      for input in nodes[index].inputs.indices {
        if let name = names[nodes[index].inputs[input]] { graph.nodes[index].inputs[input] = name }
      }
    }
    for index in outputs.indices {
      if let name = names[outputs[index].name] { graph.outputs[index].name = name }
    }
    return graph
  }

  /// The graph with what graphs inside its nodes read from around them listed among the nodes' inputs, and with these
  /// graphs' weights among its own constants, so that they are found, counted and changed like all others.
  ///
  /// - Throws: `GraphError` where a graph inside a node is wrong in itself.
  package func capturing() throws(GraphError) -> Graph {
    guard nodes.contains(where: \.holdsGraphs) else { return self }
    var graph = self
    var names = UniqueNames(self)
    for index in nodes.indices where nodes[index].holdsGraphs {
      try graph.capture(at: index, &names)
    }
    return graph
  }

  private mutating func capture(at index: Int, _ names: inout UniqueNames) throws(GraphError) {
    var node = nodes[index]
    var free: [String] = []
    var seen: Set<String> = []
    for (key, attribute) in node.attributes.sorted(by: { $0.key < $1.key }) {
      guard case .graph(let given) = attribute else { continue }
      var inner = try given.capturing()
      var moved: [String: String] = [:]
      for (name, tensor) in inner.constants.sorted(by: { $0.key < $1.key }) where tensor.isWeight {
        let outer = names.make(name)
        constants[outer] = tensor
        widths[outer] = inner.widths[name]
        inner.constants[name] = nil
        inner.widths[name] = nil
        if outer != name { moved[name] = outer }
      }
      inner = inner.reading(moved)
      let read = inner.freeValues
      inner = try inner.sorted(given: read)
      free += read.filter { seen.insert($0).inserted }
      node.attributes[key] = .graph(inner)
    }
    node.inputs += free
    node.captures += free
    nodes[index] = node
  }
}

extension Node {
  /// Whether an attribute is a graph.
  package var holdsGraphs: Bool { !graphs.isEmpty }

  /// The graphs among the attributes, by the attributes' names.
  package var graphs: [(name: String, graph: Graph)] {
    attributes.compactMap { name, attribute in
      if case .graph(let graph) = attribute { (name, graph) } else { nil }
    }.sorted { $0.name < $1.name }
  }
}

extension Tensor {
  /// Whether a constant is more than a size, an axis or a factor.
  fileprivate var isWeight: Bool { shape.rank > 1 || byteCount > 64 }
}

/// Gives names that a graph has nowhere, not in graphs inside it either.
package struct UniqueNames {
  private var taken: Set<String> = []
  /// The last number that a name got.
  private var numbers: [String: Int] = [:]

  package init(_ graph: Graph) { collect(graph) }

  /// `base`, or `base` and a number.
  package mutating func make(_ base: String) -> String {
    var name = base
    var number = numbers[base, default: 1]
    while !taken.insert(name).inserted {
      number += 1
      name = "\(base)_\(number)"
    }
    numbers[base] = number
    return name
  }

  private mutating func collect(_ graph: Graph, isInner: Bool = false) {
    // What is about to leave a graph inside may keep its name if nothing else has it.
    taken.formUnion(
      isInner ? graph.constants.filter { !$1.isWeight }.keys.map(\.self) : Array(graph.constants.keys))
    taken.formUnion(graph.inputs.map(\.name))
    for node in graph.nodes {
      taken.insert(node.name)
      taken.formUnion(node.outputs)
      for (_, inner) in node.graphs { collect(inner, isInner: true) }
    }
  }
}
