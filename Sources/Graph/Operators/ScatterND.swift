import Tensor

/// Its data with slices replaced by updates, or combined with them: each row of the indices is a place on the
/// first axes of the data.
public struct ScatterND: Scattering {
  public static let type: OperatorType = "ScatterND"

  public let reduction: ScatterReduction

  public init(_ node: Node, opset: Int) throws(GraphError) { reduction = try ScatterReduction(node) }

  /// How many axes a tuple of indices is for; nil where it is not known.
  private func tuple(_ inputs: [Facts?]) throws(Mismatch) -> Int? {
    let (data, indices) = (try inputs.required(0), try inputs.required(1))
    try data.require(minimumRank: 1, "the data")
    try indices.require(minimumRank: 1, "the indices")
    guard let length = indices.dims?.last?.value else { return nil }
    if let rank = data.rank, length < 0 || length > rank {
      throw Mismatch("indices of \(length) numbers do not fit data of rank \(rank)")
    }
    return length
  }

  public func infer(_ inputs: [Facts?]) throws(Mismatch) -> [Facts] {
    let output = try result(inputs)
    guard let tuple = try tuple(inputs), let dims = output[0].dims, let places = inputs.optional(1)?.dims,
      let updates = inputs.optional(2)?.dims
    else { return output }
    let wanted = places.dropLast() + dims[tuple...]
    guard updates.count == wanted.count, !zip(updates, wanted).contains(where: { $0.contradicts($1) }) else {
      throw Mismatch("the updates are \(updates.text) instead of \(Array(wanted).text)")
    }
    return output
  }

  public func links(_ inputs: [Facts?], _ outputs: [Facts]) -> [AxisLink] {
    guard let tuple = (try? tuple(inputs)) ?? nil, let rank = outputs[0].rank,
      let places = inputs.optional(1)?.rank
    else { return [] }
    return (0..<(places - 1)).map { .between((1, $0), (2, $0)) }
      + (tuple..<rank).flatMap { [.from(0, $0, to: $0), .from(2, $0 - tuple + places - 1, to: $0)] }
  }
}
