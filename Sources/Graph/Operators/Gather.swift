import Tensor

/// Slices along one axis, chosen by index; the indices' axes take the place of that axis.
public struct Gather: Operator {
  public static let type: OperatorType = "Gather"

  public let axis: Int

  public init(_ node: Node, opset: Int) throws(GraphError) { axis = try node.int("axis", default: 0) }

  public func infer(_ inputs: [Facts?]) throws(Mismatch) -> [Facts] {
    let data = try inputs.required(0)
    let indices = try inputs.required(1)
    try indices.require(dtypeIn: [.int64, .int32], "the indices")
    try data.require(minimumRank: 1, "the data")
    guard let dims = data.dims else { return [Facts(dtype: data.dtype)] }
    let axis = try axis.axis(ofRank: dims.count)
    if let size = dims[axis].value, let list = indices.integers {
      for index in list where index < -size || index >= size {
        throw Mismatch("index \(index) is out of range for axis \(axis) of size \(size)")
      }
    }
    guard let chosen = indices.dims else { return [Facts(dtype: data.dtype)] }
    let output = Facts(dtype: data.dtype, dims: dims[..<axis] + chosen + dims[(axis + 1)...])
    guard dims.count == 1, chosen.count <= 1, let elements = data.elements, let list = indices.integers,
      list.count <= 64
    else { return [output] }
    return [
      output.with(
        elements: list.map {
          let position = $0 < 0 ? $0 + elements.count : $0
          return elements.indices.contains(position) ? elements[position] : .unknown
        })
    ]
  }

  public func links(_ inputs: [Facts?], _ outputs: [Facts]) -> [AxisLink] {
    guard let rank = inputs.optional(0)?.rank, let chosen = inputs.optional(1)?.rank,
      let axis = try? axis.axis(ofRank: rank)
    else { return [] }
    return (0..<rank).filter { $0 != axis }.map { .from(0, $0, to: $0 < axis ? $0 : $0 - 1 + chosen) }
  }

  public var selects: Bool { true }

  /// Indices into a list of numbers are a weight with a codebook.
  public func weightPath(_ inputs: [Facts?]) -> Int? {
    guard let rank = inputs.optional(1)?.rank, rank >= 2, inputs.optional(0)?.rank == 1 else { return nil }
    return 1
  }
}
