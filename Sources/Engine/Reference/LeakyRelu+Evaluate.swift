import Graph
import Tensor

extension LeakyRelu: RealEvaluable {
  public func compute<T: RealElement>(_ type: T.Type, _ inputs: [Tensor?], _ outputs: [Layout]) throws
    -> [Tensor]
  {
    let alpha = T(alpha)
    return [try required(inputs, 0).mapped(T.self) { $0 < 0 ? alpha * $0 : $0 }]
  }
}
