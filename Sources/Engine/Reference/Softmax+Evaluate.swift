import Foundation
import Graph

extension Softmax: AxisNormalizationEvaluable {
  public func normalized(_ values: [Double]) -> [Double] {
    // The greatest is taken off, so that no exponential overflows.
    let greatest = values.max() ?? 0
    let powers = values.map { exp($0 - greatest) }
    let sum = powers.reduce(0, +)
    return powers.map { $0 / sum }
  }
}
