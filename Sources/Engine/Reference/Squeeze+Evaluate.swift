import Graph
import Tensor

extension Squeeze: Evaluable {
  public func evaluate(_ inputs: [Tensor?]) throws -> [Tensor] {
    [try required(inputs, 0).reshaped(try layouts(inputs)[0].shape)]
  }
}
