import Graph
import Tensor

/// An operator that can be computed the plain way: one output element after another, as its definition says.
///
/// Slow, and there to be right: the engine's fast kernels are tested against it, and it serves the operators
/// that have no fast one.
public protocol Evaluable: Operator {
  /// - Parameter inputs: in the node's order, nil for an input that is left out.
  /// - Returns: the outputs in the node's order, trailing optional ones may be missing.
  /// - Throws: `EngineError.unsupported` for an element type that it does not compute.
  func evaluate(_ inputs: [Tensor?]) throws -> [Tensor]
}
