import Graph

extension ReduceMin: ReductionEvaluable {
  public static var takesBool: Bool { true }

  /// Of none the greatest number there is.
  public func reduce<T: NumericElement>(_ values: [T]) -> T {
    values.dropFirst().reduce(values.first ?? .highest) { T.lesser($0, $1) }
  }
}
