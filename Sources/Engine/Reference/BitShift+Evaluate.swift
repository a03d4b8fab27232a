import Graph

extension BitShift: BitwiseEvaluable {
  /// Places beyond the last give 0.
  public func combine<T: WholeElement>(_ left: T, _ right: T) -> T { isLeft ? left << right : left >> right }
}
