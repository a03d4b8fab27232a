import Tensor

extension Graph {
  /// Fingerprint of all that decides what the graph computes and how its parts are called: inputs, outputs,
  /// nodes, attributes, constants, operator sets and widths.
  ///
  /// - Complexity: linear in the bytes of the constants.
  public var contentHash: ContentHash {
    var parts: [ContentHash] = []
    for value in inputs + outputs {
      parts.append(ContentHash("\(value.name)|\(value.dtype?.rawValue ?? 0)|\(value.dims ?? [])"))
    }
    parts.append(ContentHash("\(inputs.count)|\(opsets.sorted { $0.key < $1.key })"))
    for node in nodes {
      parts.append(ContentHash("\(node.name)|\(node.type)|\(node.inputs)|\(node.outputs)"))
      if !node.captures.isEmpty { parts.append(ContentHash("captures \(node.captures)")) }
      for (name, attribute) in node.attributes.sorted(by: { $0.key < $1.key }) {
        parts.append(ContentHash(name))
        parts.append(attribute.contentHash)
      }
    }
    for (name, tensor) in constants.sorted(by: { $0.key < $1.key }) {
      parts.append(ContentHash("\(name)|\(widths[name] ?? 0)"))
      parts.append(tensor.contentHash)
    }
    return ContentHash(parts)
  }
}

extension Attribute {
  /// Fingerprint of kind and value.
  public var contentHash: ContentHash {
    switch self {
    case .int(let value): ContentHash("int \(value)")
    case .float(let value): ContentHash("float \(value.bitPattern)")
    case .string(let value): ContentHash("string \(value)")
    case .tensor(let value): value.contentHash
    case .graph(let value): value.contentHash
    case .ints(let values): ContentHash("ints \(values)")
    case .floats(let values): ContentHash("floats \(values.map(\.bitPattern))")
    case .strings(let values): ContentHash("strings \(values)")
    case .reference(let name): ContentHash("reference \(name)")
    case .unsupported(let kind): ContentHash("unsupported \(kind)")
    }
  }
}
