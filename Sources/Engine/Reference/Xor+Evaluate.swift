import Graph

extension Xor: LogicalEvaluable {
  public static func combine(_ left: Bool, _ right: Bool) -> Bool { left != right }
}
