import Graph
import Tensor

extension IsNaN: RealEvaluable {
  public func compute<T: RealElement>(_ type: T.Type, _ inputs: [Tensor?], _ outputs: [Layout]) throws
    -> [Tensor]
  {
    [try required(inputs, 0).mapped { (x: T) in x.isNaN }]
  }
}
