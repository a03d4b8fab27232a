import Tensor

/// A graph in an attribute of a node, with what it reads from around it.
public struct InnerGraph: Sendable {
  public private(set) var graph: Graph
  /// Its names for the last inputs of the node.
  public let captures: [String]
  private let attribute: String

  init(_ node: Node, attribute: String) throws(GraphError) {
    guard case .graph(let graph) = node.attributes[attribute] else {
      throw node.invalid(attribute, node.attributes[attribute] == nil ? "is missing" : "is not a graph")
    }
    self.graph = graph
    self.attribute = attribute
    captures = node.captures
  }

  /// The facts of all values.
  ///
  /// - Parameters:
  ///   - inputs: of the node.
  ///   - own: of the graph's own inputs, in their order.
  /// - Throws: `Mismatch` that names the node inside.
  public func typed(captured inputs: [Facts?], own: [Facts] = []) throws(Mismatch) -> TypedGraph {
    var given: [String: Facts] = [:]
    for (name, facts) in zip(captures, inputs.suffix(captures.count)) { given[name] = facts ?? .unknown }
    for (input, facts) in zip(graph.inputs, own) { given[input.name] = facts }
    do {
      return try graph.typed(given: given, lenient: true)
    } catch {
      throw Mismatch("in its \(attribute): \(error)")
    }
  }

  /// The weights of the graph's layers, which are among the node's inputs.
  func weightSlots(captured inputs: [Facts?], own: [Facts] = []) -> [WeightSlot] {
    let first = inputs.count - captures.count
    let places = Dictionary(zip(captures, first...)) { place, _ in place }
    var inner = self
    for case (let name, let facts?) in zip(captures, inputs.suffix(captures.count)) where facts.isFixed {
      inner.graph.constants[name] = facts.constant ?? facts.placeholder
    }
    guard let typed = try? inner.typed(captured: inputs, own: own) else { return [] }
    return typed.layers().compactMap { layer in
      guard let weight = places[layer.weight] else { return nil }
      return WeightSlot(
        weight: weight, bias: layer.bias.flatMap { places[$0] }, data: nil, outputAxis: layer.slot.outputAxis,
        inputAxis: layer.slot.inputAxis, role: layer.name, type: layer.type)
    }
  }

  func outputs(captured inputs: [Facts?], own: [Facts] = []) throws(Mismatch) -> [Facts] {
    let typed = try typed(captured: inputs, own: own)
    return graph.outputs.map { output in
      let facts = typed.facts[output.name] ?? .unknown
      // What the file says of an output helps where it cannot be inferred.
      return facts.dtype == nil ? Facts(dtype: output.dtype, dims: facts.dims ?? output.dims) : facts
    }
  }

  /// Multiply-accumulates of one run; unknown where they are, or where the graph does not fit.
  func macs(captured inputs: [Facts?], own: [Facts] = []) -> Dim {
    guard let typed = try? typed(captured: inputs, own: own) else { return .unknown }
    return typed.macs
  }
}

extension Facts {
  /// A tensor of zeros in the place of a fixed value that is not known here, such as a weight behind a DequantizeLinear
  /// outside: it has the value's shape, and takes no memory. nil where the value is larger than any weight.
  fileprivate var placeholder: Tensor? {
    guard let dtype, let sizes, sizes.count >= 2, let count, count <= largestPlaceholder,
      let storage = Storage(zeros: dtype.byteCount(of: count))
    else { return nil }
    return Tensor(dtype: dtype, shape: Shape(sizes), storage: storage)
  }
}

/// In elements.
private let largestPlaceholder = 1 << 36

extension TypedGraph {
  /// Multiply-accumulates of one run.
  var macs: Dim {
    graph.nodes.indices.reduce(Dim(0)) { sum, index in
      guard let op = operators[index] else { return .unknown }
      return sum + op.macs(inputs(of: index), outputs(of: index))
    }
  }
}
