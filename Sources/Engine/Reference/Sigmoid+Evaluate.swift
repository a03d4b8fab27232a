import Foundation
import Graph

extension Sigmoid: RealFunction {
  public func value(_ x: Double) -> Double { 1 / (1 + exp(-x)) }
}
