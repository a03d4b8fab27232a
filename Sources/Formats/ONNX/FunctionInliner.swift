import Graph

/// Puts the nodes of functions where they are called, from the outside in, with a list of what is still to do in
/// place of recursion: functions may be nested as deeply as a file likes.
struct FunctionInliner {
  let decoder: ModelDecoder
  let functions: [OperatorType: ModelFunction]
  /// Calls that were replaced and nodes that came of them.
  private var work = 0
  private var calls = 0
  private var nameBytes = 0
  /// What tells names of ours from the file's.
  private var tag = ""

  /// More than this comes of files that are out to fill the memory: calls of calls double at each step.
  private static let workLimit = 250_000
  /// Longer names of calls do not stand before those of their nodes.
  private static let callNameLimit = 256
  /// Bytes that the names of all these nodes' values may have more: calls in calls make them longer at each step.
  private static let nameLimit = 1 << 26

  init(decoder: ModelDecoder, functions: [OperatorType: ModelFunction]) {
    self.decoder = decoder
    self.functions = functions
  }

  /// - Throws: `FormatError` that names a function which calls itself, at once or through others.
  func refuseCircles() throws(FormatError) {
    var callees: [OperatorType: Set<OperatorType>] = [:]
    var callers: [OperatorType: [OperatorType]] = [:]
    for (type, function) in functions {
      let called = Self.types(in: function.nodes).filter { functions[$0] != nil }
      callees[type] = called
      for each in called { callers[each, default: []].append(type) }
    }
    // What calls nothing is taken away, again and again; circles are what is left.
    var free = callees.filter(\.value.isEmpty).map(\.key)
    while let type = free.popLast() {
      callees[type] = nil
      for caller in callers[type] ?? [] {
        callees[caller]?.remove(type)
        if callees[caller]?.isEmpty == true { free.append(caller) }
      }
    }
    if let type = callees.keys.map(\.description).min() {
      throw decoder.fail("function \(type) calls itself, at once or through others")
    }
  }

  /// Operators of nodes, and of the graphs in their attributes.
  static func types(in nodes: [Node]) -> Set<OperatorType> {
    var types: Set<OperatorType> = []
    for node in nodes {
      types.insert(node.type)
      for case .graph(let graph) in node.attributes.values { types.formUnion(Self.types(in: graph.nodes)) }
    }
    return types
  }

  /// Replaces all calls in a graph.
  mutating func expand(_ graph: inout Graph) throws(FormatError) {
    tag = freshTag(graph)
    try expand(&graph, depth: 0, loops: 0)
  }

  /// A word that stands in no name of the file behind a slash, so that names made with it are nobody else's.
  private func freshTag(_ graph: Graph) -> String {
    let names =
      Self.names(in: graph)
      + functions.values.flatMap { function in
        Self.names(in: Graph(nodes: function.nodes)) + function.inputs + function.outputs + [
          function.type.name
        ]
      }
    // What stands between a slash and a dot, looked at once: there may be as many as the file is long.
    let taken = Set(
      names.flatMap { name in
        name.split(separator: "/", omittingEmptySubsequences: false).dropFirst().filter {
          $0.hasPrefix("call")
        }
        .map { $0.prefix { $0 != "." } }
      })
    var tag = "call"
    var number = 1
    while taken.contains(tag[...]) {
      number += 1
      tag = "call\(number)"
    }
    return tag
  }

  private static func names(in graph: Graph) -> [String] {
    var names = Array(graph.constants.keys) + graph.inputs.map(\.name)
    for node in graph.nodes {
      names += node.inputs + node.outputs + [node.name]
      for case .graph(let inner) in node.attributes.values { names += Self.names(in: inner) }
    }
    return names
  }

