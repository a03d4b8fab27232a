import Foundation
import Graph

extension Sin: RealFunction {
  public func value(_ x: Double) -> Double { sin(x) }
}
