import Graph

extension Or: LogicalEvaluable {
  public static func combine(_ left: Bool, _ right: Bool) -> Bool { left || right }
}
