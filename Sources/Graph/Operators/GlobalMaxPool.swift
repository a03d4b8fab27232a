/// The largest element of each channel.
public struct GlobalMaxPool: GlobalPool {
  public static let type: OperatorType = "GlobalMaxPool"

  public init(_ node: Node, opset: Int) {}
}
