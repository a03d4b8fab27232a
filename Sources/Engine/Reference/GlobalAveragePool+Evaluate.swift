import Graph
import Tensor

extension GlobalAveragePool: RealEvaluable {
  public func compute<T: RealElement>(_ type: T.Type, _ inputs: [Tensor?], _ outputs: [Layout]) throws
    -> [Tensor]
  {
    let x = try required(inputs, 0)
    return [
      x.reducingPlanes(T.self, to: outputs[0].shape) { plane in
        T(plane.reduce(0.0) { $0 + Double($1) } / Double(plane.count))
      }
    ]
  }
}
