/// `[N, C·b², H, W]` to `[N, C, H·b, W·b]`: channels become the pixels of a block.
public struct DepthToSpace: Operator {
  public static let type: OperatorType = "DepthToSpace"

  public enum Mode: Hashable, Sendable {
    /// An input channel's number is `(row · b + column) · C + channel`.
    case depthFirst
    /// It is `(channel · b + row) · b + column`.
    case channelFirst
  }

  public let mode: Mode
  public let block: Int

  public init(_ node: Node, opset: Int) throws(GraphError) {
    block = try node.blockSize()
    switch try node.string("mode") ?? "DCR" {
    case "DCR": mode = .depthFirst
    case "CRD": mode = .channelFirst
    case let other: throw node.invalid("mode", "is '\(other)', which is neither DCR nor CRD")
    }
  }

  public func infer(_ inputs: [Facts?]) throws(Mismatch) -> [Facts] {
    let x = try inputs.required(0)
    try x.require(rank: 4, "the input")
    guard let dims = x.dims else {
      return [Facts(dtype: x.dtype, dims: [.unknown, .unknown, .unknown, .unknown])]
    }
    let channels = try dims[1].divided(by: block * block, "channels")
    return [
      Facts(dtype: x.dtype, dims: [dims[0], channels, dims[2] * Dim(block), dims[3] * Dim(block)])
    ]
  }

  public func links(_ inputs: [Facts?], _ outputs: [Facts]) -> [AxisLink] {
    guard let channels = outputs[0].dims?[1] else { return [] }
    let links: [AxisLink] =
      [.from(0, 0, to: 0)] + [2, 3].map { .from(0, $0, to: $0, block: block) }
    let (output, input) = (AxisLink.Axis(.output(0), 1), AxisLink.Axis(.input(0), 1))
    switch mode {
    case .channelFirst: return links + [AxisLink(output, input, block: block * block)]
    case .depthFirst: return links + AxisLink.copies(output, of: channels, input, count: block * block)
    }
  }

  public var selects: Bool { true }
}

extension Node {
  func blockSize() throws(GraphError) -> Int {
    guard let block = try int("blocksize") else { throw invalid("blocksize", "is missing") }
    guard block >= 1 && block < largestExtent else {
      throw invalid("blocksize", "is \(block), which is out of range")
    }
    return block
  }
}

extension Dim {
  /// The quotient; unknown where this is.
  ///
  /// - Throws: `Mismatch` where it is not a whole one.
  func divided(by divisor: Int, _ what: String) throws(Mismatch) -> Dim {
    if let value, !value.isMultiple(of: divisor) {
      throw Mismatch("\(value) \(what) are no multiple of \(divisor)")
    }
    return self / Dim(divisor) ?? .unknown
  }
}

extension AxisLink {
  /// An axis of size `size` that lies `count` times on another, copy behind copy.
  static func copies(_ from: Axis, of size: Dim, _ to: Axis, count: Int) -> [AxisLink] {
    // More copies are no model's.
    guard let size = size.value, size > 0, size < largestSize, count <= 4096 else { return [] }
    return (0..<max(count, 0)).map { AxisLink(from, to, offset: $0 * size) }
  }
}
