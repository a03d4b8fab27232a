import Graph

extension Div: ArithmeticEvaluable {
  public static func combine<T: NumericElement>(_ left: T, _ right: T) -> T { T.quotient(left, right) }
}
