import Graph

extension Neg: NumericFunction {
  public func value<T: NumericElement>(_ x: T) -> T { T.negative(x) }
}
