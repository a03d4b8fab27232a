import Graph

extension Mean: VariadicEvaluable {
  public func combine<T: NumericElement>(_ left: T, _ right: T) -> T { T.sum(left, right) }

  public func finish<T: NumericElement>(_ sum: T, count: Int) -> T { T(rounding: sum.real / Double(count)) }
}
