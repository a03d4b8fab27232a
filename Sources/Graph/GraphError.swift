/// What can be wrong with a graph. Each says which node it is about; whoever knows the file adds its name.
public enum GraphError: Error, Hashable, Sendable {
  case unknownOperator(node: String, type: OperatorType)
  case attribute(node: String, type: OperatorType, attribute: String, reason: String)
  case inputs(node: String, type: OperatorType, reason: String)
  case undefined(value: String, node: String)
  case redefined(value: String, node: String)
  case cycle(node: String)
  /// A mistake of the graph as a whole.
  case malformed(String)
}

extension GraphError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .unknownOperator(let node, let type):
      "node '\(node)' uses operator \(type), which Pare does not know"
    case .attribute(let node, let type, let attribute, let reason):
      "attribute '\(attribute)' of \(type) node '\(node)' \(reason)"
    case .inputs(let node, let type, let reason): "\(type) node '\(node)': \(reason)"
    case .undefined(let value, let node): "node '\(node)' reads '\(value)', which nothing writes"
    case .redefined(let value, let node): "node '\(node)' writes '\(value)', which is written already"
    case .cycle(let node): "node '\(node)' depends on its own output"
    case .malformed(let reason): reason
    }
  }
}
