import Graph

extension Abs: NumericFunction {
  public func value<T: NumericElement>(_ x: T) -> T {
    x < .zero ? T.difference(.zero, x) : x == .zero ? .zero : x
  }
}
