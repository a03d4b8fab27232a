import Graph

extension LeakyRelu: RealFunction {
  public func value(_ x: Double) -> Double { x < 0 ? Double(alpha) * x : x }
}
