import Foundation
import Graph

extension Selu: RealFunction {
  public func value(_ x: Double) -> Double { Double(gamma) * (x < 0 ? Double(alpha) * expm1(x) : x) }
}
