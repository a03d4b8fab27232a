import Graph

extension Min: VariadicEvaluable {
  public func combine<T: NumericElement>(_ left: T, _ right: T) -> T { T.lesser(left, right) }
}
