/// The p-norm of each window, `(Σ |x|^p)^(1/p)`.
public struct LpPool: Pool {
  public static let type: OperatorType = "LpPool"

  public let window: SlidingWindow
  public let power: Int

  public init(_ node: Node, opset: Int) throws(GraphError) {
    window = try SlidingWindow(node, needsKernel: true)
    power = try node.normPower()
  }

  public func infer(_ inputs: [Facts?]) throws(Mismatch) -> [Facts] { [try inferPooled(inputs)] }

  public var isPositivelyHomogeneous: Bool { true }
}
