import Foundation
import Graph

extension Elu: RealFunction {
  public func value(_ x: Double) -> Double { x < 0 ? Double(alpha) * expm1(x) : x }
}
