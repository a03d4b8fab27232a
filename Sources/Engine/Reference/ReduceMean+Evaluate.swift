import Graph

extension ReduceMean: ReductionEvaluable {
  public func reduce<T: NumericElement>(_ values: [T]) -> T {
    T.quotient(values.reduce(.zero) { T.sum($0, $1) }, T(rounding: Double(values.count)))
  }
}
