/// One number for each channel: `[N, C, spatial...]` to `[N, C, 1...]`.
public protocol GlobalPool: Operator {}

extension GlobalPool {
  public func infer(_ inputs: [Facts?]) throws(Mismatch) -> [Facts] {
    let x = try inputs.required(0)
    try x.require(minimumRank: 3, "the data")
    return [Facts(dtype: x.dtype, dims: x.dims.map { $0[..<2] + $0[2...].map { _ in 1 } })]
  }

  public func links(_ inputs: [Facts?], _ outputs: [Facts]) -> [AxisLink] {
    outputs[0].rank == nil ? [] : AxisLink.identity(rank: 2)
  }

  public var isPositivelyHomogeneous: Bool { true }
}
