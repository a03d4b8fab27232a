import Graph

extension ReduceLogSumExp: ReductionEvaluable {
  public func reduce<T: NumericElement>(_ values: [T]) -> T {
    T(rounding: values.map(\.real).logSumExp)
  }
}
