import Foundation
import Graph
import Tensor

extension GlobalLpPool: RealEvaluable {
  public func compute<T: RealElement>(_ type: T.Type, _ inputs: [Tensor?], _ outputs: [Layout]) throws
    -> [Tensor]
  {
    let norm = PowerNorm(power)
    let x = try required(inputs, 0)
    return [
      x.reducingPlanes(T.self, to: outputs[0].shape) { plane in
        T(norm.root(plane.reduce(0) { $0 + norm.term(Double($1)) }))
      }
    ]
  }
}

/// The parts of a p-norm.
struct PowerNorm {
  private let power: Double

  init(_ power: Int) { self.power = Double(power) }

  func term(_ x: Double) -> Double { pow(abs(x), power) }
  func root(_ sum: Double) -> Double { pow(sum, 1 / power) }
}
