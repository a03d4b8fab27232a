import Graph

extension Floor: RealFunction {
  public func value(_ x: Double) -> Double { x.rounded(.down) }
}
