import Graph

extension ReduceSum: ReductionEvaluable {
  public func reduce<T: NumericElement>(_ values: [T]) -> T {
    values.reduce(.zero) { T.sum($0, $1) }
  }
}
