import Tensor

/// Its input again and again along each axis.
public struct Tile: Operator {
  public static let type: OperatorType = "Tile"

  public init(_ node: Node, opset: Int) throws(GraphError) {
    if opset < 6 { throw node.invalid("repeats", "cannot be given as before opset 6") }
  }

  /// How often it is repeated along each axis.
  private func repeats(_ inputs: [Facts?]) throws(Mismatch) -> [Dim]? {
    let repeats = try inputs.required(1).requireSizes("'repeats'")
    if let rank = inputs.optional(0)?.rank, let repeats, repeats.count != rank {
      throw Mismatch("'repeats' has \(repeats.count) numbers for an input of rank \(rank)")
    }
    return repeats
  }

  public func infer(_ inputs: [Facts?]) throws(Mismatch) -> [Facts] {
    let x = try inputs.required(0)
    guard let repeats = try repeats(inputs), let dims = x.dims else {
      return [Facts(dtype: x.dtype, dims: x.dims.map { $0.map { _ in .unknown } })]
    }
    return [
      Facts(
        dtype: x.dtype,
        dims: zip(dims, repeats).map {
          $1 == .unknown || $0 == .unknown && $1.value != 1 ? .unknown : $0 * $1
        })
    ]
  }

  /// A position is all its copies.
  public func links(_ inputs: [Facts?], _ outputs: [Facts]) -> [AxisLink] {
    guard let dims = inputs.optional(0)?.dims, let repeats = (try? repeats(inputs)) ?? nil else { return [] }
    return dims.indices.flatMap { axis -> [AxisLink] in
      guard let count = repeats[axis].value else { return [] }
      if count == 1 { return [.from(0, axis, to: axis)] }
      return AxisLink.copies(
        AxisLink.Axis(.input(0), axis), of: dims[axis], AxisLink.Axis(.output(0), axis), count: count)
    }
  }

  public var selects: Bool { true }
}
