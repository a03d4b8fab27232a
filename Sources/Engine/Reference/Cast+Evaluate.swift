import Graph
import Tensor

extension Cast: Evaluable {
  public func evaluate(_ inputs: [Tensor?]) throws -> [Tensor] {
    [try required(inputs, 0).converted(to: target, saturating: saturates)]
  }
}
