import Graph
import Tensor

extension Softmax: RealEvaluable {
  public func compute<T: RealElement>(_ type: T.Type, _ inputs: [Tensor?], _ outputs: [Layout]) throws
    -> [Tensor]
  {
    let x = try required(inputs, 0)
    let axes = try normalizedAxes(rank: x.shape.rank)
    let outer = x.shape.dims[..<axes.lowerBound].reduce(1, *)
    let count = x.shape.dims[axes].reduce(1, *)
    let inner = x.shape.dims[axes.upperBound...].reduce(1, *)
    return x.withElements(of: T.self) { source in
      [
        Tensor(of: T.self, shape: x.shape) { target in
          for block in 0..<outer {
            for column in 0..<inner {
              let first = block * count * inner + column
              // The largest is taken off, so that no exponential overflows.
              var largest = T.lowest
              for k in 0..<count { largest = max(largest, source[first + k * inner]) }
              var sum: T = 0
              for k in 0..<count {
                let value = T.exponential(source[first + k * inner] - largest)
                target.initializeElement(at: first + k * inner, to: value)
                sum += value
              }
              for k in 0..<count { target[first + k * inner] /= sum }
            }
          }
        }
      ]
    }
  }
}
