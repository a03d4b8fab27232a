import Graph

extension HardSwish: RealFunction {
  public func value(_ x: Double) -> Double { x * min(max(x / 6 + 0.5, 0), 1) }
}
