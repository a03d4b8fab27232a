import Foundation
import Graph

extension Mish: RealFunction {
  public func value(_ x: Double) -> Double { x * tanh(Softplus.value(x)) }
}
