import Foundation
import Graph

extension Tan: RealFunction {
  public func value(_ x: Double) -> Double { tan(x) }
}
