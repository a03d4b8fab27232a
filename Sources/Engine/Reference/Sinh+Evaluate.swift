import Foundation
import Graph

extension Sinh: RealFunction {
  public func value(_ x: Double) -> Double { sinh(x) }
}
