import Graph

extension Graph {
  /// How often a value is read, by nodes and from outside.
  func readings(of value: String) -> Int {
    nodes.reduce(outputs.count { $0.name == value }) { $0 + $1.inputs.count { $0 == value } }
  }
}
