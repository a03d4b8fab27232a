/// The name of an operator within its domain; ONNX's own domain is the empty one.
public struct OperatorType: Hashable, Sendable, CustomStringConvertible, ExpressibleByStringLiteral {
  public let domain: String
  public let name: String

  public init(_ name: String, domain: String = "") {
    self.name = name
    self.domain = domain == "ai.onnx" ? "" : domain
  }

  public init(stringLiteral name: String) { self.init(name) }

  public var description: String { domain.isEmpty ? name : "\(domain).\(name)" }
}

/// One operation of a graph: an operator, its attributes, and the names of the values it reads and writes.
public struct Node: Sendable {
  public var name: String
  public var type: OperatorType
  /// An empty name stands for an optional input that is left out.
  public var inputs: [String]
  public var outputs: [String]
  public var attributes: [String: Attribute]

  public init(
    name: String, type: OperatorType, inputs: [String], outputs: [String],
    attributes: [String: Attribute] = [:]
  ) {
    self.name = name
    self.type = type
    self.inputs = inputs
    self.outputs = outputs
    self.attributes = attributes
  }

  /// What to call the node in a message: its name, or its first output where it has none.
  public var label: String { name.isEmpty ? outputs.first ?? type.description : name }

  /// The name of input `index`, nil where it is left out.
  public func input(_ index: Int) -> String? {
    inputs.indices.contains(index) && !inputs[index].isEmpty ? inputs[index] : nil
  }
}
