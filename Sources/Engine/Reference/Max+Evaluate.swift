import Graph

extension Max: VariadicEvaluable {
  public func combine<T: NumericElement>(_ left: T, _ right: T) -> T { T.greater(left, right) }
}
