import Graph
import Tensor

extension Erf: RealEvaluable {
  public func compute<T: RealElement>(_ type: T.Type, _ inputs: [Tensor?], _ outputs: [Layout]) throws
    -> [Tensor]
  {
    [try required(inputs, 0).mapped(T.self) { T.errorFunction($0) }]
  }
}
