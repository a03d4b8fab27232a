import Graph

extension ReduceSumSquare: ReductionEvaluable {
  public func reduce<T: NumericElement>(_ values: [T]) -> T {
    values.reduce(.zero) { T.sum($0, T.product($1, $1)) }
  }
}
