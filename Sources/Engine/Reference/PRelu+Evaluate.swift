import Graph

extension PRelu: ArithmeticEvaluable {
  public func combine<T: NumericElement>(_ left: T, _ right: T) -> T {
    left < .zero ? T.product(left, right) : left
  }
}
