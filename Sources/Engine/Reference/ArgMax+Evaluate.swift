import Graph

extension ArgMax: SearchEvaluable {
  public func isBetter<T: NumericElement>(_ x: T, than other: T) -> Bool { x > other }
}
