import Graph
import Tensor

extension GlobalAveragePool: RealEvaluable {
  public func compute<T: RealElement>(_ type: T.Type, _ inputs: [Tensor?], _ outputs: [Layout]) throws
    -> [Tensor]
  {
    let x = try required(inputs, 0)
    let size = x.shape.inner(of: 1)
    return x.withElements(of: T.self) { source in
      [
        Tensor(of: T.self, shape: outputs[0].shape) { target in
          for index in target.indices {
            let sum = source[index * size..<(index + 1) * size].reduce(0.0) { $0 + Double($1) }
            target.initializeElement(at: index, to: T(sum / Double(size)))
          }
        }
      ]
    }
  }
}
