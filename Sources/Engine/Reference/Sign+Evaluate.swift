import Graph

extension Sign: NumericFunction {
  /// Written so that NaN stays NaN.
  public func value<T: NumericElement>(_ x: T) -> T {
    x < .zero ? T.negative(1) : x > .zero ? 1 : x
  }
}
