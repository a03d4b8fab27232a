import Tensor

/// Its input, stretched to a shape and the shape to it as NumPy does.
public struct Expand: Operator {
  public static let type: OperatorType = "Expand"

  public init(_ node: Node, opset: Int) {}

  public func infer(_ inputs: [Facts?]) throws(Mismatch) -> [Facts] {
    let x = try inputs.required(0)
    let wanted = try inputs.required(1).requireSizes("the shape")
    guard let dims = x.dims, let wanted else { return [Facts(dtype: x.dtype)] }
    let output = try [Dim].broadcast(dims, wanted)
    let facts = Facts(dtype: x.dtype, dims: output)
    guard output.count == 1, let size = output[0].value, size <= 64, let elements = x.elements,
      elements.count == 1
    else { return [output == dims ? facts.with(elements: x.elements) : facts] }
    return [facts.with(elements: [Dim](repeating: elements[0], count: max(size, 0)))]
  }

  public func links(_ inputs: [Facts?], _ outputs: [Facts]) -> [AxisLink] {
    AxisLink.broadcast(input: 0, inputs.optional(0)?.dims, to: outputs[0].dims)
  }

  public var selects: Bool { true }
}
