import Foundation
import Graph

extension Exp: RealFunction {
  public func value(_ x: Double) -> Double { exp(x) }
}
