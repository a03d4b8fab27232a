import Tensor

/// Which elements share a scale and a zero point.
public enum QuantizationGranularity: Hashable, Sendable {
  /// All.
  case tensor
  /// Those at the same position along `axis`; scales are a list.
  case axis(Int)
  /// Those in the same run of `size` along `axis` and at the same position elsewhere; scales have the
  /// data's rank.
  case block(axis: Int, size: Int)
}

/// How the attributes of QuantizeLinear and DequantizeLinear lay scales over the data.
public struct QuantizationLayout: Hashable, Sendable {
  /// nil where opset 10 knows one scale only.
  public let axis: Int?
  /// 0 where there are no blocks.
  public let blockSize: Int

  init(_ node: Node, opset: Int) throws(GraphError) {
    axis = opset >= 13 ? try node.int("axis", default: 1) : nil
    blockSize = try node.int("block_size", default: 0)
    guard blockSize >= 0 else {
      throw node.invalid("block_size", "is \(blockSize), but must not be negative")
    }
  }

  /// Which elements share a scale; nil where ranks are not known.
  ///
  /// - Throws: `Mismatch` where the scale does not fit the data.
  public func granularity(data: Facts, scale: Facts) throws(Mismatch) -> QuantizationGranularity? {
    guard let scales = scale.dims else { return nil }
    if blockSize > 0 {
      guard let dims = data.dims else { return nil }
      guard scales.count == dims.count else {
        throw Mismatch("the scale has rank \(scales.count), but blocks need the data's, \(dims.count)")
      }
      let axis = try (self.axis ?? 1).axis(ofRank: dims.count)
      for index in dims.indices {
        guard let size = dims[index].value, let count = scales[index].value else { continue }
        let expected = index != axis ? size : size / blockSize + (size % blockSize == 0 ? 0 : 1)
        guard count == expected else {
          throw Mismatch("the scale (\(scales.text)) does not fit \(dims.text) in blocks of \(blockSize)")
        }
      }
      return .block(axis: axis, size: blockSize)
    }
    if scales.isEmpty { return .tensor }
    guard scales.count == 1 else {
      throw Mismatch("the scale has rank \(scales.count), but must be one number or a list")
    }
    if scales[0].value == 1 { return .tensor }
    guard let axis else { throw Mismatch("a scale for each position needs opset 13 or later") }
    guard let dims = data.dims else { return nil }
    let position = try axis.axis(ofRank: dims.count)
    try scale.require(length: dims[position], "the scale")
    return .axis(position)
  }

  func check(_ inputs: [Facts?]) throws(Mismatch) {
    let scale = try inputs.required(1)
    _ = try granularity(data: try inputs.required(0), scale: scale)
    try scale.require(dtypeIn: [.float32, .float16, .bfloat16], "the scale")
    if let zeroPoint = inputs.optional(2), let dims = zeroPoint.dims, let scales = scale.dims {
      // One number may come as a scalar or as a list of one.
      let single =
        dims.count <= 1 && scales.count <= 1 && !dims.product.contradicts(1) && !scales.product.contradicts(1)
      guard single || (dims.count == scales.count && !zip(dims, scales).contains { $0.contradicts($1) })
      else {
        throw Mismatch("the zero point (\(dims.text)) does not have the scale's shape (\(scales.text))")
      }
    }
  }

  func links(_ inputs: [Facts?], _ outputs: [Facts]) -> [AxisLink] {
    guard let data = inputs.optional(0), let scale = inputs.optional(1), let rank = outputs[0].rank else {
      return []
    }
    let same = AxisLink.identity(rank: rank)
    let parameters = inputs.optional(2) == nil ? 1...1 : 1...2
    switch try? granularity(data: data, scale: scale) {
    case nil: return []
    case .tensor: return same
    case .axis(let axis): return same + parameters.map { .from($0, 0, to: axis) }
    case .block(let axis, _):
      let free = same.filter { $0.from.axis != axis }
      return free + parameters.flatMap { input in free.map { .from(input, $0.from.axis, to: $0.to.axis) } }
    }
  }
}
