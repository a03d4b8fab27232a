import Graph

extension Mul: ArithmeticEvaluable {
  public static func combine<T: NumericElement>(_ left: T, _ right: T) -> T { T.product(left, right) }
}
