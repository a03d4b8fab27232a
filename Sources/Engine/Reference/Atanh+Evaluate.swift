import Foundation
import Graph

extension Atanh: RealFunction {
  public func value(_ x: Double) -> Double { atanh(x) }
}
