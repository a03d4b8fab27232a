import Foundation
import Graph

extension Gelu: RealFunction {
  public func value(_ x: Double) -> Double { approximates ? Self.approximated(x) : Self.exact(x) }

  static func exact(_ x: Double) -> Double { 0.5 * x * (1 + erf(x * 0.5.squareRoot())) }

  static func approximated(_ x: Double) -> Double {
    0.5 * x * (1 + tanh((2 / Double.pi).squareRoot() * (x + 0.044715 * x * x * x)))
  }
}
