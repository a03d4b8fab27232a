import Graph
import Tensor

extension Relu: NumericEvaluable {
  public func compute<T: NumericElement>(_ type: T.Type, _ inputs: [Tensor?], _ outputs: [Layout]) throws
    -> [Tensor]
  {
    // Written so that NaN stays NaN.
    [try required(inputs, 0).mapped(T.self) { $0 < .zero ? .zero : $0 }]
  }
}
