import Graph

extension ArgMin: SearchEvaluable {
  public func isBetter<T: NumericElement>(_ x: T, than other: T) -> Bool { x < other }
}
