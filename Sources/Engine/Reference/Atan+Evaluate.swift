import Foundation
import Graph

extension Atan: RealFunction {
  public func value(_ x: Double) -> Double { atan(x) }
}
