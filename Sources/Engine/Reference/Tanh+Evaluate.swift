import Foundation
import Graph

extension Tanh: RealFunction {
  public func value(_ x: Double) -> Double { tanh(x) }
}
