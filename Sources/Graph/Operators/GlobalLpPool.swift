/// The p-norm of each channel, `(Σ |x|^p)^(1/p)`.
public struct GlobalLpPool: GlobalPool {
  public static let type: OperatorType = "GlobalLpPool"

  public let power: Int

  public init(_ node: Node, opset: Int) throws(GraphError) { power = try node.normPower() }
}

extension Node {
  /// The p of a p-norm.
  func normPower() throws(GraphError) -> Int {
    let power = try int("p", default: 2)
    guard power >= 1 else { throw invalid("p", "is \(power), but must be positive") }
    return power
  }
}
