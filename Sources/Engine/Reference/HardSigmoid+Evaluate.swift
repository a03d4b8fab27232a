import Graph

extension HardSigmoid: RealFunction {
  public func value(_ x: Double) -> Double { min(max(Double(alpha) * x + Double(beta), 0), 1) }
}
