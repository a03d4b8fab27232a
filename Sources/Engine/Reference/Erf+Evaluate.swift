import Foundation
import Graph

extension Erf: RealFunction {
  public func value(_ x: Double) -> Double { erf(x) }
}
