/// The operators that Pare knows. A new one is a file in `Operators` and a line here.
public enum OperatorRegistry {
  static let all: [any Operator.Type] = [
    Add.self,
    AveragePool.self,
    BatchNormalization.self,
    Cast.self,
    Clip.self,
    Concat.self,
    Constant.self,
    Conv.self,
    DequantizeLinear.self,
    Div.self,
    Dropout.self,
    Erf.self,
    Expand.self,
    Flatten.self,
    Gather.self,
    Gemm.self,
    GlobalAveragePool.self,
    Identity.self,
    LayerNormalization.self,
    LeakyRelu.self,
    MatMul.self,
    MaxPool.self,
    Mul.self,
    Pad.self,
    QuantizeLinear.self,
    ReduceMean.self,
    Relu.self,
    Reshape.self,
    ShapeOf.self,
    Sigmoid.self,
    Slice.self,
    Softmax.self,
    Split.self,
    Squeeze.self,
    Sub.self,
    Tanh.self,
    Transpose.self,
    Unsqueeze.self,
  ]

  private static let byType = Dictionary(uniqueKeysWithValues: all.map { ($0.type, $0) })

  /// Whether `type` is known.
  public static func knows(_ type: OperatorType) -> Bool { byType[type] != nil }

  /// The operator of a node, with its attributes read.
  ///
  /// - Throws: `GraphError.unknownOperator`, or `.attribute` where an attribute is wrong.
  public static func resolve(_ node: Node, in graph: Graph) throws(GraphError) -> any Operator {
    guard let type = byType[node.type] else { throw .unknownOperator(node: node.label, type: node.type) }
    return try type.init(node, opset: graph.opset(of: node.type))
  }
}
