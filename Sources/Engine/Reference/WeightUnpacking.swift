import Graph
import Tensor

/// An operator that takes its weights out of the elements of a constant itself, as its slot's `packing` says.
public protocol WeightUnpacking: Operator {
  /// How many weights do not stand for zero.
  ///
  /// - Parameter constants: the node's inputs, nil for those that are computed or left out.
  func nonzeroWeights(_ constants: [Tensor?]) -> Int
}
