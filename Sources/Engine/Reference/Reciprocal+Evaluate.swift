import Graph

extension Reciprocal: RealFunction {
  public func value(_ x: Double) -> Double { 1 / x }
}
