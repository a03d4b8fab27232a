/// Where the least element along an axis is.
public struct ArgMin: Search {
  public static let type: OperatorType = "ArgMin"

  public let search: SearchedAxis

  public init(_ node: Node, opset: Int) throws(GraphError) { search = try SearchedAxis(node) }
}
