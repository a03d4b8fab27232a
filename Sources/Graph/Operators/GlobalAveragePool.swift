/// The mean of each channel.
public struct GlobalAveragePool: GlobalPool {
  public static let type: OperatorType = "GlobalAveragePool"

  public init(_ node: Node, opset: Int) {}
}
