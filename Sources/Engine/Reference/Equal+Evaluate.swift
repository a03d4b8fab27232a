import Graph

extension Equal: ComparisonEvaluable {
  public static var takesBool: Bool { true }

  public static func holds<T: NumericElement>(_ left: T, _ right: T) -> Bool { left == right }
}
