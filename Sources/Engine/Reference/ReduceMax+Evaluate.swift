import Graph

extension ReduceMax: ReductionEvaluable {
  public static var takesBool: Bool { true }

  /// Of none the least number there is.
  public func reduce<T: NumericElement>(_ values: [T]) -> T {
    values.dropFirst().reduce(values.first ?? .lowest) { T.greater($0, $1) }
  }
}
