import Tensor

/// The largest or smallest elements along one axis, and where they were.
public struct TopK: Operator {
  public static let type: OperatorType = "TopK"

  public let axis: Int
  /// How many, where an attribute says it, as before opset 10; otherwise it is input 1.
  public let count: Int?
  public let takesLargest: Bool
  /// Whether they are in order of size; else they stay in that of the input.
  public let isSorted: Bool

  public init(_ node: Node, opset: Int) throws(GraphError) {
    axis = try node.int("axis", default: -1)
    takesLargest = try node.bool("largest", default: true)
    isSorted = try node.bool("sorted", default: true)
    if opset >= 10 {
      count = nil
    } else {
      guard let count = try node.int("k") else { throw node.invalid("k", "is missing") }
      self.count = count
    }
  }

  public func infer(_ inputs: [Facts?]) throws(Mismatch) -> [Facts] {
    let x = try inputs.required(0)
    try x.require(minimumRank: 1, "the input")
    let given = count == nil ? try inputs.required(1).requireInteger("'k'") : count
    guard var dims = x.dims else { return [Facts(dtype: x.dtype), Facts(dtype: .int64)] }
    let axis = try axis.axis(ofRank: dims.count)
    if let given, given < 0 || dims[axis].value.map({ given > $0 }) == true {
      throw Mismatch("\(given) elements cannot be taken of axis \(axis) of size \(dims[axis])")
    }
    dims[axis] = given.map { Dim($0) } ?? inputs.optional(1)?.elements?.first ?? .unknown
    return [Facts(dtype: x.dtype, dims: dims), Facts(dtype: .int64, dims: dims)]
  }

  public func links(_ inputs: [Facts?], _ outputs: [Facts]) -> [AxisLink] {
    guard let rank = inputs.optional(0)?.rank, let own = try? axis.axis(ofRank: rank) else { return [] }
    return (0..<rank).filter { $0 != own }.flatMap { axis in
      outputs.indices.map {
        AxisLink(AxisLink.Axis(.input(0), axis), AxisLink.Axis(.output($0), axis))
      }
    }
  }

  public var selects: Bool { true }
}
