/// The second input where the first is true and the third elsewhere; all stretch to each other's shape.
public struct Where: Operator {
  public static let type: OperatorType = "Where"

  public init(_ node: Node, opset: Int) {}

  public func infer(_ inputs: [Facts?]) throws(Mismatch) -> [Facts] {
    let condition = try inputs.required(0)
    let x = try inputs.required(1)
    let y = try inputs.required(2)
    try condition.require(dtypeIn: [.bool], "the condition")
    try y.require(dtypeOf: x, "input 2")
    var output = Facts(dtype: x.dtype ?? y.dtype)
    guard let chosen = condition.dims, let left = x.dims, let right = y.dims else { return [output] }
    output.dims = try .broadcast(chosen, try .broadcast(left, right))
    let elements = inputs.prefix(3).map { $0 }.stretchedElements
    return [output.with(elements: elements?.map { Self.fold($0[0], $0[1], $0[2]) })]
  }

  private static func fold(_ condition: Dim, _ x: Dim, _ y: Dim) -> Dim {
    switch condition.truth {
    case true?: x
    case false?: y
    case nil: x == y ? x : .unknown
    }
  }

  public func links(_ inputs: [Facts?], _ outputs: [Facts]) -> [AxisLink] {
    inputs.indices.flatMap { AxisLink.broadcast(input: $0, inputs[$0]?.dims, to: outputs[0].dims) }
  }

  public func scalings(_ inputs: [Facts?]) -> [[Int]] { [[1, 2]] }
}
