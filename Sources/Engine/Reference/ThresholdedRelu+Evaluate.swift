import Graph

extension ThresholdedRelu: RealFunction {
  public func value(_ x: Double) -> Double { x <= Double(alpha) ? 0 : x }
}
