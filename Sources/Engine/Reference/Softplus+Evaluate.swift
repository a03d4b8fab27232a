import Foundation
import Graph

extension Softplus: RealFunction {
  public func value(_ x: Double) -> Double { Self.value(x) }

  /// `log(1 + exp(x))`, which neither overflows nor loses what is small.
  static func value(_ x: Double) -> Double { max(x, 0) + log1p(exp(-abs(x))) }
}
