/// `[N, C, H·b, W·b]` to `[N, b²·C, H, W]`: the pixels of a block become channels.
///
/// An output channel's number is `(row · b + column) · C + channel`.
public struct SpaceToDepth: Operator {
  public static let type: OperatorType = "SpaceToDepth"

  public let block: Int

  public init(_ node: Node, opset: Int) throws(GraphError) { block = try node.blockSize() }

  public func infer(_ inputs: [Facts?]) throws(Mismatch) -> [Facts] {
    let x = try inputs.required(0)
    try x.require(rank: 4, "the input")
    guard let dims = x.dims else {
      return [Facts(dtype: x.dtype, dims: [.unknown, .unknown, .unknown, .unknown])]
    }
    return [
      Facts(
        dtype: x.dtype,
        dims: [
          dims[0], dims[1] * Dim(block * block), try dims[2].divided(by: block, "rows"),
          try dims[3].divided(by: block, "columns"),
        ])
    ]
  }

  public func links(_ inputs: [Facts?], _ outputs: [Facts]) -> [AxisLink] {
    guard let channels = inputs.optional(0)?.dims?[1] else { return [] }
    let links: [AxisLink] =
      [.from(0, 0, to: 0)]
      + [2, 3].map { AxisLink(AxisLink.Axis(.output(0), $0), AxisLink.Axis(.input(0), $0), block: block) }
    let (output, input) = (AxisLink.Axis(.output(0), 1), AxisLink.Axis(.input(0), 1))
    return links + AxisLink.copies(input, of: channels, output, count: block * block)
  }

  public var selects: Bool { true }
}
