import Graph

extension Ceil: RealFunction {
  public func value(_ x: Double) -> Double { x.rounded(.up) }
}
