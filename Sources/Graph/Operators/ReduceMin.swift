/// The least element along some axes.
public struct ReduceMin: Reduction {
  public static let type: OperatorType = "ReduceMin"

  public let axes: ReducedAxes

  public init(_ node: Node, opset: Int) throws(GraphError) {
    axes = try ReducedAxes(node, inputFrom: 18, opset: opset)
  }

  public var selects: Bool { true }

  public func fold(_ sizes: [Dim]) -> Dim {
    sizes.reduce(nil) { least, size in least.map { .lesser($0, size) } ?? size } ?? .unknown
  }
}
