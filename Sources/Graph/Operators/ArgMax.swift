/// Where the greatest element along an axis is.
public struct ArgMax: Search {
  public static let type: OperatorType = "ArgMax"

  public let search: SearchedAxis

  public init(_ node: Node, opset: Int) throws(GraphError) { search = try SearchedAxis(node) }
}
