import Graph
import Tensor

extension Reshape: Evaluable {
  public func evaluate(_ inputs: [Tensor?]) throws -> [Tensor] {
    [try required(inputs, 0).reshaped(try layouts(inputs)[0].shape)]
  }
}
