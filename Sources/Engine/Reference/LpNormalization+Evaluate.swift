import Graph

extension LpNormalization: AxisNormalizationEvaluable {
  /// Zeros stay zeros.
  public func normalized(_ values: [Double]) -> [Double] {
    let norm =
      order == 1
      ? values.reduce(0) { $0 + abs($1) } : values.reduce(0) { $0 + $1 * $1 }.squareRoot()
    return norm == 0 ? values : values.map { $0 / norm }
  }
}