  private mutating func expand(_ graph: inout Graph, depth: Int, loops: Int) throws(FormatError) {
    guard depth < ModelDecoder.maximumDepth, loops <= ModelDecoder.mostLoops else {
      throw decoder.fail(
        "holds graphs nested deeper than \(ModelDecoder.maximumDepth), or Loops deeper than "
          + "\(ModelDecoder.mostLoops), when its functions are put in place")
    }
    var waiting = Array(graph.nodes.reversed())
    graph.nodes = []
    while var node = waiting.popLast() {
      if let function = functions[node.type] {
        waiting += try body(of: function, for: node).reversed()
        continue
      }
      for (name, attribute) in node.attributes {
        guard case .graph(var inner) = attribute else { continue }
        inner.opsets = graph.opsets
        try expand(&inner, depth: depth + 1, loops: loops + (node.type == "Loop" ? 1 : 0))
        node.attributes[name] = .graph(inner)
      }
      if try !decoder.hoistConstant(node, into: &graph) { graph.nodes.append(node) }
    }
  }

  /// The nodes of a function for one call: its values under names that nothing else has.
  private mutating func body(of function: ModelFunction, for call: Node) throws(FormatError) -> [Node] {
    let size = function.size
    work += 1 + size.nodes
    guard work <= Self.workLimit else {
      throw decoder.fail("comes to more than \(Self.workLimit) nodes when its functions are put in place")
    }
    guard call.inputs.count <= function.inputs.count, call.outputs.count <= function.outputs.count else {
      throw decoder.fail(
        "node '\(call.label)' calls \(function.type) with \(call.inputs.count) inputs and "
          + "\(call.outputs.count) outputs, but that has \(function.inputs.count) and \(function.outputs.count)"
      )
    }
    calls += 1
    // Names of calls in calls grow with each, and every value would carry all of them.
    let isShort = !call.name.isEmpty && call.name.utf8.count <= Self.callNameLimit
    let prefix = "\(isShort ? call.name : function.type.name)/\(tag).\(calls)/"
    nameBytes += prefix.utf8.count * size.names
    guard nameBytes <= Self.nameLimit else {
      throw decoder.fail(
        "comes to names of more than \(Self.nameLimit) bytes when its functions are put in place")
    }
    var values = ["": ""]
    for (index, name) in function.inputs.enumerated() {
      values[name] = index < call.inputs.count ? call.inputs[index] : ""
    }
    var copies: [Node] = []
    for (name, given) in zip(function.outputs, call.outputs) where !given.isEmpty {
      // An input that is handed on, or an output that is given twice, needs a node of its own.
      if let source = values[name] {
        copies.append(Node(name: "", type: "Identity", inputs: [source], outputs: [given]))
      } else {
        values[name] = given
      }
    }
    let place = CallPlace(prefix: prefix, attributes: function.defaults.merging(call.attributes) { $1 })
    return function.nodes.map { renamed($0, values, place) } + copies
  }

  /// What is the same for all of one call's nodes.
  private struct CallPlace {
    /// Stands before the names of what the function computes.
    var prefix: String
    /// Of the call, and those that the function gives where it leaves them out.
    var attributes: [String: Attribute]
  }

  private func renamed(_ node: Node, _ values: [String: String], _ place: CallPlace) -> Node {
    var node = node
    let prefix = place.prefix
    node.name = node.name.isEmpty ? "" : prefix + node.name
    node.inputs = node.inputs.map { values[$0] ?? prefix + $0 }
    node.outputs = node.outputs.map { values[$0] ?? prefix + $0 }
    for (name, attribute) in node.attributes {
      switch attribute {
      case .graph(let graph): node.attributes[name] = .graph(renamed(graph, values, place))
      case .reference(let other): node.attributes[name] = place.attributes[other]
      default: break
      }
    }
    return node
  }

  /// A graph in an attribute reads values of the function around it; its own get the prefix as well.
  private func renamed(_ graph: Graph, _ values: [String: String], _ place: CallPlace) -> Graph {
    var values = values
    let prefix = place.prefix
    for name in graph.inputs.map(\.name) + graph.constants.keys { values[name] = nil }
    for name in graph.nodes.flatMap(\.outputs) where !name.isEmpty { values[name] = nil }
    var graph = graph
    graph.nodes = graph.nodes.map { renamed($0, values, place) }
    graph.constants = Dictionary(uniqueKeysWithValues: graph.constants.map { (prefix + $0.key, $0.value) })
    for index in graph.inputs.indices { graph.inputs[index].name = prefix + graph.inputs[index].name }
    for index in graph.outputs.indices {
      let name = graph.outputs[index].name
      graph.outputs[index].name = values[name] ?? prefix + name
    }
    return graph
  }
}
