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
  /// Names by which graphs inside the attributes know the last inputs, one for each: the values that these graphs read
  /// from around them. A file does not list them among the inputs; here they are, so that whoever edits or orders
  /// nodes sees them.
  public var captures: [String]

  public init(
    name: String, type: OperatorType, inputs: [String], outputs: [String],
    attributes: [String: Attribute] = [:], captures: [String] = []
  ) {
    self.name = name
    self.type = type
    self.inputs = inputs
    self.outputs = outputs
    self.attributes = attributes
    self.captures = captures
  }

  /// The inputs that a file lists.
  public var ownInputs: ArraySlice<String> { inputs.dropLast(captures.count) }

  /// What graphs inside the attributes read from around them: their own name for it, and the value's.
  public var captured: Zip2Sequence<[String], ArraySlice<String>> {
    zip(captures, inputs.suffix(captures.count))
  }

  /// What to call the node in a message: its name, or its first output where it has none.
  public var label: String { name.isEmpty ? outputs.first ?? type.description : name }

  /// The name of input `index`, nil where it is left out.
  public func input(_ index: Int) -> String? {
    inputs.indices.contains(index) && !inputs[index].isEmpty ? inputs[index] : nil
  }
}
