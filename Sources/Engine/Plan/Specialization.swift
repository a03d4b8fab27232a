import Graph
import Tensor

/// A graph made ready for inputs of certain shapes: what depends on constants alone is computed, branches whose
/// condition is known are taken, and what is left is cut where a size depends on what is computed before.
struct Specialization {
  /// The nodes that can be planned now: all their values have known sizes.
  private(set) var nodes: [Node] = []
  private(set) var operators: [any Operator] = []
  /// Nodes whose inputs are known after these, but not the sizes of their outputs.
  private(set) var open: [Node] = []
  /// Nodes that need what an open one gives, or wait for a condition.
  private(set) var rest: [Node] = []
  private let graph: Graph
  private var typing: Typing
  private var constants: [String: Tensor]
  private var waiting: Set<String> = []
  private var names: UniqueNames?

  /// - Parameters:
  ///   - graph: in the order of its nodes; its inputs have known types and sizes.
  /// - Throws: `GraphError` or `EngineError`, which name the node.
  init(_ graph: Graph) throws {
    self.graph = graph
    typing = Typing(graph)
    constants = graph.constants
    var work = Array(graph.nodes.reversed())
    while let node = work.popLast() { try take(node, &work) }
  }

  private mutating func take(_ node: Node, _ work: inout [Node]) throws {
    if node.inputs.contains(where: waiting.contains) { return wait(node) }
    let op = try typing.add(node)
    if let choice = op as? If {
      guard let condition = constants[node.inputs[0]] else { return wait(node) }
      // A condition may be computed from constants without its facts saying so.
      let branch = If.isTrue(condition) ? choice.thenBranch : choice.elseBranch
      work.append(contentsOf: inlined(branch, as: node).reversed())
      return
    }
    if try fold(node, op) { return }
    let isKnown = node.outputs.allSatisfy { $0.isEmpty || typing.facts[$0]?.sizes != nil }
    if isKnown && !(op is Loop) {
      nodes.append(node)
      operators.append(op)
    } else {
      open.append(node)
      waiting.formUnion(node.outputs)
    }
  }

  private mutating func wait(_ node: Node) {
    rest.append(node)
    waiting.formUnion(node.outputs)
  }

  /// Computes now what depends on constants alone.
  private mutating func fold(_ node: Node, _ op: any Operator) throws -> Bool {
    let known = node.outputs.map { name -> Tensor? in
      guard let facts = typing.facts[name] else { return nil }
      if let constant = facts.constant { return constant }
      guard let elements = facts.integers, let sizes = facts.sizes, facts.dtype == .int64 else { return nil }
      return Tensor(elements.map { Int64($0) }, shape: Shape(sizes))
    }
    if !known.contains(where: { $0 == nil }) {
      for (name, tensor) in zip(node.outputs, known) { define(name, tensor!) }
      return true
    }
    let arguments = node.inputs.map { $0.isEmpty ? nil : constants[$0] }
    guard zip(node.inputs, arguments).allSatisfy({ $0.isEmpty || $1 != nil }) else { return false }
    guard let evaluable = op as? any Evaluable else { return false }
    for (name, result) in zip(node.outputs, try evaluable.evaluate(arguments, at: node)) {
      define(name, result)
    }
    return true
  }

  private mutating func define(_ name: String, _ tensor: Tensor) {
    if name.isEmpty { return }
    constants[name] = tensor
    typing.facts[name] = Facts(tensor)
  }

  /// A branch's nodes with names of their own, and what hands its results on.
  private mutating func inlined(_ branch: InnerGraph, as node: Node) -> [Node] {
    var names = self.names ?? UniqueNames(graph)
    defer { self.names = names }
    var renamed = Dictionary(node.captured.map { ($0, $1) }) { first, _ in first }
    for (name, tensor) in branch.graph.constants {
      let own = names.make(name)
      renamed[name] = own
      define(own, tensor)
    }
    for output in branch.graph.nodes.lazy.flatMap(\.outputs) where !output.isEmpty {
      renamed[output] = names.make(output)
    }
    var inlined = branch.graph.nodes.map { inner in
      var inner = inner
      inner.name = "\(node.label)/\(inner.label)"
      inner.inputs = inner.inputs.map { renamed[$0] ?? $0 }
      inner.outputs = inner.outputs.map { renamed[$0] ?? $0 }
      return inner
    }
    for (output, inner) in zip(node.outputs, branch.graph.outputs) where !output.isEmpty {
      inlined.append(
        Node(
          name: node.label, type: "Identity", inputs: [renamed[inner.name] ?? inner.name], outputs: [output]))
    }
    return inlined
  }

  // MARK: What comes of it

  /// Names of the values that open nodes and the rest read, or that are outputs.
  private var wanted: Set<String> {
    var wanted = Set(graph.outputs.map(\.name))
    for node in open { wanted.formUnion(node.inputs) }
    for node in rest { wanted.formUnion(node.inputs) }
    return wanted
  }

  /// What can be planned now: its outputs are the values that are computed here and wanted later.
  func planned() -> TypedGraph {
    let wanted = wanted
    var planned = graph
    planned.nodes = nodes
    planned.outputs = []
    let given = graph.inputs.map(\.name) + nodes.flatMap(\.outputs)
    for name in given where !name.isEmpty && wanted.contains(name) {
      planned.outputs.append(
        ValueInfo(name: name, dtype: typing.facts[name]?.dtype, dims: typing.facts[name]?.dims))
    }
    let outputs = Set(graph.outputs.map(\.name))
    let read = Set(nodes.flatMap(\.inputs))
    planned.constants = constants.filter { read.contains($0.key) || outputs.contains($0.key) }
    for name in outputs where constants[name] != nil {
      planned.outputs.append(ValueInfo(name: name, dtype: constants[name]?.dtype, dims: nil))
    }
    return TypedGraph(graph: planned, operators: operators, facts: typing.facts)
  }

  /// The constants that open nodes and the rest read.
  var laterConstants: [String: Tensor] {
    let wanted = wanted
    return constants.filter { wanted.contains($0.key) }
  }
}
