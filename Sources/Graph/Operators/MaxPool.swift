import Tensor

/// The largest element of each window.
public struct MaxPool: Pool {
  public static let type: OperatorType = "MaxPool"

  public let window: SlidingWindow
  /// Whether the second output is wanted: where in the data each element comes from.
  public let givesIndices: Bool
  /// Whether those positions count with the first spatial axis innermost.
  public let columnMajorIndices: Bool

  public init(_ node: Node, opset: Int) throws(GraphError) {
    window = try SlidingWindow(node, needsKernel: true)
    givesIndices = node.outputs.count > 1 && !node.outputs[1].isEmpty
    columnMajorIndices = try node.bool("storage_order", default: false)
  }

  public func infer(_ inputs: [Facts?]) throws(Mismatch) -> [Facts] {
    let output = try inferPooled(inputs)
    return givesIndices ? [output, Facts(dtype: .int64, dims: output.dims)] : [output]
  }

  public var selects: Bool { true }
}
