import Tensor

/// Typed access to attributes, with ONNX's defaults given by the caller.
extension Node {
  public func int(_ name: String) throws(GraphError) -> Int? {
    switch attributes[name] {
    case nil: nil
    case .int(let value): value
    default: throw .attribute(node: label, type: type, attribute: name, reason: "is not an integer")
    }
  }

  public func int(_ name: String, default value: Int) throws(GraphError) -> Int { try int(name) ?? value }

  public func bool(_ name: String, default value: Bool) throws(GraphError) -> Bool {
    try int(name).map { $0 != 0 } ?? value
  }

  public func float(_ name: String) throws(GraphError) -> Float? {
    switch attributes[name] {
    case nil: nil
    case .float(let value): value
    default: throw .attribute(node: label, type: type, attribute: name, reason: "is not a number")
    }
  }

  public func float(_ name: String, default value: Float) throws(GraphError) -> Float {
    try float(name) ?? value
  }

  public func string(_ name: String) throws(GraphError) -> String? {
    switch attributes[name] {
    case nil: nil
    case .string(let value): value
    default: throw .attribute(node: label, type: type, attribute: name, reason: "is not a string")
    }
  }

  public func ints(_ name: String) throws(GraphError) -> [Int]? {
    switch attributes[name] {
    case nil: nil
    case .ints(let values): values
    // An empty list is written without any element, and so without saying of what.
    case .floats(let values) where values.isEmpty: []
    default: throw .attribute(node: label, type: type, attribute: name, reason: "is not a list of integers")
    }
  }

  public func floats(_ name: String) throws(GraphError) -> [Float]? {
    switch attributes[name] {
    case nil: nil
    case .floats(let values): values
    case .ints(let values) where values.isEmpty: []
    default: throw .attribute(node: label, type: type, attribute: name, reason: "is not a list of numbers")
    }
  }

  public func strings(_ name: String) throws(GraphError) -> [String]? {
    switch attributes[name] {
    case nil: nil
    case .strings(let values): values
    case .ints(let values) where values.isEmpty: []
    default: throw .attribute(node: label, type: type, attribute: name, reason: "is not a list of strings")
    }
  }

  public func tensor(_ name: String) throws(GraphError) -> Tensor? {
    switch attributes[name] {
    case nil: nil
    case .tensor(let value): value
    default: throw .attribute(node: label, type: type, attribute: name, reason: "is not a tensor")
    }
  }

  /// For an operator's initialiser: this attribute's value makes no sense.
  public func invalid(_ attribute: String, _ reason: String) -> GraphError {
    .attribute(node: label, type: type, attribute: attribute, reason: reason)
  }
}
