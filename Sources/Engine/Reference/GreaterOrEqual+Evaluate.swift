import Graph

extension GreaterOrEqual: ComparisonEvaluable {
  public static func holds<T: NumericElement>(_ left: T, _ right: T) -> Bool { left >= right }
}
