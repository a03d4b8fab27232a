extension Graph {
  /// The index of the node that writes each value.
  public var producers: [String: Int] {
    var producers: [String: Int] = [:]
    for (index, node) in nodes.enumerated() {
      for output in node.outputs where !output.isEmpty { producers[output] = index }
    }
    return producers
  }

  /// The indices of the nodes that read each value, in order; a node that reads it twice stands twice.
  public var consumers: [String: [Int]] {
    var consumers: [String: [Int]] = [:]
    for (index, node) in nodes.enumerated() {
      for input in node.inputs where !input.isEmpty { consumers[input, default: []].append(index) }
    }
    return consumers
  }

  /// The same graph with its nodes in an order in which values are written before they are read; nodes
  /// that are in order already keep theirs.
  ///
  /// - Throws: `GraphError` where a value is read but never written, written twice, or depends on itself.
  /// - Complexity: linear in nodes and their inputs.
  public func sorted() throws(GraphError) -> Graph { try sorted(given: []) }

  /// The same for a graph that reads values `given` from around it.
  func sorted(given: [String]) throws(GraphError) -> Graph {
    var writers: [String: Int] = [:]
    for (index, node) in nodes.enumerated() {
      for output in node.outputs where !output.isEmpty {
        if writers[output] != nil || constants[output] != nil {
          throw .redefined(value: output, node: node.label)
        }
        writers[output] = index
      }
    }
    var known = Set(inputs.map(\.name))
    for name in constants.keys { known.insert(name) }
    known.formUnion(given)

    // Depth first, with a stack of our own: a chain of 10,000 nodes must not overflow the program's.
    enum Mark { case new, open, done }
    var marks = [Mark](repeating: .new, count: nodes.count)
    var order: [Int] = []
    for root in nodes.indices where marks[root] == .new {
      var stack = [(node: root, next: 0)]
      marks[root] = .open
      while let (index, next) = stack.last {
        let node = nodes[index]
        guard next < node.inputs.count else {
          marks[index] = .done
          order.append(index)
          stack.removeLast()
          continue
        }
        stack[stack.count - 1].next += 1
        let input = node.inputs[next]
        if input.isEmpty || known.contains(input) { continue }
        guard let writer = writers[input] else { throw .undefined(value: input, node: node.label) }
        switch marks[writer] {
        case .done: continue
        case .open: throw .cycle(node: node.label)
        case .new:
          marks[writer] = .open
          stack.append((writer, 0))
        }
      }
    }
    for output in outputs where writers[output.name] == nil && !known.contains(output.name) {
      throw .undefined(value: output.name, node: "output")
    }
    var sorted = self
    sorted.nodes = order.map { nodes[$0] }
    return sorted
  }

  /// Without nodes and constants that no output needs.
  public func pruningUnused() -> Graph {
    var needed = Set(outputs.map(\.name))
    var kept: [Node] = []
    for node in nodes.reversed() where node.outputs.contains(where: needed.contains) {
      needed.formUnion(node.inputs)
      kept.append(node)
    }
    var graph = self
    graph.nodes = kept.reversed()
    graph.constants = constants.filter { needed.contains($0.key) }
    graph.widths = widths.filter { needed.contains($0.key) }
    return graph
  }
}
