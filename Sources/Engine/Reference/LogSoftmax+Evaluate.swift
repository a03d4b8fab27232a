import Graph

extension LogSoftmax: AxisNormalizationEvaluable {
  public func normalized(_ values: [Double]) -> [Double] {
    let sum = values.logSumExp
    return values.map { $0 - sum }
  }
}
