import Foundation
import Graph

extension Acos: RealFunction {
  public func value(_ x: Double) -> Double { acos(x) }
}
