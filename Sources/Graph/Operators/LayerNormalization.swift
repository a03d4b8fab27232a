/// `scale · (x - mean) / sqrt(variance + epsilon) + bias`, with mean and variance of all axes from `axis` on;
/// the second and third output are the mean and one over the root.
public struct LayerNormalization: Operator {
  public static let type: OperatorType = "LayerNormalization"

  public let axis: Int
  public let epsilon: Float

  public init(_ node: Node, opset: Int) throws(GraphError) {
    axis = try node.int("axis", default: -1)
    epsilon = try node.float("epsilon", default: 1e-5)
    guard try node.int("stash_type", default: 1) == 1 else {
      throw node.invalid("stash_type", "asks for other sums than float32, which are not supported")
    }
  }

  public func infer(_ inputs: [Facts?]) throws(Mismatch) -> [Facts] {
    let x = try inputs.required(0)
    let scale = try inputs.required(1)
    guard let dims = x.dims else { return [Facts](repeating: Facts(dtype: x.dtype), count: 3) }
    let first = try axis.axis(ofRank: dims.count)
    let normalized = Array(dims[first...])
    for (parameters, name) in [(scale, "scale"), (inputs.optional(2), "bias")] {
      guard let sizes = parameters?.dims else { continue }
      if sizes.count != normalized.count || zip(sizes, normalized).contains(where: { $0.contradicts($1) }) {
        throw Mismatch("the \(name) is \(sizes.text), but \(normalized.text) is normalised")
      }
    }
    let statistics = Facts(dtype: x.dtype, dims: dims[..<first] + normalized.map { _ in 1 })
    return [Facts(dtype: x.dtype, dims: dims), statistics, statistics]
  }

  /// What is normalised needs all of its elements.
  public func links(_ inputs: [Facts?], _ outputs: [Facts]) -> [AxisLink] {
    guard let rank = outputs[0].rank, let first = try? axis.axis(ofRank: rank) else { return [] }
    return outputs.indices.flatMap { output in
      (0..<first).map { AxisLink(AxisLink.Axis(.input(0), $0), AxisLink.Axis(.output(output), $0)) }
    }
  }

  public func scalings(_ inputs: [Facts?]) -> [[Int]] {
    [inputs.optional(2) == nil ? [1] : [1, 2]]
  }
}
