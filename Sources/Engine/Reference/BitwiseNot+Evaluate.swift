import Graph
import Tensor

extension BitwiseNot: WholeEvaluable {
  public func compute<T: WholeElement>(_ type: T.Type, _ inputs: [Tensor?], _ outputs: [Layout]) throws
    -> [Tensor]
  {
    [try required(inputs, 0).mapped { (x: T) in ~x }]
  }
}
