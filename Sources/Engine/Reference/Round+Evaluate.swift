import Graph

extension Round: RealFunction {
  public func value(_ x: Double) -> Double { x.rounded(.toNearestOrEven) }
}
