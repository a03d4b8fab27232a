import Tensor

/// Data, weight and bias of a convolution in either direction, once they are found to fit each other in type and rank.
struct ConvolutionOperands {
  let dtype: DType?
  /// nil where no rank is known.
  let dims: (data: [Dim], weight: [Dim])?
  private let data: Facts
  private let bias: Facts?

  init(_ inputs: [Facts?]) throws(Mismatch) {
    let (x, w) = (try inputs.required(0), try inputs.required(1))
    try x.require(minimumRank: 3, "the data")
    try w.require(minimumRank: 3, "the weight")
    try w.require(dtypeOf: x, "the weight")
    dtype = x.dtype ?? w.dtype
    data = x
    bias = inputs.optional(2)
    guard let rank = x.rank ?? w.rank else {
      dims = nil
      return
    }
    try w.require(rank: rank, "the weight")
    let unknown = [Dim](repeating: .unknown, count: rank)
    dims = (x.dims ?? unknown, w.dims ?? unknown)
  }

  /// - Parameter channels: the output's.
  func checkBias(channels: Dim) throws(Mismatch) {
    guard let bias else { return }
    try bias.require(length: channels, "the bias")
    try bias.require(dtypeOf: data, "the bias")
  }

  /// The number of groups that a node asks for.
  static func group(_ node: Node) throws(GraphError) -> Int {
    let group = try node.int("group", default: 1)
    guard group >= 1 else { throw node.invalid("group", "is \(group), but must be positive") }
    return group
  }
}
