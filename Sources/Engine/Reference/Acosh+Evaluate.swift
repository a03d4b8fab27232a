import Foundation
import Graph

extension Acosh: RealFunction {
  public func value(_ x: Double) -> Double { acosh(x) }
}
