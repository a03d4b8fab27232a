import Graph
import Tensor

/// A graph after cuts, known by inference from the sizes of the shortened constants.
struct ShortenedGraph: Sendable {
  /// Of every value; constants that were cut have sizes only.
  private(set) var facts: [String: Facts]
  private(set) var operators: [(any Operator)?]
  /// What changes in nodes that have sizes written down, by the index of the node.
  private(set) var changes: [Int: SizeChange] = [:]
  /// Nodes whose inputs or outputs have other sizes than before.
  private(set) var touched: Set<Int> = []

  /// - Parameter removing: names of the layers whose channels go, for messages.
  /// - Throws: `CompressionError.layer` where a node does not follow.
  init(_ typed: TypedGraph, cuts: [String: Cuts], removing: [String]) throws(CompressionError) {
    let graph = typed.graph
    facts = typed.facts
    operators = typed.operators
    func refuse(_ node: Node, _ reason: String) -> CompressionError {
      .layer(
        removing.joined(separator: "', '"),
        reason: "channels cannot be removed: \(node.type) node '\(node.label)' \(reason)")
    }
    func expected(_ name: String) -> [Dim]? {
      guard var dims = typed.facts[name]?.dims else { return nil }
      for (axis, positions) in cuts[name]?.positions ?? [:] {
        guard let size = dims[axis].value else { return nil }
        dims[axis] = Dim(size - positions.count)
      }
      return dims
    }
    var changed: Set<String> = []
    for name in cuts.keys where graph.constants[name] != nil {
      facts[name] = Facts(dtype: typed.facts[name]?.dtype, dims: expected(name))
      changed.insert(name)
    }
    changes = Self.computedSizes(typed, cuts: cuts, expected)
    for (index, node) in graph.nodes.enumerated()
    where changes[index] != nil || node.inputs.contains(where: changed.contains) {
      guard var op = operators[index] else { continue }
      touched.insert(index)
      var inputs = node.inputs.map { $0.isEmpty ? nil : facts[$0] ?? Facts.unknown }
      do {
        var wanted = changes[index]
        if let follower = op as? any SizeFollowing {
          wanted = follower.following(
            node, old: typed.inputs(of: index), new: inputs,
            outputs: node.outputs.map { (typed.facts[$0]?.dims, expected($0)) })
        } else if let follower = op as? any PositionFollowing {
          wanted = follower.following(
            node, old: typed.inputs(of: index), gone: node.input(0).flatMap { cuts[$0]?.positions } ?? [:])
        }
        if var change = wanted {
          // What is computed follows by itself, and may be known only because the facts are for one sample.
          change.constants = change.constants.filter { input, _ in
            node.input(input).map { graph.constants[$0] != nil } ?? false
          }
          if !change.isEmpty {
            changes[index] = change
            op = try OperatorRegistry.resolve(node.applying(change), in: graph)
            operators[index] = op
            for (input, tensor) in change.constants { inputs[input] = Facts(tensor) }
          }
        }
        for (name, output) in zip(node.outputs, try op.infer(inputs)) where !name.isEmpty {
          guard output.dims == expected(name) else { throw Mismatch("does not follow") }
          facts[name] = output
          changed.insert(name)
        }
      } catch let error as Mismatch {
        throw refuse(node, "does not follow: \(error.reason)")
      } catch {
        throw refuse(node, "does not follow: \(error)")
      }
    }
  }

  /// Changes of the nodes that put sizes together for others, by the index of the node. All that read such sizes are
  /// inferred anew, so that one which cannot follow is found.
  private static func computedSizes(
    _ typed: TypedGraph, cuts: [String: Cuts], _ expected: (String) -> [Dim]?
  ) -> [Int: SizeChange] {
    var makers: [String: Int] = [:]
    var changes: [Int: SizeChange] = [:]
    for (index, node) in typed.graph.nodes.enumerated() {
      for name in node.outputs { makers[name] = index }
      guard typed.operators[index] is Reshape || typed.operators[index] is Expand,
        let output = node.outputs.first, cuts[output] != nil,
        let old = typed.facts[output]?.dims, let new = expected(output),
        let sizes = ComputedSizes(input: 1, of: node, in: typed, makers: makers, old: old, new: new)
      else { continue }
      changes[sizes.node] = sizes.change
    }
    return changes
  }
}

extension Node {
  /// With the attributes of a change; its constants are for the graph to replace.
  func applying(_ change: SizeChange) -> Node {
    var node = self
    node.attributes.merge(change.attributes) { $1 }
    return node
  }
}
