import Graph

extension And: LogicalEvaluable {
  public static func combine(_ left: Bool, _ right: Bool) -> Bool { left && right }
}
