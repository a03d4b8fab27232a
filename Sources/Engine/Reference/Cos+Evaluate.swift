import Foundation
import Graph

extension Cos: RealFunction {
  public func value(_ x: Double) -> Double { cos(x) }
}
