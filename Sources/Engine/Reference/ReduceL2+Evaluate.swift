import Graph

extension ReduceL2: ReductionEvaluable {
  public func reduce<T: NumericElement>(_ values: [T]) -> T {
    T(rounding: values.reduce(0) { $0 + $1.real * $1.real }.squareRoot())
  }
}
