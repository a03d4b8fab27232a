/// The matrix product of the last two axes, the axes before them stretched to each other as NumPy does; a
/// list is a row on the left and a column on the right.
public struct MatMul: Operator {
  public static let type: OperatorType = "MatMul"

  public init(_ node: Node, opset: Int) {}

  public func infer(_ inputs: [Facts?]) throws(Mismatch) -> [Facts] {
    let a = try inputs.required(0)
    let b = try inputs.required(1)
    try b.require(dtypeOf: a, "input 1")
    return [Facts(dtype: a.dtype ?? b.dtype, dims: try Self.product(a, b))]
  }

  /// The sizes of a product, whatever its element types; nil where a rank is not known.
  static func product(_ a: Facts, _ b: Facts) throws(Mismatch) -> [Dim]? {
    try a.require(minimumRank: 1, "input 0")
    try b.require(minimumRank: 1, "input 1")
    guard let left = a.dims, let right = b.dims else { return nil }
    let rows = left[left.count - 1]
    let columns = right[max(right.count - 2, 0)]
    if rows.contradicts(columns) {
      throw Mismatch(
        "input 0 (\(left.text)) has rows of \(rows), but input 1 (\(right.text)) has columns of \(columns)")
    }
    var output = try [Dim].broadcast(left.dropLast(2), right.dropLast(2))
    if left.count > 1 { output.append(left[left.count - 2]) }
    if right.count > 1 { output.append(right[right.count - 1]) }
    return output
  }

  public func macs(_ inputs: [Facts?], _ outputs: [Facts]) -> Dim { Self.macs(inputs, outputs) }

  /// `M · N · K`, times the axes before.
  static func macs(_ inputs: [Facts?], _ outputs: [Facts]) -> Dim {
    guard let output = outputs[0].dims, let left = inputs.optional(0)?.dims,
      let right = inputs.optional(1)?.dims
    else { return .unknown }
    return output.product * right[max(right.count - 2, 0)].merged(with: left[left.count - 1])
  }

  public func weightSlots(_ inputs: [Facts?]) -> [WeightSlot] { Self.weightSlots(inputs) }

  /// Input 1, or input 0 where only that is the same in every run.
  static func weightSlots(_ inputs: [Facts?]) -> [WeightSlot] {
    guard let left = inputs.optional(0), let right = inputs.optional(1) else { return [] }
    if left.isFixed && !right.isFixed {
      guard let rank = left.rank, rank >= 2 else { return [] }
      return [WeightSlot(weight: 0, bias: nil, data: 1, outputAxis: rank - 2, inputAxis: rank - 1)]
    }
    guard let rank = right.rank, rank >= 2 else { return [] }
    return [WeightSlot(weight: 1, bias: nil, data: 0, outputAxis: rank - 1, inputAxis: rank - 2)]
  }

  public func links(_ inputs: [Facts?], _ outputs: [Facts]) -> [AxisLink] {
    guard let left = inputs.optional(0)?.dims, let right = inputs.optional(1)?.dims,
      let output = outputs[0].dims
    else { return [] }
    var links = [AxisLink.between((0, left.count - 1), (1, max(right.count - 2, 0)))]
    if right.count > 1 { links.append(.from(1, right.count - 1, to: output.count - 1)) }
    if left.count > 1 { links.append(.from(0, left.count - 2, to: output.count - (right.count > 1 ? 2 : 1))) }
    let batch = output.dropLast((left.count > 1 ? 1 : 0) + (right.count > 1 ? 1 : 0))
    return links + AxisLink.broadcast(input: 0, left.dropLast(2), to: Array(batch))
      + AxisLink.broadcast(input: 1, right.dropLast(2), to: Array(batch))
  }
}
