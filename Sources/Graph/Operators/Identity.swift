/// Its input.
public struct Identity: Operator {
  public static let type: OperatorType = "Identity"

  public init(_ node: Node, opset: Int) {}

  public func infer(_ inputs: [Facts?]) throws(Mismatch) -> [Facts] { [try inputs.required(0)] }

  public func links(_ inputs: [Facts?], _ outputs: [Facts]) -> [AxisLink] {
    AxisLink.identity(rank: outputs[0].rank)
  }

  public var weightPath: Int? { 0 }
  public var selects: Bool { true }
}
