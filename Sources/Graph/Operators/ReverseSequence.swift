import Tensor

/// The first positions of each sequence in reverse, as many as it is long; those behind stay.
public struct ReverseSequence: Operator {
  public static let type: OperatorType = "ReverseSequence"

  public let batchAxis: Int
  public let timeAxis: Int

  public init(_ node: Node, opset: Int) throws(GraphError) {
    batchAxis = try node.int("batch_axis", default: 1)
    timeAxis = try node.int("time_axis", default: 0)
    if batchAxis == timeAxis { throw node.invalid("time_axis", "is the batch's axis") }
  }

  public func infer(_ inputs: [Facts?]) throws(Mismatch) -> [Facts] {
    let x = try inputs.required(0)
    let lengths = try inputs.required(1)
    try x.require(minimumRank: 2, "the input")
    try lengths.require(dtypeIn: [.int64], "'sequence_lens'")
    try lengths.require(rank: 1, "'sequence_lens'")
    guard let dims = x.dims else { return [Facts(dtype: x.dtype)] }
    let batch = try batchAxis.axis(ofRank: dims.count)
    let time = try timeAxis.axis(ofRank: dims.count)
    if batch == time { throw Mismatch("axis \(batch) is both the batch's and the time's") }
    try lengths.require(length: dims[batch], "'sequence_lens'")
    if let size = dims[time].value {
      for length in lengths.constant?.integers ?? [] where length < 0 || length > size {
        throw Mismatch("a sequence of length \(length) does not fit an axis of size \(size)")
      }
    }
    return [Facts(dtype: x.dtype, dims: dims)]
  }

  public func links(_ inputs: [Facts?], _ outputs: [Facts]) -> [AxisLink] {
    guard let rank = outputs[0].rank, let time = try? timeAxis.axis(ofRank: rank),
      let batch = try? batchAxis.axis(ofRank: rank)
    else { return [] }
    return AxisLink.identity(rank: rank).filter { $0.from.axis != time } + [.from(1, 0, to: batch)]
  }

  public var selects: Bool { true }
}
