import Tensor

/// `scale · (x - mean) / sqrt(variance + epsilon) + bias`, with mean and variance of all axes from `axis` on;
/// the second and third output are the mean and one over the root.
public struct LayerNormalization: Operator {
  public static let type: OperatorType = "LayerNormalization"

  public let axis: Int
  public let epsilon: Float

  /// The type of the sums, and of the second and third output.
  public let stash: DType

  public init(_ node: Node, opset: Int) throws(GraphError) {
    axis = try node.int("axis", default: -1)
    epsilon = try node.float("epsilon", default: 1e-5)
    let number = try node.int("stash_type", default: 1)
    guard let stash = DType(rawValue: number), [.float32, .bfloat16].contains(stash) else {
      throw node.invalid("stash_type", "asks for sums of element type \(number), which is not supported")
    }
    self.stash = stash
  }

  public func infer(_ inputs: [Facts?]) throws(Mismatch) -> [Facts] {
    let outputs = try Self.outputs(
      try inputs.required(0), axis: axis,
      parameters: [("scale", try inputs.required(1)), ("bias", inputs.optional(2))], stash: stash)
    return [outputs.normalized, outputs.statistics, outputs.statistics]
  }

  /// What comes out of a normalisation of all axes from `axis` on, and its statistics.
  static func outputs(
    _ x: Facts, axis: Int, parameters: [(name: String, facts: Facts?)], stash: DType = .float32
  ) throws(Mismatch) -> (normalized: Facts, statistics: Facts) {
    guard let dims = x.dims else { return (Facts(dtype: x.dtype), Facts(dtype: stash)) }
    let first = try axis.axis(ofRank: dims.count)
    let normalized = Array(dims[first...])
    for (name, facts) in parameters {
      guard let sizes = facts?.dims else { continue }
      if sizes.count != normalized.count || zip(sizes, normalized).contains(where: { $0.contradicts($1) }) {
        throw Mismatch("the \(name) is \(sizes.text), but \(normalized.text) is normalised")
      }
    }
    let statistics = Facts(dtype: stash, dims: dims[..<first] + normalized.map { _ in 1 })
    return (Facts(dtype: x.dtype, dims: dims), statistics)
  }

  public func links(_ inputs: [Facts?], _ outputs: [Facts]) -> [AxisLink] {
    Self.links(axis: axis, outputs)
  }

  /// What is normalised needs all of its elements.
  static func links(axis: Int, _ outputs: [Facts]) -> [AxisLink] {
    guard let rank = outputs[0].rank, let first = try? axis.axis(ofRank: rank) else { return [] }
    return outputs.indices.flatMap { output in
      (0..<first).map { AxisLink(AxisLink.Axis(.input(0), $0), AxisLink.Axis(.output(output), $0)) }
    }
  }

  public func scalings(_ inputs: [Facts?]) -> [[Int]] {
    [inputs.optional(2) == nil ? [1] : [1, 2]]
  }
}
