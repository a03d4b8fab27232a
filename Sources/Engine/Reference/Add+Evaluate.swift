import Graph

extension Add: ArithmeticEvaluable {
  public func combine<T: NumericElement>(_ left: T, _ right: T) -> T { T.sum(left, right) }
}
