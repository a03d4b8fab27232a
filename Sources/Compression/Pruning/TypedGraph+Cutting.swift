import Graph
import Tensor

extension TypedGraph {
  /// The facts of every value after cuts, by inference from the shortened constants.
  ///
  /// - Throws: `CompressionError.layer` for the first of `removing` where a node does not follow: a Reshape to sizes
  ///   that are written down, say.
  func facts(after cuts: [String: Cuts], removing: [String]) throws(CompressionError) -> [String: Facts] {
    if cuts.isEmpty { return facts }
    var new = facts
    func expected(_ name: String) -> [Dim]? {
      guard var dims = facts[name]?.dims else { return nil }
      for (axis, positions) in cuts[name]?.positions ?? [:] {
        guard let size = dims[axis].value else { return nil }
        dims[axis] = Dim(size - positions.count)
      }
      return dims
    }
    var changed: Set<String> = []
    for name in cuts.keys where graph.constants[name] != nil {
      new[name] = Facts(dtype: facts[name]?.dtype, dims: expected(name))
      changed.insert(name)
    }
    for (index, node) in graph.nodes.enumerated() where node.inputs.contains(where: changed.contains) {
      guard let op = operators[index] else { continue }
      let inputs = node.inputs.map { $0.isEmpty ? nil : new[$0] ?? Facts.unknown }
      var reason: String?
      do {
        for (name, output) in zip(node.outputs, try op.infer(inputs)) where !name.isEmpty {
          if output.dims != expected(name) { reason = "keeps the old size" }
          new[name] = output
          changed.insert(name)
        }
      } catch {
        reason = error.reason
      }
      if let reason {
        throw .layer(
          removing.first ?? "",
          reason: "channels cannot be removed: \(node.type) node '\(node.label)' \(reason)")
      }
    }
    return new
  }
}
