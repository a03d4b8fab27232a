import Graph
import Tensor

/// What the values of a plan are computed from, each as a hash: of operators, attributes, weights, and the plan's
/// inputs. Two plans that give a value the same one compute it by the same steps from the same numbers.
///
/// What lies behind a value has no part in it, unless a step takes it in.
struct Fingerprints {
  private var names: [String: ContentHash] = [:]
  private let constants: [String: Tensor]
  private let opsets: ContentHash

  init(_ graph: Graph) {
    constants = graph.constants
    opsets = ContentHash("\(graph.opsets.sorted { $0.key < $1.key })")
    for input in graph.inputs {
      names[input.name] = ContentHash("input \(input.name) \(input.dtype?.rawValue ?? 0) \(input.dims ?? [])")
    }
  }

  /// Takes in nodes that were planned together, and gives their results fingerprints.
  ///
  /// - Parameter nodes: the first is the one that was lowered; the others it took in.
  /// - Returns: the fingerprint of their work.
  mutating func add(_ nodes: [Node]) -> ContentHash {
    var inner: [String: String] = [:]
    for (index, node) in nodes.enumerated() {
      for (place, output) in node.outputs.enumerated() { inner[output] = "\(index).\(place)" }
    }
    var parts = [opsets]
    for node in nodes {
      parts.append(ContentHash("\(node.type) \(node.outputs.count) \(node.captures)"))
      for (name, attribute) in node.attributes.sorted(by: { $0.key < $1.key }) {
        parts += [ContentHash(name), attribute.contentHash]
      }
      for input in node.inputs { parts.append(self[input] ?? ContentHash("inner \(inner[input] ?? "")")) }
    }
    let work = ContentHash(parts)
    for (output, place) in inner { names[output] = ContentHash([work, ContentHash(place)]) }
    return work
  }

  /// The fingerprint of a value; nil where it is not known yet.
  private subscript(name: String) -> ContentHash? {
    mutating get {
      if let known = names[name] { return known }
      guard let tensor = constants[name] else { return nil }
      let hash = tensor.contentHash
      names[name] = hash
      return hash
    }
  }
}
