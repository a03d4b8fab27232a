import Graph
import Tensor

extension CastLike: Evaluable {
  public func evaluate(_ inputs: [Tensor?]) throws -> [Tensor] {
    [try required(inputs, 0).converted(to: try required(inputs, 1).dtype, saturating: saturates)]
  }
}
