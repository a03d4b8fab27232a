import Graph

extension Sub: ArithmeticEvaluable {
  public func combine<T: NumericElement>(_ left: T, _ right: T) -> T { T.difference(left, right) }
}
