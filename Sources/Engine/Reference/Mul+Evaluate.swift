import Graph

extension Mul: ArithmeticEvaluable {
  public func combine<T: NumericElement>(_ left: T, _ right: T) -> T { T.product(left, right) }
}
