import Foundation
import Graph
import Tensor

/// An operator that makes of the elements along some axes as many others. They are computed in `Double` and rounded once.
public protocol AxisNormalizationEvaluable: AxisNormalization, RealEvaluable {
  /// - Parameter values: one element or more, in row-major order.
  func normalized(_ values: [Double]) -> [Double]
}

extension AxisNormalizationEvaluable {
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
          for row in 0..<outer * inner {
            let first = row / inner * count * inner + row % inner
            let values = normalized((0..<count).map { source[first + $0 * inner].real })
            for (k, value) in values.enumerated() {
              target.initializeElement(at: first + k * inner, to: T(rounding: value))
            }
          }
        }
      ]
    }
  }
}

extension [Double] {
  /// The logarithm of the sum of exponentials. The greatest is taken off, so that none overflows.
  var logSumExp: Double {
    let greatest = self.max() ?? -.infinity
    // Of none, of infinities and of NaN it is what it is.
    guard greatest.isFinite else { return reduce(-.infinity) { Double.greater($0, $1) } }
    return greatest + log(reduce(0) { $0 + exp($1 - greatest) })
  }
}
