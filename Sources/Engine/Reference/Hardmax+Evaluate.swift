import Graph

extension Hardmax: AxisNormalizationEvaluable {
  public func normalized(_ values: [Double]) -> [Double] {
    let greatest = values.indices.max { values[$0] < values[$1] || (values[$0] == values[$1] && $0 > $1) }
    return values.indices.map { $0 == greatest ? 1 : 0 }
  }
}
