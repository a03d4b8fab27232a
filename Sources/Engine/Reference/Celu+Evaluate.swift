import Foundation
import Graph

extension Celu: RealFunction {
  public func value(_ x: Double) -> Double {
    let alpha = Double(alpha)
    return max(x, 0) + min(alpha * expm1(x / alpha), 0)
  }
}
