import Graph

extension Div: ArithmeticEvaluable {
  public func combine<T: NumericElement>(_ left: T, _ right: T) -> T { T.quotient(left, right) }
}
