import Tensor

/// The operator Shape: the sizes of its input's axes as a list of integers.
public struct ShapeOf: Operator {
  public static let type: OperatorType = "Shape"

  /// The first axis that is given; negative ones count from the end, what lies outside is cut off.
  public let start: Int
  /// The axis behind the last that is given; nil for the rank.
  public let end: Int?

  public init(_ node: Node, opset: Int) throws(GraphError) {
    start = try node.int("start", default: 0)
    end = try node.int("end")
  }

  /// The axes whose sizes are given.
  public func axes(rank: Int) -> Range<Int> {
    func clamped(_ axis: Int) -> Int { min(max(axis < 0 ? axis + rank : axis, 0), rank) }
    let first = clamped(start)
    return first..<max(clamped(end ?? rank), first)
  }

  public func infer(_ inputs: [Facts?]) throws(Mismatch) -> [Facts] {
    guard let dims = try inputs.required(0).dims else { return [Facts(dtype: .int64, dims: [.unknown])] }
    let sizes = Array(dims[axes(rank: dims.count)])
    return [Facts(dtype: .int64, dims: [Dim(sizes.count)]).with(elements: sizes)]
  }
}
