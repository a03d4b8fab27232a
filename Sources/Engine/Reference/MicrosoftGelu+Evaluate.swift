import Graph

extension MicrosoftGelu: RealFunction {
  public func value(_ x: Double) -> Double { Gelu.exact(x) }
}
