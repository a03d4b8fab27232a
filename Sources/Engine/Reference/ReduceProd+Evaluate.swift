import Graph

extension ReduceProd: ReductionEvaluable {
  public func reduce<T: NumericElement>(_ values: [T]) -> T {
    values.reduce(1) { T.product($0, $1) }
  }
}
