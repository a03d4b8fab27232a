import Graph

extension Relu: NumericFunction {
  /// Written so that NaN stays NaN.
  public func value<T: NumericElement>(_ x: T) -> T { x < .zero ? .zero : x }
}
