import Graph

extension ReduceL1: ReductionEvaluable {
  public func reduce<T: NumericElement>(_ values: [T]) -> T {
    values.reduce(.zero) { T.sum($0, $1 < .zero ? T.negative($1) : $1) }
  }
}
