import Graph

extension Sqrt: RealFunction {
  public func value(_ x: Double) -> Double { x.squareRoot() }
}
