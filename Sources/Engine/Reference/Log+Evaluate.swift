import Foundation
import Graph

extension Log: RealFunction {
  public func value(_ x: Double) -> Double { log(x) }
}
