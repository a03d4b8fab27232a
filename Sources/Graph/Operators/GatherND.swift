import Tensor

/// Slices chosen by tuples of indices: each row of the indices is a place on the first axes of the data, behind
/// `batchAxes` axes that both share.
public struct GatherND: Operator {
  public static let type: OperatorType = "GatherND"

  public let batchAxes: Int

  public init(_ node: Node, opset: Int) throws(GraphError) {
    batchAxes = try node.int("batch_dims", default: 0)
    guard (0...64).contains(batchAxes) else { throw node.invalid("batch_dims", "is \(batchAxes)") }
  }

  /// How many axes a tuple of indices is for; nil where it is not known.
  public func tuple(_ inputs: [Facts?]) throws(Mismatch) -> Int? {
    let data = try inputs.required(0)
    let indices = try inputs.required(1)
    try indices.require(dtypeIn: [.int64], "the indices")
    try indices.require(minimumRank: batchAxes + 1, "the indices")
    guard let length = indices.dims?.last?.value else { return nil }
    guard length >= 1 else { throw Mismatch("the indices have no elements along their last axis") }
    if let rank = data.rank, length > rank - batchAxes {
      throw Mismatch("indices of \(length) numbers are too many for data of rank \(rank)")
    }
    return length
  }

  public func infer(_ inputs: [Facts?]) throws(Mismatch) -> [Facts] {
    let data = try inputs.required(0)
    guard let tuple = try tuple(inputs), let dims = data.dims, let chosen = inputs.optional(1)?.dims else {
      return [Facts(dtype: data.dtype)]
    }
    var output = Array(chosen.dropLast())
    for axis in 0..<batchAxes {
      if dims[axis].contradicts(chosen[axis]) {
        throw Mismatch("data (\(dims.text)) and indices (\(chosen.text)) differ along axis \(axis)")
      }
      output[axis] = dims[axis].merged(with: chosen[axis])
    }
    return [Facts(dtype: data.dtype, dims: output + dims[(batchAxes + tuple)...])]
  }

  public func links(_ inputs: [Facts?], _ outputs: [Facts]) -> [AxisLink] {
    guard let tuple = (try? tuple(inputs)) ?? nil, let rank = inputs.optional(0)?.rank,
      let places = inputs.optional(1)?.rank
    else { return [] }
    return (0..<batchAxes).map { .from(0, $0, to: $0) }
      + (0..<(places - 1)).map { .from(1, $0, to: $0) }
      + ((batchAxes + tuple)..<rank).map { .from(0, $0, to: $0 - batchAxes - tuple + places - 1) }
  }

  public var selects: Bool { true }
}
