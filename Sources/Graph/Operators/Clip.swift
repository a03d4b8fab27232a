/// `min(max(x, lower), upper)`, element by element.
public struct Clip: Operator {
  public static let type: OperatorType = "Clip"

  /// Where the two bounds are given; each may be missing.
  public enum Bounds: Hashable, Sendable {
    /// Before opset 11.
    case attributes(lower: Float?, upper: Float?)
    /// Inputs 1 and 2, scalars of the data's type.
    case inputs
  }

  public let bounds: Bounds

  public init(_ node: Node, opset: Int) throws(GraphError) {
    bounds = opset >= 11 ? .inputs : .attributes(lower: try node.float("min"), upper: try node.float("max"))
  }

  public func infer(_ inputs: [Facts?]) throws(Mismatch) -> [Facts] {
    let x = try inputs.required(0)
    if bounds == .inputs {
      for (index, name) in [(1, "min"), (2, "max")] {
        guard let bound = inputs.optional(index) else { continue }
        try bound.requireSingle("'\(name)'")
        try bound.require(dtypeOf: x, "'\(name)'")
      }
    }
    return [Facts(dtype: x.dtype, dims: x.dims)]
  }

  public func links(_ inputs: [Facts?], _ outputs: [Facts]) -> [AxisLink] {
    AxisLink.identity(rank: outputs[0].rank)
  }

  /// The bounds as numbers, infinite where one is missing; nil where an input gives one that is not constant.
  public func limits(_ inputs: [Facts?]) -> (lower: Float, upper: Float)? {
    switch bounds {
    case .attributes(let lower, let upper): return (lower ?? -.infinity, upper ?? .infinity)
    case .inputs:
      var limits: (lower: Float, upper: Float) = (-.infinity, .infinity)
      if let lower = inputs.optional(1) {
        guard let value = lower.constant?.floats.first else { return nil }
        limits.lower = value
      }
      if let upper = inputs.optional(2) {
        guard let value = upper.constant?.floats.first else { return nil }
        limits.upper = value
      }
      return limits
    }
  }
}
