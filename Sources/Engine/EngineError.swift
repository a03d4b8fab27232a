import Graph

/// What can go wrong while a graph is prepared or run.
public enum EngineError: Error, Sendable, CustomStringConvertible {
  /// An operator, or one of its forms, that cannot be computed.
  case unsupported(node: String, reason: String)
  /// An input that is missing or does not fit.
  case input(String, reason: String)
  /// A library's call failed.
  case library(node: String, operation: String, status: String)
  case cancelled

  public var description: String {
    switch self {
    case .unsupported(let node, let reason): "node '\(node)': \(reason)"
    case .input(let name, let reason): "input '\(name)': \(reason)"
    case .library(let node, let operation, let status):
      "node '\(node)': oneDNN's \(operation) failed: \(status)"
    case .cancelled: "cancelled"
    }
  }
}
