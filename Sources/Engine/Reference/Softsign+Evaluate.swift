import Graph

extension Softsign: RealFunction {
  public func value(_ x: Double) -> Double { x / (1 + abs(x)) }
}
