/// What Resize was before opset 10: its input with every size multiplied by a factor.
public struct Upsample: Operator {
  public static let type: OperatorType = "Upsample"

  public let resize: Resize

  public init(_ node: Node, opset: Int) throws(GraphError) {
    var scales: [Float]?
    if opset < 9 {
      scales = try node.floats("scales")
      if scales == nil { throw node.invalid("scales", "is missing") }
    }
    resize = Resize(early: try Resizing(early: node), scales: scales)
  }

  public func infer(_ inputs: [Facts?]) throws(Mismatch) -> [Facts] { try resize.infer(inputs) }

  public func links(_ inputs: [Facts?], _ outputs: [Facts]) -> [AxisLink] { resize.links(inputs, outputs) }

  public var selects: Bool { resize.selects }
}
