import Graph

extension BitwiseOr: BitwiseEvaluable {
  public func combine<T: WholeElement>(_ left: T, _ right: T) -> T { left | right }
}
