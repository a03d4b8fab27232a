/// An operator that sums up windows of each channel: data and output `[N, C, spatial...]`.
public protocol Pool: Operator {
  var window: SlidingWindow { get }
}

extension Pool {
  func inferPooled(_ inputs: [Facts?]) throws(Mismatch) -> Facts {
    let x = try inputs.required(0)
    try x.require(minimumRank: 3, "the data")
    guard let dims = x.dims else { return Facts(dtype: x.dtype) }
    let kernel: [Dim?] = (window.kernel ?? []).map { Dim($0) }
    return Facts(
      dtype: x.dtype, dims: dims[..<2] + (try window.outputs(input: Array(dims[2...]), kernel: kernel)))
  }

  public func links(_ inputs: [Facts?], _ outputs: [Facts]) -> [AxisLink] {
    outputs.indices.flatMap { output in
      (0..<2).map { AxisLink(AxisLink.Axis(.input(0), $0), AxisLink.Axis(.output(output), $0)) }
    }
  }
}
