import Foundation
import Graph

extension Asinh: RealFunction {
  public func value(_ x: Double) -> Double { asinh(x) }
}
