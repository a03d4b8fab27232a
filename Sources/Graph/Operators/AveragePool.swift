/// The mean of each window.
public struct AveragePool: Pool {
  public static let type: OperatorType = "AveragePool"

  public let window: SlidingWindow
  /// Whether padding counts as zeros rather than not at all.
  public let includesPadding: Bool

  public init(_ node: Node, opset: Int) throws(GraphError) {
    window = try SlidingWindow(node, needsKernel: true)
    includesPadding = try node.bool("count_include_pad", default: false)
  }

  public func infer(_ inputs: [Facts?]) throws(Mismatch) -> [Facts] { [try inferPooled(inputs)] }

  public var isPositivelyHomogeneous: Bool { true }
}
