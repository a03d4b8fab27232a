import Foundation
import Graph

extension Asin: RealFunction {
  public func value(_ x: Double) -> Double { asin(x) }
}
