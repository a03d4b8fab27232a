import Tensor

/// `scale · x / sqrt(mean(x²) + epsilon)`, the mean being of all axes from `axis` on; the second output is one over the
/// root. ONNX Runtime's own operator, which it writes into ONNX's domain.
public struct SimplifiedLayerNormalization: Operator {
  public static let type: OperatorType = "SimplifiedLayerNormalization"

  public let axis: Int
  public let epsilon: Float

  public init(_ node: Node, opset: Int) throws(GraphError) {
    axis = try node.int("axis", default: -1)
    epsilon = try node.float("epsilon", default: 1e-5)
  }

  public func infer(_ inputs: [Facts?]) throws(Mismatch) -> [Facts] {
    let outputs = try LayerNormalization.outputs(
      try inputs.required(0), axis: axis, parameters: [("scale", try inputs.required(1))])
    return [outputs.normalized, outputs.statistics]
  }

  public func links(_ inputs: [Facts?], _ outputs: [Facts]) -> [AxisLink] {
    LayerNormalization.links(axis: axis, outputs)
  }

  public func scalings(_ inputs: [Facts?]) -> [[Int]] { [[1]] }
}
