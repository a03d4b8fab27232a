import Graph
import Tensor

extension IsInf: RealEvaluable {
  public func compute<T: RealElement>(_ type: T.Type, _ inputs: [Tensor?], _ outputs: [Layout]) throws
    -> [Tensor]
  {
    [
      try required(inputs, 0).mapped { (x: T) in
        x.isInfinite && (x < 0 ? detectsNegative : detectsPositive)
      }
    ]
  }
}
