import Foundation
import Graph

extension Cosh: RealFunction {
  public func value(_ x: Double) -> Double { cosh(x) }
}
