import Graph
import Tensor

/// An operator that gradients pass through.
///
/// One file in `Training/Operators` for each, or for each family.
protocol Trainable: Operator {
  /// Adds what the node does, forwards and backwards, to a tape.
  ///
  /// - Returns: false where this form of the operator has no backward pass. Nothing may have been added by then.
  func tape(_ node: Node, on tape: Tape) throws -> Bool

  /// Whether the attributes and the inputs that are there allow it, as far as can be told without shapes.
  func isTrainable(_ node: Node, in graph: Graph) -> Bool
}

extension Trainable {
  func isTrainable(_ node: Node, in graph: Graph) -> Bool { true }
}
